"""A thread that follows something all the time, until it is stopped."""

import threading


class Follower(threading.Thread):
    """To be started once. What follows overrides `run`, and looks at `ending` again and again."""

    def __init__(self) -> None:
        super().__init__(name=type(self).__name__.lower(), daemon=True)
        self.ending = threading.Event()

    def stop(self) -> None:
        """End, with all that is there."""
        self.ending.set()
        self.join(10)

"""The program `clayhub`. Until all is imported a Ctrl-C ends it without a word, as there is nothing to end yet."""

import signal


def main() -> None:
    """Run the command line."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from hub.cli.main import main as command_line  # noqa: PLC0415 (importing takes a second on a small machine)

    signal.signal(signal.SIGINT, signal.default_int_handler)
    command_line()

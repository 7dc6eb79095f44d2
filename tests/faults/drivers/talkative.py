"""A device of sixty texts, which are long while the file named in its address lies in the installation's folder."""

import os
from pathlib import Path

from agents.driver import Driver, Snapshot
from hub.contract.channels import Text

NAMES = [f"page_{number}" for number in range(60)]


class Talkative(Driver):
    """Control characters, of which JSON makes six bytes each."""

    kind = "talkative"
    channels = tuple(Text(name) for name in NAMES)

    def read(self) -> Snapshot:
        """The texts."""
        much = Path(os.environ["CLAYHUB_VAR"], self.options.address).exists()
        return Snapshot(dict.fromkeys(NAMES, "\x01" * (200 if much else 1)))

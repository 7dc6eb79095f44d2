"""UnlocatedError in config.yaml: each names the part by its keys, says what is wrong and what to write instead."""

from collections.abc import Sequence
from typing import NamedTuple

from hub.contract.errors import ConfigError

Keys = tuple[str | int, ...]
"""The way to a part of the file: `("stands", "phytotron", "devices", "co2")`."""


class Problem(NamedTuple):
    """One mistake. `text` begins in lower case and stands after the part's name."""

    keys: Keys
    text: str

    def __str__(self) -> str:
        sentence = self.text if self.text.endswith(("?", ".")) else f"{self.text}."
        return f"{dotted(self.keys)}: {sentence}" if self.keys else sentence


class UnlocatedError(ConfigError):
    """All that is wrong with a configuration, the lines not known yet; `load.naming_lines` adds them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


def dotted(keys: Keys) -> str:
    """`stands.phytotron.devices.co2`, as messages name a part."""
    return ".".join(map(str, keys))

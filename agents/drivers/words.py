"""Numbers and words as devices write them, and as they want them written."""

import re
import sys

from hub.contract.channels import Value

VALUE = "{value}"
"""Where the value belongs in a template of config.yaml."""

_NUMBER = re.compile(r"[+-]?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})([eE][+-]?\d{1,4})?", re.ASCII)


def number(said: bool | float | str) -> int | float | None:
    """The finite number that a text or a scalar of JSON is; None when it is none."""
    if isinstance(said, bool):
        return None
    if isinstance(said, str):
        if not _NUMBER.fullmatch(said):
            return None
        said = float(said) if set(said) & set(".eE") else int(said)
    return said if abs(said) <= sys.float_info.max else None


def same(said: object, word: Value) -> bool:
    """Whether the device says `word`: the same number, or else the same text."""
    if not isinstance(said, bool | int | float | str):
        return False
    pair = number(said), number(word)
    return pair[0] == pair[1] if None not in pair else as_text(said) == as_text(word)


def as_text(value: Value) -> str:
    """A scalar as it is written to a device: true, 60, 0.5, or the word itself."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, float):
        return str(value)
    short = f"{value:.15g}"
    return short if float(short) == value else repr(value)

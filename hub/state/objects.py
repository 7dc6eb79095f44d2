"""Hashes in Redis whose values are JSON objects."""

from collections.abc import Mapping
from typing import Any

import orjson

Json = dict[str, Any]


def objects(found: Mapping[bytes, bytes]) -> dict[str, Json]:
    """The objects by the names of their fields. What is no object somebody else has written: it is left aside."""
    parsed = {name.decode(errors="replace"): parse(value) for name, value in found.items()}
    return {name: value for name, value in parsed.items() if value is not None}


def parse(value: bytes) -> Json | None:
    """The object; None when it is none."""
    try:
        found = orjson.loads(value)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None

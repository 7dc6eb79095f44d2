"""How messages between our own processes become objects: the sender is known, so orjson's speed is taken.

Fields that a class does not know are left aside, so that a newer sender can say more.
"""

from functools import cache
from typing import Any, TypeVar, get_origin, get_type_hints

import orjson

from hub.contract.errors import Code, Refused
from hub.contract.strict import MAX_BYTES

T = TypeVar("T")


def load(payload: bytes) -> dict[str, Any]:
    """A JSON object. Raises Refused (too_large, bad_json, bad_message)."""
    if len(payload) > MAX_BYTES:
        raise Refused(Code.TOO_LARGE, f"The message has {len(payload)} bytes; {MAX_BYTES} are the most.")
    try:
        data = orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        raise Refused(Code.BAD_JSON, f"The message is not JSON: {error}.") from None
    if type(data) is not dict:
        raise Refused(Code.BAD_MESSAGE, "The message is not a JSON object.")
    return data


def decode(cls: type[T], payload: bytes) -> T:
    """An instance of the dataclass `cls` from its JSON, every field of exactly its type. Raises Refused."""
    data = load(payload)
    types = _types(cls)
    for name, wanted in types.items():
        if name not in data or type(data[name]) is not wanted:
            raise Refused(Code.BAD_MESSAGE, f"The {cls.__name__} message needs {name!r} as {wanted.__name__}.")
    return cls(**{name: data[name] for name in types})


@cache
def _types(cls: type[object]) -> dict[str, type]:
    return {name: get_origin(hint) or hint for name, hint in get_type_hints(cls).items()}

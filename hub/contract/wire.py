"""How messages between our own processes become objects: the sender is known, so orjson's speed is taken."""

from functools import cache
from types import UnionType
from typing import Any, Self, get_args, get_origin, get_type_hints

import orjson

from hub.contract.errors import Code, Refused
from hub.contract.strict import MAX_BYTES


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


class Message:
    """Base of dataclasses that travel as a JSON object, one key a field."""

    __slots__ = ()

    def encode(self) -> bytes:
        """The JSON object."""
        return orjson.dumps(self)

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        """Raises Refused (too_large, bad_json, bad_message)."""
        return cls.from_json(load(payload))

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Every field has exactly its type; fields not known are left aside, so that a newer sender can say more.

        Raises Refused (bad_message).
        """
        kind: type = cls
        types = _types(kind)
        for name, wanted in types.items():
            if type(data.get(name)) not in wanted:
                names = " or ".join(each.__name__ for each in wanted)
                raise Refused(Code.BAD_MESSAGE, f"The {cls.__name__} message needs {name!r} as {names}.")
        return cls(**{name: data.get(name) for name in types})


@cache
def _types(cls: type) -> dict[str, tuple[type, ...]]:
    """The types that each field may have, exactly: `str | None` as `(str, NoneType)`."""
    return {name: _alternatives(hint) for name, hint in get_type_hints(cls).items()}


def _alternatives(hint: Any) -> tuple[type, ...]:  # noqa: ANN401 - a type hint may be anything
    hints = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    return tuple(get_origin(each) or each for each in hints)

"""Strict JSON: what anybody may send us (commands, HTTP bodies) goes through here.

Refused are: what is not JSON or not UTF-8, NaN and infinities (also 1e400), duplicate keys, deep nesting, numbers of
thousands of digits, lone surrogates, and payloads above `MAX_BYTES`. Messages that the broker's access rules protect
(readings) are parsed by orjson, which is faster but takes duplicate keys.
"""

import json
import math
from typing import NoReturn

from hub.contract.errors import Code, Refused

MAX_BYTES = 65_536
MAX_DEPTH = 32
MAX_DIGITS = 400


def loads(payload: bytes) -> object:
    """Parse JSON text strictly. Raises Refused with the code that names the mistake."""
    text = decode(payload)
    if _depth(text) > MAX_DEPTH:
        raise Refused(Code.TOO_DEEP, f"The JSON is nested more than {MAX_DEPTH} levels deep; send a flat object.")
    try:
        value = json.loads(
            text, object_pairs_hook=_unique, parse_constant=_refuse_constant, parse_float=_finite, parse_int=_integer
        )
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise Refused(Code.BAD_JSON, f"The payload is not JSON: {error.msg} at character {error.pos + 1}.") from None
    except UnicodeEncodeError:
        raise Refused(Code.BAD_JSON, "A text in the payload has half a character (a lone surrogate).") from None
    return value


def loads_object(payload: bytes) -> dict[str, object]:
    """Parse a JSON object strictly. Raises Refused; `bad_message` when it is JSON but no object."""
    value = loads(payload)
    if not isinstance(value, dict):
        raise Refused(Code.BAD_MESSAGE, 'The payload is not a JSON object; send for example {"value": 60}.')
    return value


def decode(payload: bytes) -> str:
    """Bytes to text: at most MAX_BYTES of UTF-8. Raises Refused."""
    if len(payload) > MAX_BYTES:
        raise Refused(Code.TOO_LARGE, f"The payload has {len(payload)} bytes; {MAX_BYTES} are the most.")
    try:
        return payload.decode()
    except UnicodeDecodeError:
        raise Refused(Code.BAD_JSON, "The payload is not UTF-8 text.") from None


def number(text: str) -> int | float:
    """One JSON number. Raises Refused: wrong_type when it is none, not_finite when it is beyond a float."""
    try:
        value = loads(text.encode("utf-8", "replace"))
    except Refused as error:
        if error.code is not Code.BAD_JSON:
            raise
        value = None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused(Code.WRONG_TYPE, f"{text[:40]!r} is not a number; send for example 60 or 0.5.")
    return value


def _depth(text: str) -> int:
    """How deep the nesting goes, found without recursion; 0 when it cannot be too deep."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return 0
    depth = deepest = 0
    in_string = escaped = False
    for character in text:
        if in_string:
            escaped, in_string = character == "\\" and not escaped, character != '"' or escaped
        elif character == '"':
            in_string = True
        elif character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise Refused(Code.DUPLICATE_KEY, f"The key {key[:40]!r} stands twice; say it once.")
        found[key] = value
    return found


def _refuse_constant(text: str) -> NoReturn:
    raise Refused(Code.NOT_FINITE, f"{text} is not a number that can be set or stored.")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise Refused(Code.NOT_FINITE, f"{text[:40]} is beyond the largest number there is.")
    return value


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise Refused(Code.TOO_LARGE, f"A number of {len(text)} digits cannot be meant.")
    return int(text)

"""What pydantic found wrong, said to a person: the part's name, what stands there, and what to write instead."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from hub.contract.config.problems import Keys, Problem, did_you_mean
from hub.contract.config.schema import Config

_WANTED = {
    "bool_type": "true or false",
    "int_type": "a whole number such as 8080",
    "float_type": "a number such as 0.5",
    "string_type": "a text",
    "tuple_type": "a list, its items on lines that begin with -",
    "list_type": "a list, its items on lines that begin with -",
    "dict_type": "keys with values, indented below it",
    "model_type": "keys with values, indented below it",
}
_SWITCH_WORDS = frozenset({"yes", "no", "on", "off", "y", "n"})


def problems(error: ValidationError, data: object) -> list[Problem]:
    """One problem for each of pydantic's errors about `data`."""
    return [_problem(detail, data) for detail in error.errors(include_url=False)]


def _problem(detail: ErrorDetails, data: object) -> Problem:
    keys = _keys(detail["loc"])
    kind, context = detail["type"], detail.get("ctx", {})
    value = _at(keys, data)
    if kind == "missing":
        return Problem(keys[:-1], f"lacks {keys[-1]!r}; add it")
    if kind == "extra_forbidden":
        return Problem(keys, "there is no such key here" + did_you_mean(str(keys[-1]), known_keys(keys[:-1])))
    if kind == "value_error":
        return Problem(keys, str(context["error"]))
    if kind == "literal_error":
        return Problem(keys, f"{_shown(value)} is not possible here; write {context['expected']}")
    if kind == "string_pattern_mismatch":
        return Problem(keys, f"{_shown(value if isinstance(value, str) else keys[-1])} " + _pattern(context["pattern"]))
    return Problem(keys, _bound(kind, context, value) or _wanted(kind, detail["msg"], value))


def _wanted(kind: str, message: str, value: object) -> str:
    wanted = _WANTED.get(kind)
    if wanted is None:
        return f"{_shown(value)} cannot stand here: {message}"
    if value is None:
        return f"nothing stands here; write {wanted}"
    if kind == "string_type" and not isinstance(value, dict | list):
        return f'{_shown(value)} is not a text; put it in quotes: "{value}"'
    if kind == "bool_type" and isinstance(value, str) and value.lower() in _SWITCH_WORDS:
        return f"{_shown(value)} is a text in YAML 1.2; write {wanted}"
    return f"{_shown(value)} is not possible here; write {wanted}"


def _bound(kind: str, context: dict[str, Any], value: object) -> str | None:
    match kind:
        case "greater_than_equal" | "less_than_equal":
            bound, word = (context["ge"], "at least") if "ge" in context else (context["le"], "at most")
            unit = "s" if isinstance(value, str) else ""  # only durations are written as texts
            return f"{_shown(value)} is outside; write {word} {bound:g}{unit}"
        case "string_too_long":
            return f"the text is too long; {context['max_length']} characters are the most"
        case "string_too_short" | "too_short":
            return "nothing stands here; write at least one"
        case _:
            return None


def _pattern(pattern: str) -> str:
    if r"\." in pattern:
        return "is no channel of a device; write device.channel, for example fans.left"
    hyphen = ", -" if "-]" in pattern else ""
    return f"is no name; use a-z, 0-9, _{hyphen}, beginning with a letter"


def _shown(value: object) -> str:
    """A value as a person recognises it."""
    if isinstance(value, dict | list):
        return "a list" if isinstance(value, list) else "a mapping"
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else text[:60] + "..."


def _keys(location: tuple[int | str, ...]) -> Keys:
    """Pydantic's location without its own additions: the kind of a step, `[key]`."""
    return tuple(part for part in location if part not in ("[key]", "SetStep", "WaitStep"))


def _at(keys: Keys, data: object) -> object:
    """What stands at `keys`; None when nothing does."""
    for key in keys:
        if isinstance(data, dict):
            data = data.get(key)
        elif isinstance(data, list) and isinstance(key, int) and key < len(data):
            data = data[key]
        else:
            return None
    return data


def known_keys(keys: Keys) -> set[str]:
    """The keys that may stand in the part that `keys` lead to."""
    nodes: list[dict[str, Any]] = list(_branches(_schema()))
    for key in keys:
        nodes = [branch for node in nodes for inner in _inside(node, key) for branch in _branches(inner)]
    return {name for node in nodes for name in node.get("properties", {})}


def _inside(node: dict[str, Any], key: str | int) -> Iterator[dict[str, Any]]:
    if isinstance(key, int):
        yield node.get("items", {})
    elif key in node.get("properties", {}):
        yield node["properties"][key]
    elif isinstance(node.get("additionalProperties"), dict):
        yield node["additionalProperties"]
    yield from node.get("patternProperties", {}).values()


def _branches(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The node itself, references followed and alternatives spread out."""
    if "$ref" in node:
        yield from _branches(_schema()["$defs"][node["$ref"].rpartition("/")[2]])
    for inner in (*node.get("anyOf", ()), *node.get("oneOf", ())):
        yield from _branches(inner)
    yield node


@cache
def _schema() -> dict[str, Any]:
    return Config.model_json_schema(by_alias=True)

"""What pydantic found wrong, said to a person: the part's name, what stands there, and what to write instead."""

from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from hub.contract.config.problems import Keys, Problem
from hub.contract.suggestion import did_you_mean

Schema = dict[str, Any]

_NOT_IN_THE_FILE = ("[key]", "SetStep", "WaitStep")
"""Pydantic's own additions to the way to a part: a key instead of its value, the kind of a step."""
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


def problems(error: ValidationError, data: object, model: type[BaseModel]) -> list[Problem]:
    """One problem for each of pydantic's errors in `data`, which should have been what `model` describes."""
    return [_problem(detail, data, model) for detail in error.errors(include_url=False)]


def _problem(detail: ErrorDetails, data: object, model: type[BaseModel]) -> Problem:
    keys = tuple(part for part in detail["loc"] if part not in _NOT_IN_THE_FILE)
    kind, context = detail["type"], detail.get("ctx", {})
    value = _at(keys, data)
    match kind:
        case "missing":
            return Problem(keys[:-1], f"lacks {keys[-1]!r}; add it")
        case "extra_forbidden":
            known = known_keys(model, keys[:-1])
            return Problem(keys, f"there is no such key here{did_you_mean(str(keys[-1]), known)}")
        case "value_error":
            return Problem(keys, str(context["error"]))
        case "literal_error":
            return Problem(keys, f"{_shown(value)} is not possible here; write {context['expected']}")
        case "string_pattern_mismatch":
            name = value if isinstance(value, str) else keys[-1]
            return Problem(keys, f"{_shown(name)} {_pattern(context['pattern'])}")
    return Problem(keys, _bound(kind, context, value) or _wanted(kind, detail["msg"], value))


def _wanted(kind: str, message: str, value: object) -> str:
    wanted = _WANTED.get(kind)
    if wanted is None:
        return f"{_shown(value)} cannot stand here: {message}"
    if kind == "string_type" and not isinstance(value, dict | list):
        return f'{_shown(value)} is not a text; put it in quotes: "{value}"'
    if kind == "bool_type" and isinstance(value, str) and value.lower() in _SWITCH_WORDS:
        return f"{_shown(value)} is a text in YAML 1.2; write {wanted}"
    return f"{_shown(value)} is not possible here; write {wanted}"


def _bound(kind: str, context: dict[str, Any], value: object) -> str | None:
    match kind:
        case "greater_than_equal" | "less_than_equal":
            bound, word = (context["ge"], "at least") if "ge" in context else (context["le"], "at most")
            return f"{_shown(value)} is outside; write {word} {bound:g}"
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


def known_keys(model: type[BaseModel], keys: Keys) -> set[str]:
    """The keys that may stand in the part of a `model` that `keys` lead to."""
    schema = _schema(model)
    nodes = _branches(schema, schema)
    for key in keys:
        nodes = [branch for node in nodes for inner in _inside(node, key) for branch in _branches(inner, schema)]
    return {name for node in nodes for name in node.get("properties", {})}


def _inside(node: Schema, key: str | int) -> list[Schema]:
    """What may stand one key further in."""
    if isinstance(key, int):
        return [node.get("items", {})]
    if key in node.get("properties", {}):
        return [node["properties"][key]]
    others = node.get("additionalProperties")
    return [*node.get("patternProperties", {}).values(), *([others] if isinstance(others, dict) else [])]


def _branches(node: Schema, schema: Schema) -> list[Schema]:
    """The node and all that it may be instead: references followed, alternatives spread out."""
    inner = [*node.get("anyOf", ()), *node.get("oneOf", ())]
    if "$ref" in node:
        inner.append(schema["$defs"][node["$ref"].rpartition("/")[2]])
    return [node, *(branch for each in inner for branch in _branches(each, schema))]


@cache
def _schema(model: type[BaseModel]) -> Schema:
    return model.model_json_schema(by_alias=True)

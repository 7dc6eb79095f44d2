"""The driver reference: a page made from the drivers' declarations, so that it cannot say anything else."""

from collections.abc import Iterator, Mapping
from inspect import getdoc, getmodule
from typing import Any

from pydantic import BaseModel

from agents.driver import Driver, Drivers
from hub.contract.channels import Channel, Choice, Number

HEAD = """# Driver reference

Every driver that comes with clayhub: its options in config.yaml, and its channels with unit and range.
[configuration.md](configuration.md) has what all devices and channels have besides, such as `period` and `safe`.
`clayhub driver reference` makes this page.
"""


def reference(drivers: Drivers) -> str:
    """The page, in Markdown."""
    return "\n".join([HEAD, *(line for kind in sorted(drivers) for line in _driver(drivers[kind]))])


def _driver(driver: type[Driver]) -> Iterator[str]:
    schema = driver.Options.model_json_schema(by_alias=True)
    yield f"## `{driver.kind}`"
    yield f"{_paragraph(getdoc(getmodule(driver)))} {_paragraph(getdoc(driver))}\n"
    yield from _options(driver.Options, schema, schema)
    described = schema["properties"].get("channels")
    if described is not None:
        yield "Its channels are described in config.yaml, each by these keys:\n"
        inner = _resolved(described["additionalProperties"], schema)
        yield from _options(_model_of(driver), inner, schema)
    elif driver.channels:
        yield "| channel | what | kind | unit | range | can be set | safe value | confirmed |"
        yield "|---|---|---|---|---|---|---|---|"
        yield from (_channel(channel) for channel in driver.channels)
        yield ""


def _options(model: type[BaseModel], part: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[str]:
    yield "| option | what | values | default |"
    yield "|---|---|---|---|"
    required = part.get("required", ())
    for name, option in part["properties"].items():
        if name == "channels":
            continue
        values, default = _values(option, schema), option.get("default")
        if values == "duration" and isinstance(default, float):
            default = f"{default:g}s"
        shown = "required" if name in required else _shown(default)
        what = option.get("description") or _inherited(model, name)
        yield f"| `{name}` | {_cell(what)} | {_cell(values)} | {_cell(shown)} |"
    yield ""


def _channel(channel: Channel) -> str:
    unit = channel.unit if isinstance(channel, Number) else ""
    cells = (
        f"`{channel.name}`",
        channel.title,
        channel.kind,
        unit,
        _range(channel),
        "yes" if channel.writable else "",
        "" if channel.safe is None else _shown(channel.safe),
        "" if channel.confirm == "none" else channel.confirm,
    )
    return f"| {' | '.join(cells)} |"


def _range(channel: Channel) -> str:
    if isinstance(channel, Choice):
        return ", ".join(channel.options)
    if not isinstance(channel, Number):
        return ""
    low, high = (None if end is None else f"{end:g}" for end in (channel.low, channel.high))
    whole = ", whole" if channel.whole else ""
    if low is not None and high is not None:
        return f"{low} to {high}{whole}"
    return (
        f"from {low}{whole}" if low is not None else f"up to {high}{whole}" if high is not None else whole.strip(", ")
    )


def _values(option: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """What may stand there: from JSON Schema to words."""
    option = _resolved(option, schema)
    if "enum" in option:
        return ", ".join(f"`{value}`" for value in option["enum"])
    if "const" in option:
        return f"`{option['const']}`"
    if "anyOf" in option:
        alternatives = [_values(each, schema) for each in option["anyOf"] if each.get("type") != "null"]
        return " or ".join(dict.fromkeys(alternatives))
    if option.get("type") == "array":
        return f"list of {_values(option.get('items', {}), schema)}"
    words = {"integer": "whole number", "number": "number", "string": "text", "boolean": "true or false"}
    word = words.get(str(option.get("type")), "keys with values")
    if "pattern" in option and "ms|s|m|h|d" in option["pattern"]:
        return "duration"
    if "minimum" in option and "maximum" in option:
        return f"{word}, {option['minimum']:g} to {option['maximum']:g}"
    return f"{word}, from {option['minimum']:g}" if "minimum" in option else word


def _resolved(part: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" in part:
        found: Mapping[str, Any] = schema["$defs"][part["$ref"].rpartition("/")[2]]
        return found
    return part


def _model_of(driver: type[Driver]) -> type[BaseModel]:
    """The class of a described channel's options."""
    for kind in _classes(driver.Options.model_fields["channels"].annotation):
        return kind
    return driver.Options


def _classes(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 (an annotation may be anything)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _classes(inner)


def _inherited(model: type[BaseModel], name: str) -> str:
    """What a base class says of an option that a driver only narrows."""
    for base in model.__mro__[1:]:
        if issubclass(base, BaseModel) and name in base.model_fields and base.model_fields[name].description:
            return str(base.model_fields[name].description)
    return ""


def _shown(value: object) -> str:
    if value is None or value in ("", [], ()):
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _paragraph(text: str | None) -> str:
    """The first one."""
    return " ".join((text or "").split("\n\n")[0].split())

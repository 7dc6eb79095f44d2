"""The text of config.yaml as plain data, with the line on which each part stands.

YAML 1.2 with its core scalars: `NO`, `yes` and `12:30` are texts, `true` and `false` the only switches. What can hide a
meaning (anchors and aliases, tags, merge keys, a key said twice, several documents) or exhaust us is refused.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from hub.contract.config.problems import Keys, Problem, dotted
from hub.contract.errors import ConfigError

MAX_BYTES = 256_000
MAX_DEPTH = 32
MAX_DIGITS = 40

_NULL = re.compile(r"|~|null|Null|NULL")
_TRUE = re.compile(r"true|True|TRUE")
_FALSE = re.compile(r"false|False|FALSE")
_INTEGER = re.compile(r"[-+]?[0-9]+")
_OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


Node = ScalarEvent | MappingStartEvent | SequenceStartEvent


class SourceError(ConfigError):
    """The text cannot be read beyond `line`, which counts from 1."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


@dataclass
class Source:
    """What a text says: plain dicts, lists and scalars, where each stands, and what was wrong without stopping us."""

    data: object = None
    lines: dict[Keys, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, keys: Keys) -> int:
        """The line of the part that `keys` lead to, or of the nearest part around it."""
        return next((self.lines[keys[:n]] for n in range(len(keys), -1, -1) if keys[:n] in self.lines), 1)


def read(payload: bytes) -> Source:
    """Read one YAML document. Raises SourceError where it cannot go on; lesser mistakes are in `problems`."""
    if len(payload) > MAX_BYTES:
        raise SourceError(1, f"the file has {len(payload)} bytes; {MAX_BYTES} are the most")
    try:
        text = payload.decode()
    except UnicodeDecodeError as error:
        line = payload.count(b"\n", 0, error.start) + 1
        raise SourceError(line, "the text is not UTF-8; save the file as UTF-8") from None
    builder = _Builder(YAML(typ="safe", pure=True).parse(text))
    try:
        return builder.document()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise SourceError(mark.line + 1 if mark else 1, _syntax(error)) from None
    except YAMLError as error:  # the reader's: a character that YAML does not allow
        position = getattr(error, "position", 0)
        raise SourceError(text.count("\n", 0, position) + 1, "a control character stands here; remove it") from None


def _syntax(error: MarkedYAMLError) -> str:
    what = " ".join(part for part in (error.context, error.problem) if part)
    if "\\t" in what:
        return "a tab stands where spaces belong; indent with spaces"
    if "mapping values are not allowed" in what:
        return "a colon too many, or a line indented too far; put texts with ': ' in quotes"
    return f"this is not YAML ({what}); look at the indentation, brackets and quotes of this line and the one before"


class _Builder:
    """Builds plain data from the parser's events, so that nothing is ever resolved, merged or constructed for us."""

    def __init__(self, events: Iterator[Any]) -> None:
        self._events = events
        self._found = Source()

    def document(self) -> Source:
        next(self._events)  # the stream's start
        event = next(self._events)
        if isinstance(event, DocumentStartEvent):
            self._found.data = self._value(next(self._events), ())
            next(self._events)  # the document's end
            event = next(self._events)
        if isinstance(event, DocumentStartEvent):
            raise SourceError(event.start_mark.line + 1, "a second document begins here; remove the line ---")
        return self._found

    def _value(self, event: Node, keys: Keys) -> object:
        line = event.start_mark.line + 1
        self._found.lines.setdefault(keys, line)
        if event.anchor is not None:
            raise SourceError(line, "anchors (&) and aliases (*) are not used here; write the value out, or quote it")
        if event.ctag is not None:
            tag = str(event.ctag).replace("tag:yaml.org,2002:", "!!")[:40]
            raise SourceError(line, f"the tag {tag} is not used here; write the plain value")
        if len(keys) > MAX_DEPTH:
            raise SourceError(line, f"nested more than {MAX_DEPTH} levels deep; nothing here needs that")
        if isinstance(event, MappingStartEvent):
            return self._mapping(keys)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(keys)
        return self._scalar(event, keys, line)

    def _mapping(self, keys: Keys) -> dict[str, object]:
        found: dict[str, object] = {}
        while not isinstance(event := next(self._events), MappingEndEvent):
            line = event.start_mark.line + 1
            name = event.value if isinstance(event, ScalarEvent) else None
            if not name or name == "<<":
                raise SourceError(line, "a key here must be a single word; merge keys and lists as keys are not used")
            if event.anchor is not None or event.ctag is not None:
                raise SourceError(line, "anchors (&) and tags (!) are not used here; write the plain key")
            inner = (*keys, name)
            if name in found:
                raise SourceError(
                    line, f"{dotted(inner)} stands twice, first on line {self._found.lines[inner]}; keep one"
                )
            self._found.lines[inner] = line
            found[name] = self._value(next(self._events), inner)
        return found

    def _sequence(self, keys: Keys) -> list[object]:
        found: list[object] = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            found.append(self._value(event, (*keys, len(found))))
        return found

    def _scalar(self, event: ScalarEvent, keys: Keys, line: int) -> object:
        try:
            value = scalar(event.value) if event.implicit[0] else event.value
        except ValueError as error:
            self._found.problems.append(Problem(keys, str(error)))
            return event.value
        if value is None:
            text = "nothing stands here; write a value, {} if nothing more is to be said, or leave the line out"
            self._found.problems.append(Problem(keys, text))
        return value


def scalar(text: str) -> object:
    """What an unquoted word means by the YAML 1.2 core schema. Raises ValueError for numbers that cannot be meant."""
    if _NULL.fullmatch(text):
        return None
    if _TRUE.fullmatch(text):
        return True
    if _FALSE.fullmatch(text):
        return False
    if _NOT_FINITE.fullmatch(text):
        raise ValueError(f"{text} is not a number that can be meant here; write a finite one")
    if _INTEGER.fullmatch(text) or _OTHER_BASE.fullmatch(text):
        if len(text) > MAX_DIGITS:
            raise ValueError(f"a number of {len(text)} digits cannot be meant; put it in quotes if it is a text")
        return int(text, 0) if _OTHER_BASE.fullmatch(text) else int(text)
    if _FLOAT.fullmatch(text):
        if not math.isfinite(value := float(text)):
            raise ValueError(f"{text[:40]} is beyond the largest number there is; write a finite one")
        return value
    return text

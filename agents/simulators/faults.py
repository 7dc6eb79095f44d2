"""Faults on request: a JSON object in a file that anybody may write while the simulator runs."""

import dataclasses
import json
from pathlib import Path
from typing import Any, Generic, TypeVar

F = TypeVar("F")


def parse(kind: type[F], text: str) -> F:
    """The faults that `text` asks for, as the dataclass `kind`; what is not named keeps its default.

    Raises ValueError, which says what to write, when it is no JSON object, names an unknown fault or gives one the
    wrong type of value.
    """
    asked = json.loads(text)
    known: dict[str, Any] = {field.name: field.default for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
    if not isinstance(asked, dict) or not asked.keys() <= known.keys():
        raise ValueError(f"write a JSON object with some of: {', '.join(known)}")
    for name, value in asked.items():
        default = known[name]
        if isinstance(default, tuple) and isinstance(value, list):
            asked[name] = tuple(value)
        elif type(value) is not type(default) and not (type(value) is int and isinstance(default, float)):
            raise ValueError(f"{name} takes a value such as {json.dumps(default)}")
    return kind(**asked)


class FaultFile(Generic[F]):
    """The fault file of one simulated device; absent means no fault."""

    def __init__(self, path: Path, kind: type[F]) -> None:
        self._path, self._kind = path, kind
        self._seen: tuple[int, int, int] | None = None
        self._faults = kind()

    def current(self) -> F:
        """The faults as the file now says; as they were when it has a mistake. A mistake is printed once."""
        try:
            stat = self._path.stat()
        except FileNotFoundError:
            self._seen, self._faults = None, self._kind()
            return self._faults
        version = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
        if version != self._seen:
            self._seen = version
            try:
                self._faults = parse(self._kind, self._path.read_text())
            except (ValueError, OSError) as error:
                print(f"{self._path.name} is left aside: {error}", flush=True)
        return self._faults

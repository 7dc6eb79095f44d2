"""Reads config.yaml, checks it whole, and names every mistake with file and line."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from hub.contract.config import explain, references
from hub.contract.config.interlock_devices import with_devices
from hub.contract.config.problems import Problem, UnlocatedError
from hub.contract.config.schema import Config
from hub.contract.config.source import Source, SourceError, read
from hub.contract.errors import ConfigError


def load(path: Path) -> Config:
    """The configuration in the file `path`. Raises ConfigError with one line a mistake, in the order of the file."""
    source = _source(path)
    problems = [*source.problems, *references.check(source.data)]
    config = None
    try:
        config = Config.model_validate(source.data)
    except ValidationError as error:
        named = {problem.keys for problem in problems}
        problems += [one for one in explain.problems(error, source.data, Config) if one.keys not in named]
    if config is None or problems:
        raise ConfigError(_listed(path, source, problems))
    return with_devices(config)


def file_hash(path: Path) -> str:
    """12 hex digits by which machines compare their copies of the file. Raises ConfigError when it cannot be read."""
    return hashlib.sha256(_bytes(path)).hexdigest()[:12]


@contextmanager
def naming_lines(path: Path) -> Iterator[None]:
    """Within it, an UnlocatedError of others becomes a ConfigError that names file and line of each mistake."""
    try:
        yield
    except UnlocatedError as error:
        raise ConfigError(_listed(path, _source(path), error.problems)) from None


def json_schema() -> dict[str, Any]:
    """The JSON Schema of config.yaml, for editors; published as docs/config.schema.json."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Config.model_json_schema(by_alias=True)}


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ConfigError(f"{path}: there is no such file; set CLAYHUB_CONFIG to your config.yaml.") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); check the path and its permissions.") from None


def _source(path: Path) -> Source:
    try:
        source = read(_bytes(path))
    except SourceError as error:
        raise ConfigError(f"{path.name}:{error.line}: {error}.") from None
    if not isinstance(source.data, dict):
        raise ConfigError(f"{path.name}:1: the file is empty or no mapping; begin it with the line version: 1.")
    return source


def _listed(path: Path, source: Source, problems: Iterable[Problem]) -> str:
    lines = sorted({(source.line(problem.keys), str(problem)) for problem in problems})
    return "\n".join(f"{path.name}:{line}: {text}" for line, text in lines)

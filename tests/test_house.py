"""The house stays one to live in: small files, small functions, nothing left for later, nothing of one machine only."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = (".ci", "agents", "deploy", "docs", "hub", "mosquitto", "tests", "web")
GENERATED = ("vendor", "__pycache__")
FILES = [
    path
    for found in (ROOT.glob("*"), *((ROOT / folder).rglob("*") for folder in FOLDERS))
    for path in sorted(found)
    if path.is_file() and not set(GENERATED) & set(path.parts)
]
MODULES = [path for path in FILES if path.suffix == ".py"]
ROOMS = [path for path in MODULES if path.relative_to(ROOT).parts[0] in ("agents", "hub", "web")]

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
LEFT_FOR_LATER = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|X{3}|HA" r"CK)\b")
ONE_MACHINE_ONLY = re.compile(r"(?<![\w.~])/(?:root|work|Users)/|\bfile://|--(?:extra-)?index-url|--find-links")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def lines_matching(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    return [
        f"{name(path)}:{number}: {line.strip()}"
        for path in paths
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if pattern.search(line)
    ]


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text())
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_files_and_functions_are_small(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST_FILE
    for function in functions(path):
        assert (function.end_lineno or 0) - function.lineno < LONGEST_FUNCTION, function.name


@pytest.mark.parametrize("path", [path for path in ROOMS if path.stat().st_size], ids=name)
def test_every_module_tells_its_subject(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text()))


def test_nothing_is_left_for_later() -> None:
    assert lines_matching(LEFT_FOR_LATER, FILES) == []


def test_nothing_is_of_one_machine_only() -> None:
    assert lines_matching(ONE_MACHINE_ONLY, FILES) == []


@pytest.mark.parametrize("lock", sorted(ROOT.glob("requirements*.lock")), ids=name)
def test_locks_name_versions_and_sums_but_no_place(lock: Path) -> None:
    packages = lock.read_text().replace("\\\n", "").splitlines()
    assert packages
    for package in packages:
        assert re.match(r"[a-z0-9-]+==\S+ .*--hash=sha256:", package)
        assert "://" not in package

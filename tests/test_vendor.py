"""The front-end files of others are those of their packages, and the panel loads nothing from another machine."""

import hashlib
import json
import posixpath
import re
from pathlib import Path

import pytest

WEB = Path(__file__).parents[1] / "web"
VENDOR = WEB / "static/vendor"
LOCK = json.loads((VENDOR / "vendor.json").read_text())
SCRIPTS = sorted(VENDOR.rglob("*.js"))
ASSETS = [path for path in sorted(WEB.rglob("*")) if path.suffix in (".html", ".css", ".js", ".svg")]

IMPORTED = re.compile(r"""\b(?:from|import)\s*\(?\s*["']([^"']+)["']""")
LOADED_FROM_ELSEWHERE = re.compile(
    r"""(?:\bsrc\s*=\s*["']?|<link\b[^>]*\bhref\s*=\s*["']?|\burl\(\s*["']?|@import\s+["']"""
    r"""|\b(?:from|import|fetch|WebSocket|EventSource)\s*\(?\s*["'`])(?:\w+:)?//[^\s"'`)]+""",
    re.IGNORECASE,
)


def test_every_file_is_the_one_in_the_lock() -> None:
    locked = {f"{entry['package']}/{path}": digest for entry in LOCK for path, digest in entry["files"].items()}
    found = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "vendor.json"
    }
    assert found == locked


@pytest.mark.parametrize("entry", LOCK, ids=lambda entry: entry["package"])
def test_every_package_comes_with_its_origin_and_licence(entry: dict[str, str]) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", entry["version"])
    assert entry["integrity"].startswith("sha512-")
    assert entry["license"] in ("MIT", "BSD-3-Clause")
    assert "LICENSE" in entry["files"]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.relative_to(VENDOR).as_posix())
def test_modules_find_each_other_without_a_build(script: Path) -> None:
    for name in IMPORTED.findall(script.read_text()):
        assert name.startswith("."), f"a browser cannot find {name}"
        assert Path(posixpath.normpath(script.parent / name)).is_file(), f"{name} is missing"


@pytest.mark.parametrize("asset", ASSETS, ids=lambda path: path.relative_to(WEB).as_posix())
def test_nothing_is_loaded_from_another_machine(asset: Path) -> None:
    assert LOADED_FROM_ELSEWHERE.findall(asset.read_text()) == []


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://cdn.example/x.js">',
        '<link rel="stylesheet" href="//cdn.example/x.css">',
        "a { background: url(http://cdn.example/x.png) }",
        "import { html } from 'https://cdn.example/lit.js'",
        'new WebSocket("wss://cdn.example/")',
    ],
)
def test_a_load_from_another_machine_would_be_noticed(text: str) -> None:
    assert LOADED_FROM_ELSEWHERE.search(text)

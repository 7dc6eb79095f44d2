"""docs/reliability.md: what is promised, how each row of the list is tried, and what the last run has shown.

`python -m tests.faults.page` writes it from var/faults-rows.xml (pytest's own report) and var/faults.json.
"""

import ast
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any

import orjson

from tests.faults.rows import ROWS

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PAGE = ROOT / "docs" / "reliability.md"
HEAD = ("| | what may come | what is promised | how it is tried | held |", "|---|---|---|---|---|")


def tests() -> dict[str, dict[str, str]]:
    """By row: the tests of its number, each with its docstring on one line."""
    found: dict[str, dict[str, str]] = {row.number: {} for row in ROWS}
    for file in sorted(HERE.glob("test_*.py")):
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.FunctionDef) and (match := re.match(r"test_fault_(\d\d[a-z]?)_", node.name)):
                found[match[1]][node.name] = " ".join((ast.get_docstring(node) or "").split())
    return found


def rows(outcomes: Mapping[str, str] | None = None) -> str:
    """The table of the list. `outcomes` says of each test `yes`, or what else; None: all held."""
    lines = []
    for row, tried in zip(ROWS, tests().values(), strict=True):
        held = sorted({"yes" if outcomes is None else outcomes.get(name, "not run") for name in tried})
        how = "<br>".join(tried.values())
        cells = (row.number.lstrip("0"), row.fault, row.promise, how, ", ".join(held))
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join((*HEAD, *lines))


def outcomes(report: Path) -> dict[str, str]:
    """What became of each test, by its name without parameters, in pytest's report; the worst word counts."""
    found: dict[str, str] = {}
    for each in ET.parse(report).iter("testcase"):
        name = each.get("name", "").partition("[")[0]
        bad = next((child.tag for child in each if child.tag in ("failure", "error", "skipped")), None)
        if bad or name not in found:
            found[name] = bad or "yes"
    return found


def page(report: Path, campaign: Mapping[str, Any]) -> str:
    """The whole page."""
    found = outcomes(report)
    ours = [name for tried in tests().values() for name in tried]
    held = sum(found.get(name) == "yes" for name in ours)
    return Template((HERE / "reliability.md.template").read_text()).substitute(
        date=campaign["date"],
        machine=campaign["machine"],
        seed=campaign["seed"],
        count=campaign["faults"],
        passed=f"{held} of {len(ours)} tests of {len(ROWS)} rows held",
        rows=rows(found),
        campaign=campaign["summary"],
    )


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(ROOT / "var" / "faults-rows.xml", orjson.loads((ROOT / "var" / "faults.json").read_bytes())))


if __name__ == "__main__":
    main()

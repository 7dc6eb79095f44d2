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
    """By row: the tests of its number in every room, each with its docstring on one line."""
    found: dict[str, dict[str, str]] = {row.number: {} for row in ROWS}
    for file in sorted(HERE.parent.rglob("test_*.py")):
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.FunctionDef) and (match := re.match(r"test_fault_(\d\d[a-z]?)_", node.name)):
                found[match[1]][node.name] = " ".join((ast.get_docstring(node) or "").split())
    return found


def rows(outcomes: Mapping[str, str] | None = None) -> str:
    """The table of the list. `outcomes` says of each test `yes`, or what else; None: all held."""
    lines = []
    for row, tried in zip(ROWS, tests().values(), strict=True):
        held = sorted({"yes" if outcomes is None else outcomes.get(name, "not run") for name in tried})
        how = "<br>".join(filter(None, tried.values()))
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


def campaign(found: Mapping[str, Any]) -> str:
    """The table of the campaign's figures, each beside its goal."""
    goals, missed, readings, commands = found["goals"], found["violations"], found["readings"], found["commands"]
    grown = max((each.get("growth_mb", 0.0) for each in found["memory"].values()), default=0.0)
    most_safe = _most(goals["safe_after_lease_s"])
    kinds = ", ".join(f"{count} {kind}" for kind, count in found["kinds"].items())
    lines = [
        ("readings made by the devices", readings["made"], ""),
        ("of them lost", readings["lost"], 0),
        ("lost in power cuts, as said above, and recorded as gaps", readings["lost_in_power_cuts"], ""),
        ("stored twice", readings["doubled"], 0),
        ("stored out of order", readings["out_of_order"], 0),
        ("commands given", commands["given"], ""),
        ("wrong or late actuations", commands["wrong"], 0),
        ("commands without exactly one outcome", missed.get("without one outcome", {}).get("count", 0), 0),
        ("output safe after its lease, s", _spread(found["safe_after_lease_s"]), most_safe),
        ("output safe after its longest time, s", _spread(found["safe_after_max_on_s"]), most_safe),
        ("output safe after its interlock forbade it, s", _spread(found["safe_after_interlock_s"]), most_safe),
        ("output safe after its device is back, s", _spread(found["safe_after_return_s"]), ""),
        ("output safe after its agent was killed, s", _spread(found["safe_after_agent_kill_s"]), ""),
        ("all fresh and usable after the fault, s", _spread(found["recovered_s"]), _most(goals["recovered_s"])),
        ("growth of the memory of any process of ours, MB", grown, _most(goals["growth_mb"])),
    ]
    table = "\n".join(f"| {name} | {seen} | {goal} |" for name, seen, goal in lines)
    minutes = found["duration_s"] / 60
    text = f"{found['planned']} faults in {minutes:.0f} minutes, some with another in their middle: {kinds}."
    left_out = f" Left out on that machine: {', '.join(found['left_out'])}." if found["left_out"] else ""
    return f"{text}{left_out}\n\n| | seen | goal |\n|---|---|---|\n{table}"


def _spread(found: Mapping[str, Any]) -> str:
    return f"{found['p50']} (half), {found['p99']} (99 of 100), {found['max']} (most)" if found["count"] else "none"


def _most(goal: float) -> str:
    return f"at most {goal:g}"


def page(report: Path, found: Mapping[str, Any]) -> str:
    """The whole page, from pytest's report and the campaign's."""
    became = outcomes(report)
    ours = [name for tried in tests().values() for name in tried]
    held = sum(became.get(name) == "yes" for name in ours)
    return Template((HERE / "reliability.md.template").read_text()).substitute(
        date=found["when"][:10],
        machine=found["machine"],
        seed=found["seed"],
        count=found["planned"],
        passed=f"{held} of {len(ours)} tests of {len(ROWS)} rows held",
        rows=rows(became),
        campaign=campaign(found),
    )


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(ROOT / "var" / "faults-rows.xml", orjson.loads((ROOT / "var" / "faults.json").read_bytes())))


if __name__ == "__main__":
    main()

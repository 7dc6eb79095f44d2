"""docs/reliability.md is of the list and the tests as they are."""

from pathlib import Path

from tests.faults.page import PAGE, campaign, outcomes, rows


def test_the_page_shows_the_list_and_how_each_row_is_tried() -> None:
    shown = [_without_outcome(line) for line in PAGE.read_text().splitlines()]
    missing = [line for line in rows().splitlines() if _without_outcome(line) not in shown]
    assert missing == [], "`make faults` writes the page anew; its table alone: python -m tests.faults.page"


def test_the_worst_outcome_of_a_test_counts(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(
        '<testsuites><testsuite><testcase name="test_a[1]"/><testcase name="test_a[2]"><failure/></testcase>'
        '<testcase name="test_a[3]"/><testcase name="test_b"/><testcase name="test_c"><skipped/></testcase>'
        "</testsuite></testsuites>"
    )
    assert outcomes(report) == {"test_a": "failure", "test_b": "yes", "test_c": "skipped"}


def test_what_was_left_out_and_missed_is_not_hidden() -> None:
    none: dict[str, object] = {"count": 0}
    table = campaign(
        {
            "goals": {"safe_after_lease_s": 2.0, "recovered_s": 10.0, "growth_mb": 10.0},
            "violations": {"without one outcome": {"count": 3}},
            "readings": {"made": 10, "lost": 1, "lost_in_power_cuts": 0, "doubled": 0, "out_of_order": 0},
            "commands": {"given": 5, "wrong": 2},
            "memory": {"hub": {"growth_mb": 11.5}},
            "kinds": {"kill": 7},
            "planned": 7,
            "duration_s": 60,
            "left_out": ["disk full"],
            "safe_after_lease_s": none,
            "safe_after_max_on_s": none,
            "safe_after_interlock_s": none,
            "safe_after_return_s": none,
            "safe_after_agent_kill_s": none,
            "recovered_s": {"count": 7, "p50": 1.0, "p99": 2.0, "max": 12.0},
        }
    )
    for text in ("of them lost | 1 | 0", "outcome | 3 | 0", "actuations | 2 | 0", "11.5", "12.0 (most)", "Left out"):
        assert text in table


def _without_outcome(line: str) -> str:
    return line.rstrip("|").rpartition("|")[0]

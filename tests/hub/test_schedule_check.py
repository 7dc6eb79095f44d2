"""What a schedule's own schema cannot see is found before it is due."""

import pytest

from hub.contract.config.procedures import Schedule
from hub.schedule.check import check
from tests.hub.laboratory import DEVICES

LAMP = {"stand": "phytotron", "set": "lamp.red", "to": 60}


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"to": 101}, "to", "101 is outside"),
        ({"set": "lamp.blue"}, "set", "it has red, temp"),
        ({"cron": "0 0 1 * mon"}, "cron", "both a day and a weekday"),
    ],
)
def test_each_mistake_has_its_field(changes: dict[str, object], field: str, words: str) -> None:
    ((found, problem),) = check(Schedule.model_validate(LAMP | {"cron": "0 6 * * *"} | changes), DEVICES)
    assert found == field
    assert words in problem


@pytest.mark.parametrize("when", [{"every": "10m"}, {"cron": "0 6 * * mon-fri"}, {"at": "2020-01-01T00:00:00Z"}])
def test_a_right_schedule_has_no_problem(when: dict[str, object]) -> None:
    assert check(Schedule.model_validate(LAMP | when), DEVICES) == []

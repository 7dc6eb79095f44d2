"""A procedure's mistakes are named with their place before it starts."""

import pytest

from hub.procedures.check import check
from tests.hub.laboratory import DEVICES, procedure


def test_the_ventilation_cycle_is_right() -> None:
    assert check(procedure(), DEVICES) == []


@pytest.mark.parametrize(
    ("step", "field", "words"),
    [
        ({"set": "valve.left", "to": True}, "set", "did you mean valves?"),
        ({"set": "pump.left", "to": True}, "set", "it has door, fans, lamp, valves"),
        ({"set": "valves.up", "to": True}, "set", "it has left, right"),
        ({"set": "lamp.temp", "to": 20}, "set", "can only be read"),
        ({"set": "lamp.red", "to": 101}, "to", "101 is outside"),
        ({"set": "lamp.red", "to": "60"}, "to", '"60" is not that'),
        ({"set": "lamp.red", "to": True}, "to", "true is not that"),
        ({"set": "valves.left", "to": "ON"}, "to", "true or false"),
    ],
)
def test_each_mistake_has_its_place(step: dict[str, object], field: str, words: str) -> None:
    wrong = procedure(steps=[{"wait": "1s"}, step], **{"finally": [step]})
    found = check(wrong, DEVICES)
    assert [path for path, _ in found] == [("steps", 1, field), ("finally", 0, field)]
    assert all(words in problem for _, problem in found)

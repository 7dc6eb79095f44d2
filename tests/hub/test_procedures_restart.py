"""What a killed hub leaves behind, and any history of failures, stops and kills: the outputs end safe."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.contract.errors import Refused
from tests.hub.laboratory import Laboratory, procedure


def test_a_restart_in_the_middle_ends_the_run_safely() -> None:
    lab = Laboratory(ventilation=procedure())
    lab.start()
    lab.answer()
    lab.restart_hub()
    assert len(lab.sent) == 1, "no command before the agents were heard"
    lab.turn(3)
    lab.settle()
    assert lab.outputs == {"fans.left": False, "valves.left": False}
    assert (lab.state(), lab.kept["ventilation"]["reason"]) == ("stopped", "the hub was restarted")


def test_resume_asks_again_with_the_same_id() -> None:
    lab = Laboratory(ventilation=procedure(on_restart="resume"))
    lab.start()
    lab.restart_hub()
    lab.turn(3)
    assert [send.id for send in lab.sent] == ["r1/0", "r1/0"]
    lab.settle()
    assert lab.state() == "done"


@pytest.mark.parametrize(
    ("away", "rest"), [(100, 140), (1000, 3), (-7200, 240)], ids=["in time", "too late", "clock set back"]
)
def test_resume_waits_for_the_rest_of_the_wait(away: float, rest: float) -> None:
    lab = Laboratory(ventilation=procedure(on_restart="resume"))
    lab.start()
    lab.answer()
    lab.turn(5)
    lab.answer()
    lab.restart_hub(away)
    assert lab.engine.next_due() == pytest.approx(lab.mono + rest)
    assert lab.kept["ventilation"]["until"] == round((lab.wall + rest) * 1000)
    lab.turn(rest)
    assert lab.commands[-1] == ("fans.left", False)


def test_a_stopping_run_goes_on_stopping() -> None:
    lab = Laboratory(ventilation=procedure(on_restart="resume"))
    lab.start()
    lab.perform(lab.engine.stop("ventilation", "boris", lab.now))
    lab.answer()
    lab.restart_hub()
    lab.turn(3)
    lab.settle()
    assert lab.outputs == {"fans.left": False, "valves.left": False}
    assert (lab.state(), lab.kept["ventilation"]["reason"]) == ("stopped", "stopped by boris")


def test_stop_right_after_a_restart_waits_for_the_agents_too() -> None:
    lab = Laboratory(ventilation=procedure(on_restart="resume"))
    lab.start()
    lab.restart_hub()
    lab.perform(lab.engine.stop("ventilation", "boris", lab.now))
    assert len(lab.sent) == 1
    lab.turn(3)
    lab.settle()
    assert lab.outputs == {"fans.left": False, "valves.left": False}


def test_a_procedure_changed_meanwhile_is_not_gone_on_with() -> None:
    lab = Laboratory(ventilation=procedure(on_restart="resume"))
    lab.start()
    changed = procedure(on_restart="resume", steps=[{"set": "lamp.red", "to": 10}, {"wait": "1h"}])
    lab.restart_hub(ventilation=changed)
    lab.turn(3)
    lab.settle()
    assert lab.outputs == {"fans.left": False, "valves.left": False, "lamp.red": 0}
    assert lab.kept["ventilation"]["reason"] == "config.yaml was changed while it ran"


def test_a_procedure_removed_meanwhile_has_failed() -> None:
    lab = Laboratory(ventilation=procedure())
    lab.start()
    lab.restart_hub(other=procedure())
    assert (lab.state(), lab.engine.next_due()) == ("failed", None)


def test_runs_that_had_ended_and_records_of_another_version_start_nothing() -> None:
    lab = Laboratory(ventilation=procedure(), other=procedure())
    lab.start()
    lab.settle()
    lab.kept["other"] = {"state": "running", "unknown": True}
    lab.restart_hub()
    assert lab.engine.next_due() is None
    assert lab.kept.keys() == {"ventilation"}


EVENTS = st.sampled_from(["done", "failed", "unknown", "time", "kill", "stop", "start", "reset"])


@given(
    st.lists(EVENTS, max_size=30),
    st.sampled_from(["safe", "continue"]),
    st.sampled_from(["safe", "resume"]),
)
def test_whatever_happens_the_outputs_end_safe(events: list[str], on_failure: str, on_restart: str) -> None:
    """The last command to every channel that was ever set is its safe one, each id stands for one command only."""
    steps = [{"set": "lamp.red", "to": 50}, {"wait": "9s"}, {"set": "valves.left", "to": True}, {"wait": "9s"}]
    lab = Laboratory(ventilation=procedure(steps=steps, on_failure=on_failure, on_restart=on_restart))
    for count, event in enumerate(events):
        _happen(lab, event, count)
    lab.perform(lab.engine.stop("ventilation", "boris", lab.now))
    stopped = lab.engine.next_due() is not None
    lab.settle()
    last = dict(lab.commands)
    assert last.get("valves.left", False) is False
    assert last.get("fans.left", False) is False
    if stopped:
        assert last.get("lamp.red", 0) == 0
        assert "ventilation" not in lab.kept or lab.state() in ("stopped", "failed", "done")
    values: dict[str, tuple[str, object]] = {}
    for send in lab.sent:
        assert values.setdefault(send.id, (send.channel, send.value)) == (send.channel, send.value)


def _happen(lab: Laboratory, event: str, count: int) -> None:
    try:
        if event == "start":
            lab.start(run=f"r{count}")
        elif event == "reset":
            lab.perform(lab.engine.reset("ventilation", "boris", f"r{count}", lab.now))
        elif event == "stop":
            lab.perform(lab.engine.stop("ventilation", "boris", lab.now))
        elif event == "kill":
            lab.restart_hub()
        elif event == "time":
            lab.turn(10)
        elif lab.sent:
            lab.answer(event)
    except Refused:
        assert event in ("start", "reset")

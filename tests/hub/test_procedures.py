"""Procedures as a person meets them: start, stop, reset, failures, and who owns a channel."""

import pytest

from hub.contract.errors import Code, Refused
from tests.hub.laboratory import Laboratory, procedure


def test_the_steps_are_done_one_after_another_and_finally_in_the_end() -> None:
    lab = Laboratory(ventilation=procedure())
    lab.start()
    assert lab.commands == [("valves.left", True)]
    lab.turn(4)
    assert len(lab.sent) == 1, "the next step waits for the outcome"
    lab.answer()
    lab.turn(4.9)
    assert len(lab.sent) == 1, "and for the end of the wait"
    lab.turn(0.1)
    lab.answer()
    lab.settle()
    assert lab.commands[1:] == [("fans.left", True), ("fans.left", False), ("valves.left", False)]
    assert lab.state() == "done"
    assert [ended.outcome for ended in lab.ended] == ["done"]


def test_the_kept_run_tells_stage_progress_and_the_end_of_the_wait() -> None:
    lab = Laboratory(ventilation=procedure())
    lab.start()
    kept = lab.kept["ventilation"]
    assert (kept["stage"], kept["step"], kept["steps"]) == ("setting valves.left to on", 1, 6)
    assert (kept["run"], kept["by"], kept["title"]) == ("r1", "anna", "Ventilation cycle")
    assert (kept["state"], kept["until"], kept["ended"]) == ("running", None, None)
    lab.answer()
    kept = lab.kept["ventilation"]
    assert (kept["stage"], kept["step"], kept["until"]) == ("valves open", 2, round((lab.wall + 5) * 1000))
    lab.settle()
    assert lab.kept["ventilation"]["ended"] == round(lab.wall * 1000)


def test_the_run_is_kept_before_its_command_leaves() -> None:
    lab = Laboratory(ventilation=procedure())
    save, send = lab.engine.start("ventilation", "anna", "r1", lab.now)
    assert (type(save).__name__, type(send).__name__) == ("Save", "Send")


def test_start_while_running_is_refused() -> None:
    lab = Laboratory(ventilation=procedure())
    lab.start()
    with pytest.raises(Refused, match="already running") as caught:
        lab.start()
    assert caught.value.code is Code.BUSY


def test_a_second_procedure_that_needs_an_owned_channel_is_refused_with_the_owners_name() -> None:
    light = procedure(steps=[{"set": "lamp.red", "to": 50}, {"wait": "1h"}], **{"finally": []})
    lab = Laboratory(ventilation=procedure(), light=light, other=procedure(steps=[{"set": "fans.left", "to": True}]))
    lab.start()
    with pytest.raises(Refused, match=r"ventilation is running and owns phytotron/fans\.left"):
        lab.start("other", "r2")
    lab.start("light", "r3")
    assert lab.kept.keys() == {"ventilation", "light"}
    lab.perform(lab.engine.stop("ventilation", "anna", lab.now))
    with pytest.raises(Refused, match="owns"):
        lab.start("other", "r4")


def test_stop_acts_at_once_and_leaves_the_outputs_safe() -> None:
    lab = Laboratory(ventilation=procedure())
    lab.start()
    lab.perform(lab.engine.stop("ventilation", "boris", lab.now))
    assert lab.commands[-1] == ("fans.left", False), "without waiting for the command on its way"
    assert lab.state() == "stopping"
    lab.settle()
    assert lab.outputs == {"fans.left": False, "valves.left": False}
    assert (lab.state(), lab.kept["ventilation"]["reason"]) == ("stopped", "stopped by boris")


def test_stop_sets_to_safe_what_was_set_and_finally_does_not_name() -> None:
    steps = [{"set": "lamp.red", "to": 50}, {"set": "door.lock", "to": True}, {"wait": "1h"}]
    later = [{"set": "valves.right", "to": True}]
    lab = Laboratory(ventilation=procedure(steps=steps + later, **{"finally": []}))
    lab.start()
    lab.answer()
    lab.answer()
    lab.perform(lab.engine.stop("ventilation", "boris", lab.now))
    lab.settle()
    assert lab.commands[2:] == [("lamp.red", 0)], "the door has no safe value, the valve was not reached"


def test_a_procedure_that_ends_by_itself_leaves_the_outputs_as_it_set_them() -> None:
    lab = Laboratory(ventilation=procedure(steps=[{"set": "lamp.red", "to": 50}], **{"finally": []}))
    lab.start()
    lab.settle()
    assert lab.outputs == {"lamp.red": 50}
    assert lab.state() == "done"


def test_stop_during_finally_makes_safe_what_finally_does_not_name() -> None:
    lab = Laboratory(ventilation=procedure(steps=[{"set": "lamp.red", "to": 50}]))
    lab.start()
    lab.answer()
    lab.perform(lab.engine.stop("ventilation", "boris", lab.now))
    lab.settle()
    assert lab.outputs == {"lamp.red": 0, "fans.left": False, "valves.left": False}
    assert lab.state() == "stopped"


def test_stop_twice_stops_once() -> None:
    lab = Laboratory(ventilation=procedure())
    lab.start()
    lab.perform(lab.engine.stop("ventilation", "boris", lab.now))
    assert lab.engine.stop("ventilation", "boris", lab.now) == []
    lab.settle()
    assert lab.engine.stop("ventilation", "boris", lab.now) == []
    assert len(lab.ended) == 1


def test_the_outcome_of_a_step_given_up_changes_nothing() -> None:
    lab = Laboratory(ventilation=procedure())
    lab.start()
    first = lab.sent[0].id
    lab.perform(lab.engine.stop("ventilation", "boris", lab.now))
    assert lab.engine.on_outcome(first, "done", None, lab.now) == []


@pytest.mark.parametrize("status", ["failed", "rejected", "expired", "unknown"])
def test_a_failed_step_ends_the_run_safely(status: str) -> None:
    lab = Laboratory(ventilation=procedure())
    lab.start()
    lab.answer(status, "the board does not answer")
    lab.settle()
    assert lab.commands[1:] == [("fans.left", False), ("valves.left", False)]
    assert lab.state() == "failed"
    assert lab.kept["ventilation"]["reason"] == "setting valves.left to on: the board does not answer"


def test_on_failure_abort_ends_at_once() -> None:
    lab = Laboratory(ventilation=procedure(on_failure="abort"))
    lab.start()
    lab.answer("failed", "no answer")
    assert (len(lab.sent), lab.state(), lab.engine.next_due()) == (1, "failed", None)


def test_on_failure_continue_goes_on_and_keeps_the_reason() -> None:
    lab = Laboratory(ventilation=procedure(on_failure="continue"))
    lab.start()
    lab.answer("failed", "no answer")
    lab.settle()
    assert len(lab.sent) == 4
    assert (lab.state(), lab.kept["ventilation"]["reason"]) == ("done", "setting valves.left to on: no answer")


def test_each_finally_step_is_tried_and_a_failure_there_fails_the_run() -> None:
    lab = Laboratory(ventilation=procedure(steps=[{"wait": "0s"}]))
    lab.start()
    lab.turn(0)
    lab.answer("failed", "no answer")
    lab.answer()
    assert lab.commands == [("fans.left", False), ("valves.left", False)]
    assert lab.state() == "failed"


def test_a_command_without_any_outcome_fails_its_step() -> None:
    lab = Laboratory(ventilation=procedure())
    lab.start()
    lab.turn(30)
    assert lab.commands[-1] == ("fans.left", False)
    assert lab.kept["ventilation"]["reason"] == "setting valves.left to on: the hub heard of no outcome"


def test_reset_of_a_running_procedure_makes_all_its_channels_safe_and_forgets_it() -> None:
    later = {"set": "lamp.red", "to": 10}
    lab = Laboratory(ventilation=procedure(steps=[{"wait": "1h"}, later]))
    lab.start()
    lab.perform(lab.engine.reset("ventilation", "boris", "r2", lab.now))
    lab.settle()
    assert lab.commands == [("fans.left", False), ("valves.left", False), ("lamp.red", 0)]
    assert lab.kept == {}


def test_reset_makes_safe_what_an_aborted_run_left_and_asks_anew() -> None:
    lab = Laboratory(ventilation=procedure(on_failure="abort"))
    lab.start()
    lab.answer("failed")
    lab.perform(lab.engine.reset("ventilation", "boris", "r2", lab.now))
    assert lab.state() == "stopping"
    lab.settle()
    assert lab.outputs == {"fans.left": False, "valves.left": False}
    assert lab.kept == {}
    assert len({send.id for send in lab.sent}) == len(lab.sent)


def test_clear_forgets_the_last_run_but_never_a_running_one() -> None:
    lab = Laboratory(ventilation=procedure())
    lab.start()
    with pytest.raises(Refused, match="stop it first"):
        lab.engine.clear("ventilation")
    lab.settle()
    lab.perform(lab.engine.clear("ventilation"))
    assert lab.kept == {}


@pytest.mark.parametrize("action", ["start", "stop", "reset"])
def test_an_unknown_name_is_refused(action: str) -> None:
    lab = Laboratory(ventilation=procedure())
    arguments = ("nothing", "anna", lab.now) if action == "stop" else ("nothing", "anna", "r1", lab.now)
    with pytest.raises(Refused, match="there are ventilation") as caught:
        getattr(lab.engine, action)(*arguments)
    assert caught.value.code is Code.UNKNOWN_TARGET


def test_a_procedure_that_cannot_work_does_not_begin() -> None:
    lab = Laboratory(ventilation=procedure(steps=[{"set": "lamp.red", "to": 101}]))
    with pytest.raises(Refused, match="101 is outside"):
        lab.start()
    assert (lab.sent, lab.kept) == ([], {})

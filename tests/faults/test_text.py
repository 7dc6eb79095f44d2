"""Row 42: a pickle, a script or HTML wherever somebody can put words."""

import os
import pickle
import signal
from pathlib import Path

import orjson
import pytest
from playwright.sync_api import Page, expect

from hub.state import keys
from tests.faults.case import Case
from tests.faults.system import BASIC, CHAMBER, System
from tests.servers import wait_until

SCRIPT = "<script>window.planted = 1</script>"
IMAGE = '<img src=x onerror="window.planted = 1">'
SVG = "<svg onload=window.planted=1>"
CLOSING = "</script></title>'\"><b onmouseover=window.planted=1>"
CONFIG = (
    BASIC.replace("title: Laboratory of faults", f"title: {SCRIPT}").replace("unit: V, low", f"unit: '{SVG}', low")
    + f"""\
  notes:
    title: {IMAGE!r}
    agent: bench
    devices:
      slate:
        title: {CLOSING.replace("'", "")!r}
        driver: mqtt
        period: 500ms
        channels: {{words: {{topic: stat/slate/WORDS, kind: text, title: {SVG!r}}}}}
alarms: {{cold: {{stand: phytotron, channel: chamber.temp, high: -50, message: {IMAGE!r}}}}}
"""
)
SLATE = "notes/slate"


class Planted:
    """What, unpickled, leaves a file behind."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[object, tuple[str, int]]:
        return os.mkdir, (str(self.file), 0o700)


def shows(system: System, text: str) -> None:
    """The slate, which speaks MQTT itself, shows a text; the panel has it as it is."""
    with system.ear("device-notes-slate") as slate:
        slate.say("stat/slate/WORDS", text, retain=True)
    wait_until(lambda: (system.device(SLATE)["state"] or {}).get("words") == text, "the text")


def test_fault_42_html_and_scripts_stay_text_in_the_panel(system: System, case: Case, page: Page) -> None:
    """Scripts and HTML as titles, units and an alarm's message in config.yaml, as a text that a device shows, as the id
    and the channel of commands by MQTT, and as the note of an acknowledgement. Chromium shows them letter by letter,
    and none of the scripts has run."""
    page.goto(f"http://127.0.0.1:{system.ports['8080']}/link/{system.sessions.create_link('operator')}")
    slate = page.locator(f"[data-device='{SLATE}']")
    for text in (SCRIPT, IMAGE, CLOSING):
        shows(system, text)
        expect(slate).to_contain_text(text)
    with system.ear() as ear:
        ear.say(f"clayhub/{CHAMBER}/{SVG}/set", "ON")
        assert ear.wait(f"clayhub/{CHAMBER}/result")["channel"] == SVG
        for number, text in enumerate((SCRIPT, IMAGE, CLOSING), 2):
            ear.say(f"clayhub/{CHAMBER}/valve/set", orjson.dumps({"value": text, "id": text}))
            assert ear.wait(f"clayhub/{CHAMBER}/result", count=number)["id"] == text
            system.recorded(text, "rejected")
    alarm = page.locator("[data-alarm=cold]")
    expect(alarm).to_contain_text(IMAGE)
    assert system.clayhub("alarms", "acknowledge", "cold", "--note", SCRIPT).exit_code == 0
    expect(alarm).to_contain_text(SCRIPT)
    expect(page).to_have_title(SCRIPT)
    for text in (SCRIPT, IMAGE, SVG):
        expect(page.locator("body")).to_contain_text(text)
    page.reload()
    expect(alarm).to_contain_text(SCRIPT)
    assert page.evaluate("window.planted") is None
    assert page.locator("svg[onload], img[src=x], b[onmouseover]").count() == 0


@pytest.mark.parametrize("protocol", [0, 4])
def test_fault_42_a_pickle_runs_nowhere(system: System, case: Case, tmp_path: Path, protocol: int) -> None:
    """A pickle that makes a folder is sent as a command, an id, a device's text, a reading, a request to the panel, its
    cookie and its form, and written into each of clayhub's hashes in Redis; then hub and panel are killed and read
    them. The folder is never made, and all works."""
    file = tmp_path / "planted"
    bomb = pickle.dumps(Planted(file), protocol)
    text = bomb.decode("latin-1")
    with system.ear() as ear, system.ear("agent-bench") as agent:
        ear.say(f"clayhub/{CHAMBER}/valve/set", bomb)
        ear.say(f"clayhub/{CHAMBER}/valve/set", orjson.dumps({"value": text, "id": text[:100]}))
        ear.wait(f"clayhub/{CHAMBER}/result", count=2)
        for topic in (f"clayhub/{CHAMBER}/state", "clayhub/agent/bench/backlog", "clayhub/agent/bench/heartbeat"):
            agent.say(topic, bomb)
    guest = system.guest()
    for path in ("/signin", "/api/command"):
        guest.post(path, bomb, Cookie=f"session={bomb.hex()}")
        guest.post(path, bomb)
    assert system.visitor().ask("/api/command", bomb).status == 400
    shows(system, text[:100])
    for key in (keys.SCHEDULES, keys.RUNS, keys.ALARMS, keys.STATE, keys.DEVICES, keys.AGENTS, keys.REQUESTED):
        system.redis_client.hset(key, "planted", bomb)
    for name in ("hub", "web"):
        case.killed.add(name)
        os.kill(system.processes()[name], signal.SIGKILL)
    for value in (True, False):
        wait_until(lambda value=value: system.ask(CHAMBER, "valve", value)["status"] == "done", "a command")  # type: ignore[misc]
    assert not file.exists()

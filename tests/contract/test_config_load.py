"""config.yaml as a whole: every mistake in one go, each with file and line and what to write instead (fault 36)."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from apscheduler.triggers.cron import CronTrigger
from hypothesis import given
from hypothesis import strategies as st

from hub.contract.config.calendar import check_cron
from hub.contract.config.load import file_hash, json_schema, load, naming_lines
from hub.contract.config.problems import Problem, UnlocatedError
from hub.contract.errors import Code, ConfigError

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "config.yaml"
BASE = """\
version: 1
agents:
  bench: {}
stands:
  phytotron:
    agent: bench
    devices:
      fans: {driver: relays, channels: {left: {source: ch0}}}
      lamp: {driver: pwm}
procedures:
  light:
    stand: phytotron
    steps: [{set: lamp.red, to: 60}]
"""


def refusal(tmp_path: Path, text: str) -> str:
    path = tmp_path / "config.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert caught.value.code is Code.BAD_CONFIG
    return str(caught.value)


def test_the_shipped_file_is_right() -> None:
    config = load(SHIPPED)
    assert (config.web.port, config.mqtt.port, config.redis.port) == (8080, 11883, 16379)
    assert config.agent_of("phytotron/co2") in config.agents
    assert config.agent_of("phytotron/nothing") is config.agent_of("nowhere/co2") is None


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("version: 1", "version: 2", 1, "version: 2 is not possible here; write 1."),
        ("version: 1\n", "", 1, "lacks 'version'; add it."),
        ("bench: {}", "Bench: {}", 3, "agents.Bench: 'Bench' is no name"),
        ("bench: {}", "bench:", 3, "agents.bench: nothing stands here"),
        ("bench: {}", "bench: {titel: x}", 3, "agents.bench.titel: there is no such key here; did you mean 'title'?"),
        ("agent: bench", "agent: bensh", 6, "agent: there is no agent 'bensh'; did you mean 'bench'?"),
        (
            "agent: bench",
            "agent: bench\n    simulate: NO",
            7,
            "simulate: 'NO' is a text in YAML 1.2; write true or false.",
        ),
        ("agent: bench", "agent: bench\n    simulate: 1", 7, "simulate: 1 is not possible here; write true or false."),
        ("phytotron:\n    agent", "hub:\n    agent", 5, "hub: the name 'hub' is used by clayhub itself"),
        ("left:", "quality:", 8, "fans.channels.quality: the name 'quality' is used by clayhub itself"),
        (
            "{source: ch0}",
            "{source: ch0}, right: {source: ch0}",
            8,
            "fans.channels.right: 'left' is the device's 'ch0' already",
        ),
        ("{source: ch0}", "{source: ch0, safe: [1]}", 8, "channels.left.safe: a single value belongs here"),
        (
            "{source: ch0}",
            "{source: ch0, lease: 30}",
            8,
            "channels.left.lease: 30 is not a duration; write 30s if seconds are meant.",
        ),
        ("{driver: pwm}", "{driver: pwm, period: true}", 9, "lamp.period: true is not a duration; write for example"),
        (
            "{driver: pwm}",
            "{driver: pwm, period: fast}",
            9,
            "lamp.period: 'fast' is not a duration; write for example 500ms",
        ),
        (
            "{driver: pwm}",
            "{driver: pwm, period: 12:30}",
            9,
            "lamp.period: '12:30' is not a duration; write 12m30s or 12h30m.",
        ),
        ("{driver: pwm}", "{driver: pwm, period: 1ms}", 9, "lamp.period: 0.001s is too short; write at least 50ms."),
        (
            "{driver: pwm}",
            "{driver: pwm, commands: all}",
            9,
            "lamp.commands: 'all' is not possible here; write 'anyone' or 'hub'.",
        ),
        ("{driver: pwm}", "{title: Lamp}", 9, "lamp: lacks 'driver'; add it."),
        ("{driver: pwm}", "[pwm]", 9, "lamp: a list is not possible here; write keys with values"),
        ("stand: phytotron", "stand: phytotrom", 12, "stand: there is no stand 'phytotrom'; did you mean 'phytotron'?"),
        ("lamp.red", "lamb.red", 13, "steps.0.set: phytotron has no device 'lamb'; did you mean 'lamp'?"),
        ("lamp.red", "fans.lift", 13, "steps.0.set: fans has no channel 'lift'; did you mean 'left'?"),
        ("lamp.red", "lamp", 13, "steps.0.set: 'lamp' is no channel of a device; write device.channel"),
        ("to: 60", "too: 60", 13, "steps.0.too: there is no such key here; did you mean 'to'?"),
        ("to: 60", "to: .inf", 13, "steps.0.to: .inf is not a number that can be meant here"),
        ("[{set: lamp.red, to: 60}]", "[]", 13, "steps: nothing stands here; write at least one."),
        (
            "[{set: lamp.red, to: 60}]",
            "{set: lamp.red, to: 60}",
            13,
            "steps: a mapping is not possible here; write a list",
        ),
        ("[{set: lamp.red, to: 60}]", "[{wait: 240}]", 13, "steps.0.wait: 240 is not a duration; write 240s"),
        ("[{set: lamp.red, to: 60}]", "[wait]", 13, "steps.0: 'wait' is not possible here"),
        (
            "version: 1",
            "version: 1\nweb: {port: '8080'}",
            2,
            "web.port: '8080' is not possible here; write a whole number such as 8080.",
        ),
        ("version: 1", "version: 1\nweb: {port: 70000}", 2, "web.port: 70000 is outside; write at most 65535."),
        ("version: 1", "version: 1\ntitle: 12", 2, 'title: 12 is not a text; put it in quotes: "12".'),
        ("version: 1", "version: 1\nweb: {host: &x a}", 2, "anchors"),
        (
            "version: 1",
            "version: 1\nweb: {host: 12:30}",
            2,
            "web.host: '12:30' is neither an address nor a name; write",
        ),
        ("version: 1", "version: 1\nmqtt: {host: 10.0.0.256}", 2, "mqtt.host: '10.0.0.256' is neither"),
        ("version: 1", "version: 1\nredis: {host: 'a b'}", 2, "redis.host: 'a b' is neither"),
        ("version: 1", "version: 1\nweb: {origins: [lab.example.org]}", 2, "'lab.example.org' is no origin; write"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_each_mistake_is_named_with_its_line_and_what_to_write(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    assert old in BASE
    lines = refusal(tmp_path, BASE.replace(old, new, 1)).splitlines()
    assert any(words in each for each in lines if each.startswith(f"config.yaml:{line}: ")), lines
    assert all(re.match(r"config\.yaml:\d+: .+[.?]$", each) for each in lines)


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("{every: 10m, procedure: lights}", "procedure: there is no procedure 'lights'; did you mean 'light'?"),
        ("{every: 10, procedure: light}", "every: 10 is not a duration; write 10s"),
        ("{every: 500ms, procedure: light}", "every: 0.5s is too short; write at least 1s."),
        ("{procedure: light}", "exactly one of every, cron and at"),
        ("{every: 10m, cron: 0 8 * * *, procedure: light}", "exactly one of every, cron and at"),
        ("{every: 10m}", "either procedure or set"),
        ("{every: 10m, set: lamp.red, to: 60}", "names stand, set and to"),
        ("{every: 10m, procedure: light, to: 60}", "stand and to belong to set"),
        ("{cron: 0 8 * * *, offset: 1m, procedure: light}", "offset belongs to every"),
        ("{every: 10m, zone: Europe/Prague, procedure: light}", "zone belongs to cron"),
        ("{cron: 0 8 * * *, zone: Europe/Prag, procedure: light}", "write for example Europe/Prague"),
        ("{cron: 0 8 * * 1-5, procedure: light}", "cron: '1-5' cannot be a day of the week"),
        ("{cron: 60 8 * * *, procedure: light}", "cron: '60' cannot be a minute"),
        ("{cron: 0 0 30 2 *, procedure: light}", "cron: '0 0 30 2 *' never comes; look at day and month"),
        ("{cron: 8 * * *, procedure: light}", "is not a cron line of 5 fields"),
        ("{at: 2026-11-23T08:00:00, procedure: light}", "no instant with its zone; write"),
        ("{at: tomorrow, procedure: light}", "'tomorrow' is no instant"),
        ("{every: 10m, stand: phytotron, set: lamb.red, to: 1}", "set: phytotron has no device 'lamb'"),
        ("{every: 10m, missed: later, procedure: light}", "write 'run' or 'skip'"),
    ],
)
def test_a_schedule_that_cannot_be_is_named(tmp_path: Path, schedule: str, expected: str) -> None:
    message = refusal(tmp_path, f"{BASE}schedules:\n  morning: {schedule}\n")
    assert message.startswith("config.yaml:15: schedules.morning")
    assert expected in message


def test_all_mistakes_come_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = BASE.replace("agent: bench", "agent: b").replace("pwm}", "pwm, period: 2}").replace("lamp.red", "x.red")
    lines = refusal(tmp_path, text.replace("version: 1", "version: one")).splitlines()
    assert [line.split(":")[1] for line in lines] == ["1", "6", "9", "13"]


@pytest.mark.parametrize("text", ["", "# only a comment\n", "- a\n", "word\n"])
def test_a_file_without_keys_says_how_to_begin(tmp_path: Path, text: str) -> None:
    assert refusal(tmp_path, text) == (
        "config.yaml:1: the file is empty or no mapping; begin it with the line version: 1."
    )


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    with pytest.raises(ConfigError, match="there is no such file; set CLAYHUB_CONFIG"):
        load(path)
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path)
    with pytest.raises(ConfigError, match="there is no such file"):
        file_hash(path)


def test_the_hash_changes_with_any_byte(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(BASE)
    first = file_hash(path)
    path.write_text(BASE + "#")
    assert re.fullmatch("[0-9a-f]{12}", first)
    assert file_hash(path) != first


def test_others_mistakes_get_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(BASE)
    keys = ("stands", "phytotron", "devices", "lamp", "driver")
    problems = [Problem(keys, "there is no driver 'pwm'; did you mean 'pwn'?"), Problem(("agents",), "no agent.")]
    with pytest.raises(ConfigError) as caught, naming_lines(path):
        raise UnlocatedError(problems)
    assert str(caught.value).splitlines() == [
        "config.yaml:2: agents: no agent.",
        "config.yaml:9: stands.phytotron.devices.lamp.driver: there is no driver 'pwm'; did you mean 'pwn'?",
    ]


FIELD = st.text("*/-,0123456789monfri", min_size=1, max_size=6) | st.sampled_from(["*", "*/5", "1-5/2", "mon-fri"])


@given(st.lists(FIELD, min_size=5, max_size=5).map(" ".join))
def test_every_cron_line_that_is_taken_can_be_scheduled(line: str) -> None:
    try:
        check_cron(line)
    except ValueError:
        return
    CronTrigger.from_crontab(line, timezone="UTC")


@given(
    st.sampled_from(["*", "*/9", "28-30", "29", "30", "30,31", "31", "2-31/28", "31,1"]),
    st.sampled_from(["*", "2", "feb", "feb,apr", "2-4", "4-12/2", "jun", "sep-nov", "*/11", "2,4,6"]),
)
def test_a_cron_line_is_taken_when_its_day_ever_comes(day: str, month: str) -> None:
    line = f"0 0 {day} {month} *"
    comes = CronTrigger.from_crontab(line, timezone=UTC).get_next_fire_time(None, datetime(2026, 1, 1, tzinfo=UTC))
    if comes is None:
        with pytest.raises(ValueError, match="never comes"):
            check_cron(line)
    else:
        assert check_cron(line) == line


@given(
    st.binary()
    | st.text().map(str.encode)
    | st.sampled_from(BASE.splitlines()).map(lambda line: BASE.replace(line, line + "x").encode())
)
def test_any_file_is_a_configuration_or_refused(tmp_path_factory: pytest.TempPathFactory, payload: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(payload)
    try:
        load(path)
    except ConfigError:
        return


def test_the_published_schema_is_the_one_that_is_used() -> None:
    published = json.loads((ROOT / "docs" / "config.schema.json").read_text())
    assert published == json_schema(), "run: clayhub schema > docs/config.schema.json"

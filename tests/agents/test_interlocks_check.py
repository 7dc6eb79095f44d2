"""Interlocks in config.yaml: each mistake is named with its line and what to write (fault 36)."""

from pathlib import Path

import pytest

from agents.catalog.catalog import describe
from hub.contract.config.load import load, naming_lines
from hub.contract.errors import ConfigError
from hub.contract.interlock import interlocks
from tests.agents.bench import DRIVERS

BASE = """\
version: 1
agents: {a: {}, b: {}}
stands:
  s:
    agent: a
    devices:
      heat: {driver: bench, address: one}
      probe: {driver: bench, address: two, derived: {half: {formula: temp / 2}}}
    interlocks:
      hot: {when: probe.temp > 40, outputs: [heat.heater]}
  t:
    agent: b
    devices:
      far: {driver: bench, address: three}
"""


def checked(folder: Path, text: str) -> str:
    """What is wrong with the file; empty when it is right."""
    file = folder / "config.yaml"
    file.write_text(text)
    try:
        config = load(file)
        with naming_lines(file):
            describe(config, DRIVERS)
    except ConfigError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("probe.temp > 40", "probe.tempp > 40", "hot.when: probe has no channel 'tempp'; did you mean 'temp'?"),
        ("probe.temp > 40", "prob.temp > 40", "hot.when: s has no device 'prob'; did you mean 'probe'?"),
        ("probe.temp > 40", "u.probe.temp > 40", "hot.when: there is no stand 'u'; known are s, t."),
        ("probe.temp > 40", "probe.temp", "hot.when: 'probe.temp' is a number, where true or false belongs"),
        ("probe.temp > 40", "probe.temp + 40", "hot.when: 'probe.temp + 40' is a number, where true or false belongs"),
        ("probe.temp > 40", "probe.mode > 40", "hot.when: 'probe.mode' is a choice; conditions know numbers"),
        ("probe.temp > 40", "interlocks.hot", "hot.when: an interlock does not look at interlocks; name"),
        ("probe.temp > 40", "temp > 40", "hot.when: 'temp' is no channel of a device; write device.channel"),
        ("probe.temp > 40", "true", "hot.when: true is not a text"),
        ("when: probe.temp > 40, ", "", "hot: an interlock has either `when` or `needs`; write for example"),
        ("when:", "needs: heat.heater, when:", "hot: an interlock has either `when` or `needs`"),
        ("heat.heater", "heat.heatre", "hot.outputs.0: heat has no channel 'heatre'; did you mean 'heater'?"),
        ("heat.heater", "heat", "hot.outputs.0: 'heat' is no channel of a device; write device.channel"),
        ("heat.heater", "heat.temp", "hot.outputs.0: temp cannot be kept at a value; name an output"),
        ("heat.heater", "heat.reset", "hot.outputs.0: reset cannot be kept at a value; name an output"),
        ("heat.heater", "heat.mode", "hot.outputs.0: mode has no safe value; give the channel `safe`"),
        ("[heat.heater]", "[]", "hot.outputs: nothing stands here; write at least one"),
        ("hot:", "reset:", "'reset' is the channel that resets interlocks; choose another name"),
        ("hot:", "Hot:", "'Hot' is no name; use a-z"),
        ("heat: {", "interlocks: {", "a stand with interlocks shows them as its device 'interlocks'"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    said = checked(tmp_path, BASE.replace(old, new))
    assert words in said
    assert all(line.startswith("config.yaml:") for line in said.splitlines())


@pytest.mark.parametrize(
    ("condition", "agent"),
    [
        ("probe.temp > 40", "a"),
        ("probe.half > 20 or heat.heater", "a"),
        ("s.probe.temp > 40", "a"),
        ("t.far.temp > 40", None),
        ("probe.temp > 40 or t.far.heater", None),
    ],
)
def test_an_agent_evaluates_what_is_all_its_own_and_the_hub_the_rest(
    tmp_path: Path, condition: str, agent: str | None
) -> None:
    assert checked(tmp_path, BASE.replace("probe.temp > 40", condition)) == ""
    config = load(tmp_path / "config.yaml")
    (found,) = interlocks(config)
    assert found.agent == agent
    assert ("s/interlocks" in describe(config, DRIVERS)) is (agent is not None)
    assert config.agent_of("s/interlocks") == agent


def test_its_device_can_be_named_by_a_procedure(tmp_path: Path) -> None:
    step = "procedures: {p: {stand: s, steps: [{set: interlocks.reset, to: PRESS}]}}\n"
    assert checked(tmp_path, BASE + step) == ""
    assert "s has no device" in checked(
        tmp_path, BASE.replace("    interlocks:\n", "").replace("      hot", "#") + step
    )

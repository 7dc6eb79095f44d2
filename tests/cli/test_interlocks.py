"""What `clayhub check` says of interlocks that the hub would have to evaluate, but could not vouch for."""

from pathlib import Path

import pytest

from tests.cli.installation import Installation

CONFIG = """version: 1
agents: {bench: {}, roof: {}}
stands:
  climate:
    agent: roof
    devices:
      room: {driver: file, channels: {temp: {kind: number, path: /tmp/temp}}}
  phytotron:
    agent: bench
    devices:
      board:
        driver: esp32_relay
        address: http://192.168.1.50
        COMMANDS
        channels: {heater: {source: ch0, safe: false, LEASE}}
    interlocks:
      too_hot: {when: climate.room.temp > 30, outputs: [board.heater]}
"""
WHY = "config.yaml:17: stands.phytotron.interlocks.too_hot.outputs.0"
OURS = "climate.room.temp is another agent's, so the hub evaluates this interlock"


@pytest.mark.parametrize(
    ("commands", "lease", "said"),
    [
        ("commands: hub", "lease: 1m", ""),
        ("commands: anyone", "lease: 1m", "give board `commands: hub`"),
        ("commands: hub", "title: Heater", "give heater a `lease`"),
    ],
)
def test_the_hub_must_be_able_to_vouch_for_the_outputs(tmp_path: Path, commands: str, lease: str, said: str) -> None:
    installation = Installation(tmp_path)
    installation.config.write_text(CONFIG.replace("COMMANDS", commands).replace("LEASE", lease))
    answer = installation.clayhub("check")
    assert answer.exit_code == (1 if said else 0), answer.stderr
    if said:
        assert f"{WHY}: {OURS}" in answer.stderr
        assert said in answer.stderr
        assert answer.stderr.count("another agent's") == 1

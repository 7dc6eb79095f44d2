"""The examples of docs/procedures.md are what config.yaml takes."""

import re
from pathlib import Path

from hub.contract.config.load import load

PAGE = Path(__file__).parents[2] / "docs" / "procedures.md"

REST = """\
version: 1
agents: {bench: {}}
stands:
  phytotron:
    agent: bench
    devices:
      relays: {driver: esp32_relay, address: "http://127.0.0.1:9"}
      lamp: {driver: pwm_lamp, address: "http://127.0.0.1:9"}
"""
MORE = """\
  calibration: {stand: phytotron, steps: [{wait: 1s}]}
"""


def test_the_examples_are_right(tmp_path: Path) -> None:
    procedures, schedules = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.S)
    config = tmp_path / "config.yaml"
    config.write_text(REST + procedures + MORE + schedules)
    assert load(config).schedules.keys() == {"ventilation", "light-on", "light-off", "calibration"}

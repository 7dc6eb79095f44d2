"""The laboratory that suffers: which devices it has, beside which agents, and how they are configured."""

from pathlib import Path

HERE = Path(__file__).parent

_CONFIG = """\
version: 1
title: Campaign
drivers: {drivers}
web: {{port: 8080}}
mqtt: {{port: 11883}}
redis: {{port: 16379, memory: 96}}
agents: {{left: {{}}, right: {{}}}}
stands:
  bench:
    agent: left
    simulate: true
    devices:
      first: {{driver: counting, address: "http://127.0.0.1:9", period: 50ms, channels: {channels}}}
      second: {{driver: counting, address: "http://127.0.0.1:9", period: 100ms, commands: hub, channels: {channels}}}
      co2: {{driver: sba5, address: /dev/null, period: 1s}}
    interlocks:
      first_is_hot: {{when: first.hot > 0, outputs: [first.guarded]}}
      second_is_hot: {{when: second.hot > 0, outputs: [second.guarded]}}
  room:
    agent: right
    simulate: true
    devices:
      third: {{driver: counting, address: "http://127.0.0.1:9", period: 100ms, channels: {channels}}}
      relays: {{driver: esp32_relay, address: "http://127.0.0.1:9", period: 250ms}}
    interlocks:
      third_is_hot: {{when: third.hot > 0, outputs: [third.guarded]}}
"""
LEASE = 3.0
"""Seconds that what is set on `client` and `panel` holds."""
MAX_ON = 4.0
"""Seconds that `timed` may be on, however often it is set."""
_CHANNELS = f"""{{count: {{}}, hot: {{}}, client: {{lease: {LEASE:g}s}}, panel: {{lease: {LEASE:g}s}}, program: {{}},
        probe: {{}}, timed: {{max_on: {MAX_ON:g}s}}, guarded: {{}}}}"""
DEVICES = ("bench/first", "bench/second", "bench/co2", "room/third", "room/relays")
AGENT_OF = {"bench": "left", "room": "right"}


def config() -> str:
    """Its config.yaml, with the usual ports."""
    return _CONFIG.format(drivers=HERE / "drivers", channels=_CHANNELS)

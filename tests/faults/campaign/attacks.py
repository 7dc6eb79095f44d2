"""What a mistaken or hostile client sends."""

import time

import orjson

from hub.contract import topics
from tests.faults.campaign.load import Load
from tests.faults.campaign.plan import Fault

HOSTILE = (
    b"",
    b"\xff\xfe",
    b"{",
    b"NaN",
    b"1e400",
    b"-1",
    b"true",
    b'"5"',
    b"[" * 5_000,
    b"9" * 5_000,
    b'{"value": 5, "value": 6}',
    b'{"value": 5, "id": 7}',
    b'{"value": 5, "more": 1}',
    b"0.5",
    b"<script>alert(1)</script>",
)


def attack(fault: Fault, load: Load) -> None:
    """Send it."""
    key = fault.target.replace(".", "/")
    match fault.kind:
        case "retained":
            load.set(key, "program", "retained", forbidden=True)
        case "twice":
            load.set("bench/first" if key == "bench/second" else key, "program", twice=True)
        case "hostile":
            for payload in HOSTILE:
                load.operator.publish(topics.set_of(key, "program"), payload)
        case "replayed":
            for topic, payload in load.commands[-1:] + load.commands[-60:-50]:
                load.ledger.replay(orjson.loads(payload)["id"])
                load.hub.publish(topic, payload)
    time.sleep(0.1)

"""A laboratory for the procedure engine: what the hub would keep and send, with a clock that the test turns."""

import orjson

from hub.contract.channels import Number, Switch, Value
from hub.contract.config.procedures import Procedure
from hub.contract.description import Description
from hub.procedures.effects import Effect, Ended, Moment, Save, Send
from hub.procedures.engine import Engine


def device(name: str, *channels: Number | Switch) -> Description:
    """A device of the stand `phytotron`."""
    return Description("phytotron", name, name, "any", "main", 2.0, "anyone", channels)


DEVICES = {
    found.key: found
    for found in (
        device("valves", Switch("left", writable=True, safe=False), Switch("right", writable=True, safe=False)),
        device("fans", Switch("left", writable=True, safe=False)),
        device("lamp", Number("red", writable=True, low=0, high=100, safe=0), Number("temp")),
        device("door", Switch("lock", writable=True)),
    )
}

VENTILATION = {
    "title": "Ventilation cycle",
    "stand": "phytotron",
    "steps": [
        {"set": "valves.left", "to": True},
        {"wait": "5s", "label": "valves open"},
        {"set": "fans.left", "to": True},
        {"wait": "240s", "label": "ventilating"},
    ],
    "finally": [{"set": "fans.left", "to": False}, {"set": "valves.left", "to": False}],
}


def procedure(**changes: object) -> Procedure:
    """The ventilation cycle, changed in some of its keys."""
    return Procedure.model_validate(orjson.loads(orjson.dumps(VENTILATION | changes)), strict=False)


class Laboratory:
    """An engine with everything around it: devices that do as told, a store, a clock."""

    def __init__(self, **procedures: Procedure) -> None:
        self.procedures = procedures
        self.engine = Engine(procedures, DEVICES)
        self.mono = 1000.0
        self.wall = 1_760_000_000.0
        self.kept: dict[str, dict[str, object]] = {}
        self.sent: list[Send] = []
        self.ended: list[Ended] = []
        self.outputs: dict[str, Value] = {}

    @property
    def now(self) -> Moment:
        """The time."""
        return Moment(self.mono, self.wall)

    @property
    def commands(self) -> list[tuple[str, Value]]:
        """What was sent, as `fans.left` and its value."""
        return [(f"{send.key.partition('/')[2]}.{send.channel}", send.value) for send in self.sent]

    def state(self, name: str = "ventilation") -> object:
        """The state of the procedure's latest run, as it is kept."""
        return self.kept[name]["state"]

    def perform(self, effects: list[Effect]) -> list[Effect]:
        """Keep and send, as the hub does."""
        for effect in effects:
            match effect:
                case Save(name, None):
                    self.kept.pop(name, None)
                case Save(name, run):
                    self.kept[name] = orjson.loads(orjson.dumps(run))
                case Send():
                    self.sent.append(effect)
                case Ended():
                    self.ended.append(effect)
        return effects

    def start(self, name: str = "ventilation", run: str = "r1") -> None:
        """Somebody starts it."""
        self.perform(self.engine.start(name, "anna", run, self.now))

    def answer(self, status: str = "done", reason: str | None = None) -> None:
        """The device of the latest command answers."""
        send = self.sent[-1]
        if status == "done":
            self.outputs[f"{send.key.partition('/')[2]}.{send.channel}"] = send.value
        self.perform(self.engine.on_outcome(send.id, status, reason, self.now))

    def turn(self, seconds: float) -> None:
        """Time goes by, and the engine is asked to go on."""
        self.mono += seconds
        self.wall += seconds
        self.perform(self.engine.on_time(self.now))

    def settle(self, status: str = "done") -> None:
        """Everything goes on to the end of all runs, each command being answered alike."""
        for _ in range(200):
            due = self.engine.next_due()
            if due is None:
                return
            asked = len(self.sent)
            self.answer(status)
            if asked == len(self.sent) and self.engine.next_due() == due:
                self.turn(max(0.0, due - self.mono))
        raise AssertionError("the runs do not end")

    def restart_hub(self, away: float = 10.0, **procedures: Procedure) -> None:
        """The hub is killed and comes back with what was kept."""
        self.mono = 5.0
        self.wall += away
        self.engine = Engine(procedures or self.procedures, DEVICES)
        self.perform(self.engine.restore(self.kept, self.now))

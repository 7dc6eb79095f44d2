"""The devices of config.yaml, as far as they have described themselves."""

from hub.contract import topics
from hub.contract.command import Status
from hub.contract.config.schema import Config
from hub.contract.description import Description, decode
from hub.contract.errors import Code, Refused
from hub.contract.event import DeviceEvent
from hub.contract.topics import Leaf, Topic
from hub.core.effects import Effects
from hub.procedures.effects import Moment
from hub.state.record import Record, pending


class Devices:
    """`descriptions` is live: others keep it and look things up in it."""

    def __init__(self, config: Config, out: Effects) -> None:
        self._out = out
        self.agents = {
            f"{name}/{device}": stand.agent for name, stand in config.stands.items() for device in stand.devices
        }
        """The agent that serves each device, by device key."""
        self.descriptions: dict[str, Description] = {}
        self._by_state_topic: dict[str, Description] = {}
        self._infos: dict[str, bytes] = {}

    def on_info(self, topic: Topic, payload: bytes) -> None:
        """A device describes itself. Raises Refused: unknown_target, bad_json, bad_message."""
        if not payload or self._infos.get(topic.key) == payload:
            return  # empty: somebody took the retained message away; the device is still in config.yaml
        agent = self.agent_of(topic.key)
        description = decode(topic.stand, topic.device, payload)
        if description.agent != agent:
            raise Refused(
                Code.BAD_MESSAGE, f"{topic.key} belongs to the agent {agent}, not to {description.agent[:40]}."
            )
        self.remember(description)
        self._infos[topic.key] = payload
        self._out.journal.info(topic.key, payload)

    def on_event(self, key: str, payload: bytes, now: Moment) -> None:
        """Something happened to a device by itself. Raises Refused: unknown_target, bad_json, bad_message."""
        self.agent_of(key)
        self._out.journal.foreign(happened(key, DeviceEvent.decode(payload), now.ms), latest=False)

    def remember(self, description: Description) -> None:
        """Take a description as known."""
        self.descriptions[description.key] = description
        self._by_state_topic[topics.device(description.key, Leaf.STATE)] = description

    def of_state(self, topic: str) -> Description:
        """Whose state the topic carries. Raises Refused (unknown_target)."""
        found = self._by_state_topic.get(topic)
        return found if found is not None else self.described(topics.parse(topic).key)

    def described(self, key: str) -> Description:
        """The description of the device `key`. Raises Refused (unknown_target)."""
        self.agent_of(key)
        found = self.descriptions.get(key)
        if found is None:
            raise Refused(
                Code.UNKNOWN_TARGET, f"{key} has not described itself yet; its agent does so as soon as it runs."
            )
        return found

    def has(self, key: str, channel: str) -> bool:
        """Whether the device is known to have that channel."""
        found = self.descriptions.get(key)
        return found is not None and channel in found.by_name

    def agent_of(self, key: str) -> str:
        """The agent that serves the device. Raises Refused (unknown_target)."""
        agent = self.agents.get(key)
        if agent is None:
            raise Refused(Code.UNKNOWN_TARGET, f"There is no device {key[:80]!r} in config.yaml.")
        return agent


def happened(key: str, event: DeviceEvent, when: int) -> Record:
    """The record of what happened to a device by itself."""
    record = pending(f"{event.epoch}-{event.n}", "event", None, "device", when, key)
    record.update({"status": Status.DONE, "reason": event.text, "ended": when})
    return record

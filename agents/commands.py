"""What comes in on `.../set` and `.../command`, understood. Pure."""

import secrets

from agents.messages import Job, Request
from hub.contract import strict
from hub.contract.command import Command, SetRequest
from hub.contract.description import Description
from hub.contract.errors import Code, Refused
from hub.contract.topics import ROOT, Leaf, Topic
from hub.link.link import Incoming

MAX_ID = 100


def request(incoming: Incoming, topic: Topic, at: float) -> Request:
    """Who asks, as far as the message tells; also a message that will be refused deserves an answer with its id."""
    said = _object(incoming.payload)
    given, channel = said.get("id"), said.get("channel", "") if topic.leaf is Leaf.COMMAND else topic.channel
    named = isinstance(given, str) and 0 < len(given) <= MAX_ID
    return Request(
        topic=incoming.topic,
        key=topic.key,
        channel=channel[:MAX_ID] if isinstance(channel, str) else "",
        id=str(given) if named else secrets.token_hex(6),
        named=named,
        arrived=at,
        response_topic=incoming.response_topic if _may_answer_on(incoming.response_topic) else None,
        correlation=incoming.correlation,
    )


def understand(incoming: Incoming, leaf: Leaf, asked: Request, device: Description) -> Job:
    """What is to be done. Raises Refused with the code that says why it cannot be."""
    if incoming.retain:
        text = "A retained command would come again at every reconnection. It was cleared; send it without retain."
        raise Refused(Code.RETAINED, text)
    if leaf is Leaf.COMMAND:
        command = Command.decode(incoming.payload)
        return Job(asked, device.writable(command.channel).check(command.value), command)
    channel = device.writable(asked.channel)
    if device.commands == "hub":
        raise Refused(
            Code.HUB_ONLY, f"{device.key} takes commands only through the hub: use the panel or `clayhub set`."
        )
    return Job(asked, SetRequest.decode(channel, incoming.payload).value, None)


def _object(payload: bytes) -> dict[str, object]:
    if not payload.lstrip().startswith(b"{"):
        return {}
    try:
        return strict.loads_object(payload)
    except Refused:
        return {}


def _may_answer_on(topic: str | None) -> bool:
    """Under our own root an answer could pass for something else that this agent says."""
    return bool(topic) and topic is not None and not topic.startswith((f"{ROOT}/", "$")) and not set("+#") & set(topic)

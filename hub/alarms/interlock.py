"""The alarm of an interlock: its name, and the sentence that says what has tripped it and what it does."""

from hub.contract.alarm import Kind
from hub.contract.interlock import Interlock


def name(interlock: Interlock) -> str:
    """The id of its alarm: `interlock-phytotron-lamp_overheats`."""
    return f"{Kind.INTERLOCK}-{interlock.stand}-{interlock.name}"


def sentence(interlock: Interlock) -> str:
    """`Lamp too hot: chamber.int_temp > 45. The interlock keeps lamp.white at the safe value.`"""
    outputs = ", ".join(f"{key.partition('/')[2]}.{channel}" for key, channel in interlock.outputs)
    return f"{interlock.title}: {interlock.rule}. The interlock keeps {outputs} at the safe value."

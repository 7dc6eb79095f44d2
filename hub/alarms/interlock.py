"""The alarm of an interlock: its name, and the sentence that says what has tripped it and what it does."""

from hub.contract.alarm import Kind
from hub.contract.interlock import Interlock


def name(interlock: Interlock) -> str:
    """The id of its alarm: `interlock-phytotron-lamp_overheats`."""
    return f"{Kind.INTERLOCK}-{interlock.stand}-{interlock.name}"


def sentence(interlock: Interlock, cause: str | None) -> str:
    """`Lamp too hot: chamber.int_temp > 45; chamber.int_temp is 46. The interlock keeps lamp.white at the safe value.`

    An agent says that its interlock has tripped, but not by what `cause`: then nothing more may be claimed.
    """
    outputs = ", ".join(f"{key.partition('/')[2]}.{channel}" for key, channel in interlock.outputs)
    why = f"; {cause}" if cause is not None else ", or this is not known"
    return f"{interlock.title}: {interlock.rule}{why}. The interlock keeps {outputs} at the safe value."

"""Whether a command that failed is given once more. Pure: times are arguments, monotonic."""

from agents.guard import MAX_AGE
from hub.contract.errors import Code, DeviceError

AT_ONCE = 0.5
"""Seconds within which the first attempt must have failed. A timeout takes longer, and a second one would keep the
outputs of the bus waiting for their safe values."""
NOT_HEARD = (Code.NO_ANSWER, Code.BAD_ANSWER)
"""Failures after which nobody knows what the device did; one that refuses has said it."""


def worth_repeating(error: DeviceError, *, arrived: float, began: float, now: float) -> bool:
    """Whether a second attempt may help, and comes in time for the command; that it does no harm is for the driver to
    say."""
    return error.code in NOT_HEARD and now - began < AT_ONCE and now - arrived <= MAX_AGE

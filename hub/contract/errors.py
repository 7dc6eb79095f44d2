"""The errors of clayhub: a small tree, each error with a stable code.

A message tells a person what happened and what to do; a code tells a program. Codes are part of the
contract: they stand in results, HTTP answers and logs, and never change their meaning.
"""

from enum import StrEnum


class Code(StrEnum):
    """Why something was refused or went wrong. `docs/topics.md` explains each to a person."""

    # an input that does not say what it must
    BAD_JSON = "bad_json"
    DUPLICATE_KEY = "duplicate_key"
    TOO_DEEP = "too_deep"
    TOO_LARGE = "too_large"
    NOT_FINITE = "not_finite"
    WRONG_TYPE = "wrong_type"
    BAD_MESSAGE = "bad_message"
    # a command that cannot be
    UNKNOWN_TARGET = "unknown_target"
    READ_ONLY = "read_only"
    OUT_OF_RANGE = "out_of_range"
    RETAINED = "retained"
    EXPIRED = "expired"
    AGENT_OFFLINE = "agent_offline"
    OTHER_BOOT = "other_boot"
    OLD_BEAT = "old_beat"
    OLD_COUNTER = "old_counter"
    HUB_ONLY = "hub_only"
    INTERLOCK = "interlock"
    BUSY = "busy"
    FORBIDDEN = "forbidden"
    # a device that does not do as it should
    NO_ANSWER = "no_answer"
    BAD_ANSWER = "bad_answer"
    DEVICE_REFUSED = "device_refused"
    PORT_BUSY = "port_busy"
    WRONG_DEVICE = "wrong_device"
    NOT_CONFIRMED = "not_confirmed"
    # ourselves
    BAD_CONFIG = "bad_config"
    HUB_DOWN = "hub_down"
    STORE_DOWN = "store_down"
    NO_RESULT = "no_result"
    INTERNAL = "internal"


class ClayhubError(Exception):
    """The root. `code` is for programs, `str(error)` is one sentence or two for a person."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code = code


class Refused(ClayhubError):  # noqa: N818 - reads as what happened: `raise Refused(...)`
    """An input (a value, a message, a command) was refused; nothing happened because of it."""


class DeviceError(ClayhubError):
    """A device did not answer, answered nonsense, or refused; what it did is not known for certain."""


class ConfigError(ClayhubError):
    """config.yaml cannot be used. The message has one line a problem: file:line, what is wrong, what to write."""

    def __init__(self, message: str) -> None:
        super().__init__(Code.BAD_CONFIG, message)

"""The record of a command, as it stands in Redis and is shown by panel and command line."""

from typing import NotRequired, TypedDict

from hub.contract.channels import Value
from hub.contract.command import Status


class Record(TypedDict):
    """What was asked, by whom, and what became of it. Times are milliseconds since 1970 by the clock of Redis."""

    id: str
    kind: str
    """`set`, `procedure`, `schedule` or `alarm`; or `event`: no command, but what happened to a device by itself."""
    key: str | None
    """`stand/device`; None for procedures, schedules and alarms."""
    channel: str | None
    value: Value | None
    status: str
    """A `Status`."""
    code: str | None
    reason: str | None
    who: str | None
    source: str
    """`panel`, `cli`, `procedure`, `schedule`, `interlock`, `device`, or `mqtt`: the broker does not say who it was."""
    requested: int
    ended: int | None
    until: int | None
    """When the lease of the value ends."""
    name: NotRequired[str]
    """The procedure, schedule or alarm."""
    action: NotRequired[str]
    """`start`, `stop`, `reset` or `clear`; of an alarm `acknowledge`."""
    note: NotRequired[str]
    """What somebody said when acknowledging an alarm."""


def pending(
    record_id: str,
    kind: str,
    who: str | None,
    source: str,
    requested: int,
    key: str | None = None,
    channel: str | None = None,
    value: Value | None = None,
) -> Record:
    """The record of what was just asked."""
    return Record(
        requested=requested,
        id=record_id,
        kind=kind,
        key=key,
        channel=channel,
        value=value,
        status=Status.PENDING,
        code=None,
        reason=None,
        who=who,
        source=source,
        ended=None,
        until=None,
    )


def is_final(record: Record) -> bool:
    """Whether nothing more will become of it."""
    return record["status"] != Status.PENDING

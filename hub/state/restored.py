"""What earlier hubs left in Redis, for a hub that begins."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, cast

import redis

from hub.contract.config.schema import Config
from hub.contract.description import Description, decode
from hub.contract.errors import Refused
from hub.state import keys
from hub.state.journal import Journal
from hub.state.objects import Json, objects, parse
from hub.state.record import Record, is_final


class Memory(NamedTuple):
    """What a hub keeps of procedures, schedules and alarms, by name, and of commands."""

    runs: dict[str, Json]
    schedules: dict[str, Json]
    alarms: dict[str, Json]
    commands: tuple[Record, ...] = ()
    """Those in hand: sent, or ended when Redis could not be told so."""
    ended: tuple[Record, ...] = ()
    """Those that were ended, oldest first."""


@dataclass(frozen=True)
class Restored:
    """Only what is about devices of config.yaml; what is in `memory` is looked after by those whose memory it is."""

    descriptions: dict[str, Description]
    states: list[str]
    """The devices of which a state is known."""
    commands: list[Record]
    """The latest command of each channel."""
    unended: list[Record]
    """All commands whose end is not on record."""
    memory: Memory


def restore(client: redis.Redis, config: Config, memory: Memory, journal: Journal) -> Restored:
    """Read it, and have `journal` forget what is no longer in config.yaml. Raises redis.RedisError.

    What Redis does not know any more is taken from `memory`.
    """
    kept = (keys.RUNS, keys.SCHEDULES, keys.ALARMS)
    hashes = (keys.DEVICES, keys.STATE, keys.AVAILABILITY, keys.REQUESTED, keys.AGENTS, *kept)
    with client.pipeline(transaction=False) as pipe:
        for name in hashes:
            pipe.hgetall(name)
        pipe.xrevrange(keys.AUDIT)
        *answers, runs, schedules, alarms, audit = pipe.execute()
    found = [{field.decode(): value for field, value in each.items()} for each in answers]
    for name, fields in zip(hashes[:4], found[:4], strict=True):
        for field in [field for field in fields if config.agent_of("/".join(field.split("/")[:2])) is None]:
            journal.forget(name, field)
            del fields[field]
    for field in found[4].keys() - config.agents.keys():
        journal.forget(keys.AGENTS, field)
    infos, states, _, requested, _ = found
    return Restored(
        descriptions=_descriptions(infos),
        states=list(states),
        commands=_records(requested.values()),
        unended=_unended(audit),
        memory=memory._replace(
            runs={**memory.runs, **objects(runs)},
            schedules={**memory.schedules, **objects(schedules)},
            alarms={**memory.alarms, **objects(alarms)},
        ),
    )


def _records(found: Iterable[bytes]) -> list[Record]:
    """Those that are commands; what somebody else has written there is left aside."""
    whole = (record for record in map(parse, found) if record and Record.__required_keys__ <= record.keys())
    return [cast("Record", record) for record in whole]


def _unended(audit: list[tuple[bytes, dict[bytes, bytes]]]) -> list[Record]:
    """The commands whose latest word on record, which comes first in `audit`, is not their end."""
    latest: dict[str, Record] = {}
    for record in _records(fields.get(b"j", b"") for _entry, fields in audit):
        latest.setdefault(record["id"], record)
    return [record for record in latest.values() if not is_final(record)]


def _descriptions(infos: dict[str, bytes]) -> dict[str, Description]:
    found = {}
    for key, payload in infos.items():
        stand, _, device = key.partition("/")
        try:
            found[key] = decode(stand, device, payload)
        except Refused:
            continue  # of another version of clayhub: the device describes itself anew
    return found

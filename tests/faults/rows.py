"""The list of inputs and faults that clayhub is held to: what may come, and what is promised then.

Each row has tests of its number (`test_fault_09_...`, `test_fault_24a_...`). Whatever the row, after each case no
process is dead or hung, the outputs are safe, and what happened is logged once, as is its end.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the list. `number` as in the tests' names: two digits, perhaps a letter."""

    number: str
    fault: str
    promise: str


ROWS = (
    Row(
        "01", "A message that is empty, no JSON or no UTF-8", "Refused with its code and kept count of; the next works."
    ),
    Row("02", "`NaN`, `Infinity`, `1e400` for a number", "Refused as not finite. No value is ever bent to its range."),
    Row(
        "03",
        '`true`, `"1"` or `[]` for a number',
        "Refused: types are strict. The bare words `ON` and `60` are read as the channel's type.",
    ),
    Row("04", "A key said twice in a JSON object", "Refused."),
    Row("05", "JSON 100,000 levels deep, a number of 5,000 digits", "Refused."),
    Row("06", "A message of more than 64 kB", "Refused once, and not offered again and again."),
    Row(
        "07",
        "A stand, device or channel that there is not",
        "Answered as rejected wherever somebody can answer; nothing is stored under the name.",
    ),
    Row(
        "08",
        "A value out of range, a channel that can only be read",
        "Answered as rejected; the output stays as it is.",
    ),
    Row(
        "09",
        "A retained command, before the agent subscribes or after",
        "Refused, taken off the broker, and an alarm says so.",
    ),
    Row("10", "A command that comes too late", "Refused as expired or out of date."),
    Row("11", "A command while the agent is away", "Rejected at once; never done later."),
    Row("12", "The same id a second time", "One effect, and the same answer again."),
    Row("13", "The hub's ON and OFF in the wrong order", "The older one is refused by its counter."),
    Row("14", "A recorded command after the agent was restarted", "Refused: it was meant for another boot."),
    Row("15", "The hub's clock an hour wrong, either way", "Commands are as fresh as before, and as stale."),
    Row(
        "16",
        "The agent's clock jumps",
        "Leases end when they should; readings say that the clock was not synchronised.",
    ),
    Row("17", "A command at QoS 0", "Taken from anybody; the hub itself sends none so."),
    Row("18", "A subscription to `#`; an account named `+`", "Brings what the account may read, and nothing else."),
    Row("19", "An agent that writes on another's topics; a viewer who sets a channel", "Denied."),
    Row("20", "No password, or a wrong one", "Refused, and logged at a limited rate."),
    Row(
        "21",
        "Two clients of one account; two agents of one name",
        "Both clients work. The second agent is an alarm, and nothing flaps.",
    ),
    Row("22", "Two hubs", "One works; the other waits for the lock, unconnected."),
    Row(
        "23",
        "The agent is killed while an output is on",
        "It is started again and sets its outputs safe, in a time that is stated.",
    ),
    Row(
        "24",
        "The hub is killed; it is frozen and thawed",
        "Leases end, outputs go to safe and stay there; no reading is lost.",
    ),
    Row("24a", "A client sets an output and dies; the hub lives", "Safe when the lease is over."),
    Row(
        "24b",
        "A command of the panel while the hub is away, for half a minute",
        "Answered 503, or expired when the hub is back; never done.",
    ),
    Row("24c", "Redis is emptied while all runs", "Readings are stored again within 10 s, and a gap is recorded."),
    Row(
        "25",
        "Broker and agent are killed together, so that no last will is sent",
        "The agent is missed by its heartbeat.",
    ),
    Row(
        "26",
        "Redis is killed and comes back",
        "Nothing is confirmed before it is stored, and would outlive the kill: no reading lost, none twice.",
    ),
    Row(
        "27",
        "Redis is full",
        "An alarm, and old history is trimmed; readings wait with their agents, schedules go on.",
    ),
    Row(
        "28",
        "The disk is full, at the hub or at an agent",
        "An alarm, nothing is confirmed, and it recovers by itself; OFF works all the while.",
    ),
    Row("29", "Redis has written, and its answer is lost", "The reading stands in the history exactly once."),
    Row("30", "A connection that is half open; a frozen broker", "Noticed within 1.5 keepalives; leases act."),
    Row("31", "A sensor falls silent", "Stale after three periods."),
    Row(
        "32",
        "A sensor is frozen, stuck at its end, or sends its mark for broken",
        "Its value is suspect, and unknown to all conditions.",
    ),
    Row("33", "Garbage on the serial line, half a line", "Left aside; the next line is read."),
    Row(
        "34",
        "A device is unplugged in the middle of a command",
        "The command fails in time, and the output is made safe when the device is back.",
    ),
    Row("35", "A second program opens the port", "It is told that the port is taken."),
    Row(
        "36",
        "A wrong config.yaml: a YAML bomb, `!!python`, a key twice, `NO`, `12:30`, an unknown driver, a wrong unit, a "
        "name that there is not",
        "Refused with file, line and what to write instead; a hub that runs keeps the configuration it has, and "
        "so does an agent that is started again.",
    ),
    Row("37", "A request or a WebSocket from a page of another site", "403, before anything happens."),
    Row(
        "38",
        "A session's id known before the sign-in; a cookie used after signing out",
        "A new id at each sign-in; signing out ends the session on the server.",
    ),
    Row(
        "39",
        "WebSocket frames too large, too many or malformed; 200 sockets",
        "Closed, their thread is free again, and pages are served.",
    ),
    Row(
        "40",
        "A browser that reads slowly, or sleeps",
        "Let go within 5 s; when it is back it gets the whole, without a gap.",
    ),
    Row(
        "41",
        "An OFF fell due while the hub was down",
        "Done at once when it is back. A missed ON is not, unless its schedule says so.",
    ),
    Row("42", "A pickle, a script or HTML for a value", "It stays text."),
)

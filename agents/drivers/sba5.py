"""PP Systems SBA-5 CO2 analyser on a serial line (operation manual, "Commands"); 19200 baud, 8N1.

A word with a value is acknowledged by its echo and `OK`, a single character is not. Lines that the analyser sends by
itself may come in between: streamed measurements, `W,43.1` while it warms up, `Z,22 of 25` while it zeroes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from agents.driver import Driver, DriverOptions, Snapshot
from agents.drivers.serial_port import SerialPort
from hub.contract.channels import Action, Number, Switch, Value
from hub.contract.errors import Code, DeviceError
from hub.contract.reading import Quality

TIMEOUT = 2.0
"""Seconds for an answer; longer than from one `W` or `Z` line to the next."""

MEASURED = ("co2", "irga_temp", "pressure")

_NUMBER = rb"-?\d{1,6}(?:\.\d{1,4})?"
_MEASUREMENT = re.compile(
    rb"M \d{1,6} \d{1,6} (?P<co2>N) (?P<irga_temp>N) N N (?P<pressure>N) N N (?:N )?0?(?P<status>[0-6])".replace(
        b"N", _NUMBER
    )
)
"""A measurement with all fields (F252). The one field that may come before the status is J1's, in mV."""
_BY_ITSELF = {Quality.WARMING_UP: re.compile(rb"W,-?\d+(\.\d+)?"), Quality.ZEROING: re.compile(rb"Z,\d+ of \d+")}
_SERIAL = re.compile(r"serial\D*(\d+)", re.IGNORECASE)
"""In the answer to `V`."""


@dataclass(frozen=True)
class Measurement:
    """One `M` line: ppm, degC, mbar. A status other than 0 is the analyser's own doubt about it."""

    co2: float
    irga_temp: float
    pressure: float
    status: int


def parse(line: bytes) -> Measurement | Quality:
    """A line without its CR LF: a measurement, or why there is none. Raises DeviceError (bad_answer)."""
    for quality, pattern in _BY_ITSELF.items():
        if pattern.fullmatch(line):
            return quality
    found = _MEASUREMENT.fullmatch(line)
    if found is None:
        raise DeviceError(Code.BAD_ANSWER, f"The SBA-5 sent {line[:60]!r}, which is no measurement.")
    co2, irga_temp, pressure = (float(found[name]) for name in MEASURED)
    return Measurement(co2, irga_temp, pressure, int(found["status"]))


class Sba5(Driver):
    """The analyser, its display off and its timed zeroing disabled."""

    kind = "sba5"
    channels = (
        Number("co2", title="CO2", unit="ppm", low=0, decimals=1),
        Number("irga_temp", title="Cell temperature", unit="°C", decimals=1),
        Number("pressure", title="Cell pressure", unit="mbar", low=0, decimals=0),
        Switch("pump", title="Sample pump", writable=True),
        Action("zero", title="Find the zero", writable=True, confirm="dialog"),  # no CO2 for 90 s
    )

    def __init__(self, options: DriverOptions) -> None:
        super().__init__(options)
        self._port = SerialPort(options.address, baud=19_200, timeout=TIMEOUT)
        self._pump = True
        self._initialised = False

    def open(self) -> None:
        """Take the port for ourselves."""
        self._port.open()

    def close(self) -> None:
        """Let go of the port, and of what the analyser has not taken yet."""
        self._port.close()

    def identify(self) -> Mapping[str, str]:
        """The serial number, by `V`; nothing when the analyser does not answer that."""
        self._send("!")  # nothing streamed shall pass for the answer
        self._send("V")
        for line in self._port.lines(b"\r\n"):
            found = _SERIAL.search(line.decode("ascii", "replace"))
            if found is not None:
                return {"serial": found[1]}
        return {}

    def prepare(self) -> None:
        """Initialise the analyser as the laboratory does."""
        self._send("!")
        for command in ("A0", "F252", f"P{int(self._pump)}", "EL"):
            self._tell(command)
        self._initialised = True

    def read(self) -> Snapshot:
        """One measurement; none while the analyser warms up or zeroes."""
        self._send("M")
        found = self._answer()
        if found is Quality.WARMING_UP:
            events = ["The SBA-5 has been switched off and on, and warms up."] if self._initialised else []
            self._initialised = False  # it does not know our settings any more
            names = (*MEASURED, "pump")
            return Snapshot(dict.fromkeys(names), dict.fromkeys(names, found), events)
        if not self._initialised:
            self.prepare()
        if isinstance(found, Quality):
            return Snapshot(dict.fromkeys(MEASURED) | {"pump": self._pump}, dict.fromkeys(MEASURED, found))
        values: dict[str, Value | None] = {name: getattr(found, name) for name in MEASURED}
        return Snapshot(values | {"pump": self._pump}, {"co2": Quality.SUSPECT} if found.status else {})

    def write(self, channel: str, value: Value) -> None:
        """Begin a zeroing, or switch the pump."""
        if channel == "zero":
            self._send("Z")
            return
        self._tell("P1" if value else "P0")
        self._pump = bool(value)

    def _tell(self, command: str) -> None:
        self._send(command)
        wanted = [command.encode(), b"OK"]
        for line in self._port.lines(b"\r\n"):
            if line == wanted[0]:
                del wanted[0]
            if not wanted:
                return
        raise DeviceError(Code.NO_ANSWER, f"The SBA-5 at {self.options.address} did not acknowledge {command}.")

    def _answer(self) -> Measurement | Quality:
        problem = DeviceError(
            Code.NO_ANSWER, f"The SBA-5 at {self.options.address} is silent: see to its power and its cable."
        )
        for line in self._port.lines(b"\r\n"):
            try:
                return parse(line)
            except DeviceError as error:  # a stray line, perhaps; the answer may still come
                problem = error
        raise problem

    def _send(self, command: str) -> None:
        self._port.send(command.encode() + b"\r")

"""PP Systems SBA-5 CO2 analyser on a serial line (operation manual, "Commands"); 19200 baud, 8N1.

A word with a value is acknowledged by its echo and `OK`, a single character is not. Lines that the analyser sends by
itself may come in between: streamed measurements, `W,43.1` while it warms up, `Z,22 of 25` while it zeroes.
"""

import contextlib
import errno
import re
import termios
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agents.driver import Driver, DriverOptions, Snapshot
from hub.contract.channels import Number, Switch, Value
from hub.contract.errors import Code, DeviceError
from hub.contract.reading import Quality

if TYPE_CHECKING:
    from serial import Serial

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
    )

    def __init__(self, options: DriverOptions) -> None:
        super().__init__(options)
        self._port: Serial | None = None
        self._pump = True
        self._initialised = False

    def open(self) -> None:
        """Take the port for ourselves and initialise the analyser."""
        import serial  # noqa: PLC0415 (the declaration must load where no serial port is ever opened)

        self.close()
        try:
            self._port = serial.Serial(
                self.options.address, 19_200, timeout=TIMEOUT, write_timeout=TIMEOUT, exclusive=True
            )
        except (OSError, termios.error) as error:
            raise self._trouble(error) from error
        self._initialise()

    def close(self) -> None:
        """Let go of the port, and of what the analyser has not taken yet: it shall not act on it later."""
        port, self._port = self._port, None
        if port is not None:
            with contextlib.suppress(OSError, termios.error):
                port.reset_output_buffer()
            with contextlib.suppress(OSError, termios.error):
                port.close()

    def read(self) -> Snapshot:
        """One measurement; none while the analyser warms up or zeroes."""
        self._send("M")
        found = self._answer()
        if found is Quality.WARMING_UP:
            self._initialised = False  # it was switched off and on, and does not know our settings any more
            return Snapshot(dict.fromkeys((*MEASURED, "pump")), dict.fromkeys((*MEASURED, "pump"), found))
        if not self._initialised:
            self._initialise()
        if isinstance(found, Quality):
            return Snapshot(dict.fromkeys(MEASURED) | {"pump": self._pump}, dict.fromkeys(MEASURED, found))
        values: dict[str, Value | None] = {name: getattr(found, name) for name in MEASURED}
        return Snapshot(values | {"pump": self._pump}, {"co2": Quality.SUSPECT} if found.status else {})

    def write(self, channel: str, value: Value) -> None:
        """Switch the pump, the one channel that can be set."""
        self._tell("P1" if value else "P0")
        self._pump = bool(value)

    def _initialise(self) -> None:
        self._send("!")
        for command in ("A0", "F252", f"P{int(self._pump)}", "EL"):
            self._tell(command)
        self._initialised = True

    def _tell(self, command: str) -> None:
        self._send(command)
        wanted = [command.encode(), b"OK"]
        for line in self._lines():
            if line == wanted[0]:
                del wanted[0]
            if not wanted:
                return
        raise DeviceError(Code.NO_ANSWER, f"The SBA-5 at {self.options.address} did not acknowledge {command}.")

    def _answer(self) -> Measurement | Quality:
        problem = DeviceError(
            Code.NO_ANSWER, f"The SBA-5 at {self.options.address} is silent: see to its power and its cable."
        )
        for line in self._lines():
            try:
                return parse(line)
            except DeviceError as error:  # a stray line, perhaps; the answer may still come
                problem = error
        raise problem

    def _send(self, command: str) -> None:
        with self._in_use() as port:
            port.reset_input_buffer()
            port.write(command.encode() + b"\r")

    def _lines(self) -> Iterator[bytes]:
        """Whole lines as they come, for TIMEOUT seconds or a little more."""
        end = time.monotonic() + TIMEOUT
        while time.monotonic() < end:
            with self._in_use() as port:
                line = port.read_until(b"\r\n", 200)
            if line.endswith(b"\r\n"):
                yield line[:-2]

    @contextlib.contextmanager
    def _in_use(self) -> Iterator["Serial"]:
        """The port, whose errors become ours."""
        if self._port is None:
            raise DeviceError(Code.NO_ANSWER, f"The SBA-5 at {self.options.address} is not connected.")
        try:
            yield self._port
        except (OSError, termios.error) as error:
            raise self._trouble(error) from error

    def _trouble(self, error: OSError | termios.error) -> DeviceError:
        address = self.options.address
        if getattr(error, "errno", None) == errno.EWOULDBLOCK:
            return DeviceError(Code.PORT_BUSY, f"Another program has {address} open; end it and clayhub takes over.")
        return DeviceError(Code.NO_ANSWER, f"The serial port {address} does not work ({error}): is it plugged in?")

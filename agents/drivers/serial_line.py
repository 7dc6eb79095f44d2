"""Any instrument that is asked in lines of text over a serial port: scales, meters, SCPI power supplies.

A line is asked for once for several channels (`ask` and `parse` of the device), or once a channel. Without `ask` the
instrument sends its lines by itself.
"""

from collections.abc import Callable, Mapping
from functools import partial

from agents.driver import Snapshot
from agents.drivers.described import DescribedDriver
from agents.drivers.serial_line_options import SerialLineOptions, fitting
from agents.drivers.serial_port import SerialPort
from agents.drivers.words import VALUE
from hub.contract.channels import Value
from hub.contract.errors import Code, DeviceError

TERMINATORS = {"CR": b"\r", "LF": b"\n", "CRLF": b"\r\n"}

IDENTITY = r"[^,]+,[^,]+,(?P<serial>[^,]+),(?P<firmware>[^,]+)"
"""The answer to `*IDN?`: maker, model, serial number, firmware (IEEE 488.2, 10.14)."""


class SerialLine(DescribedDriver):
    """The instrument."""

    kind = "serial_line"
    Options = SerialLineOptions
    options: SerialLineOptions

    def __init__(self, options: SerialLineOptions) -> None:
        super().__init__(options)
        self._port = SerialPort(options.address, baud=options.baud, frame=options.frame, timeout=options.timeout)
        self._owed: str | None = None
        """The question whose answer did not come, or not in time."""

    def open(self) -> None:
        """Take the port."""
        self._port.open()

    def identify(self) -> Mapping[str, str]:
        """Serial number and firmware, when `identify` says how to ask for them."""
        identity: dict[str, str] = {}
        if self.options.identify is not None:
            self._ask(self.options.identify, lambda line: identity.update(fitting(IDENTITY, line).groupdict()))
        return identity

    def prepare(self) -> None:
        """Send what the instrument must hear first."""
        for line in self.options.setup:
            self._send(line)

    def close(self) -> None:
        """Let go of the port."""
        self._port.close()

    def read(self) -> Snapshot:
        """The common line, then each channel that has a question of its own."""
        self._catch_up()
        snapshot = Snapshot({})
        if any(channel.ask is None for channel in self.options.channels.values()):
            self._ask(self.options.ask, partial(self._common, snapshot))
        for name, channel in self.options.channels.items():
            if channel.ask is not None:
                self._ask(channel.ask, partial(self._own, name, snapshot))
        return snapshot

    def write(self, channel: str, value: Value) -> None:
        """Send the channel's command."""
        described = self.options.channels[channel]
        assert described.set is not None  # noqa: S101 (else it could not be set)
        command, wanted = described.set.replace(VALUE, described.word(value)), self.options.acknowledge
        if wanted is None:
            self._send(command)
        else:
            self._listen(command, lambda line: fitting(wanted, line))

    def _own(self, name: str, snapshot: Snapshot, line: str) -> None:
        channel = self.options.channels[name]
        channel.put(name, channel.find(line), snapshot)

    def _common(self, snapshot: Snapshot, line: str) -> None:
        found = fitting(self.options.parse or "", line)
        for name, channel in self.options.channels.items():
            if channel.ask is None:
                channel.put(name, found[name], snapshot)

    def _ask(self, question: str | None, take: Callable[[str], object]) -> None:
        try:
            self._listen(question, take)
        except DeviceError:
            self._owed = question
            raise

    def _catch_up(self) -> None:
        """Wait for answers that did not come in time: nothing in them says which question they belong to.

        An instrument that hung answers all that it was asked meanwhile. So it is asked once more, and when anything
        comes it is in step again as soon as nothing more does. Raises DeviceError (no_answer).
        """
        if self._owed is not None:
            self._send(self._owed)
            if not self._port.settle():
                raise self._silent()
            self._owed = None

    def _silent(self) -> DeviceError:
        return DeviceError(
            Code.NO_ANSWER, f"The instrument at {self.options.address} is silent: see to power, cable and baud."
        )

    def _listen(self, question: str | None, take: Callable[[str], object]) -> None:
        """Ask, and give `take` the lines that come until one is right: a stray one may come first.

        Raises DeviceError: what `take` said of the last line, or no_answer when there was none.
        """
        if question is None:
            self._port.send(
                b""
            )  # what has come until now is old, and the first line then perhaps without its beginning
        else:
            self._send(question)
        problem = self._silent()
        ending = TERMINATORS[self.options.terminator][-1:]
        for number, line in enumerate(self._port.lines(ending)):
            if question is None and number == 0:
                continue
            try:
                take(line.decode("utf-8", "replace").strip())
            except DeviceError as error:
                problem = error
            else:
                return
        raise problem

    def _send(self, line: str) -> None:
        self._port.send(line.encode() + TERMINATORS[self.options.terminator])

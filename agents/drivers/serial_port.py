"""A serial port of our own: nobody else may open it, everything has a timeout, and its errors are DeviceErrors."""

import contextlib
import errno
import termios
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hub.contract.errors import Code, DeviceError

if TYPE_CHECKING:
    from serial import Serial

LONGEST_LINE = 1000


def settle(port: "Serial") -> bool:
    """Forget what comes, until nothing has come for the port's timeout, or something all the time for three of them.

    Whether anything came at all. Raises OSError.
    """
    end, came = time.monotonic() + 3 * (port.timeout or 0.0), False
    while time.monotonic() < end and port.read(1):
        came = True
        port.reset_input_buffer()
    return came


class SerialPort:
    """One port, open or not. Used by one thread."""

    def __init__(self, address: str, *, baud: int, frame: str = "8N1", timeout: float) -> None:
        """`frame` is data bits, parity (N, E or O) and stop bits; `timeout` is in seconds."""
        self._address, self._baud, self._frame, self._timeout = address, baud, frame, timeout
        self._port: Serial | None = None

    def open(self) -> None:
        """Take the port. Raises DeviceError: port_busy when another program has it, else no_answer."""
        import serial  # noqa: PLC0415 (the declaration must load where no serial port is ever opened)

        self.close()
        try:
            self._port = serial.Serial(
                self._address,
                self._baud,
                bytesize=int(self._frame[0]),
                parity=self._frame[1],
                stopbits=int(self._frame[2]),
                timeout=self._timeout,
                write_timeout=self._timeout,
                exclusive=True,
            )
        except (OSError, termios.error) as error:
            raise self._trouble(error) from error

    def close(self) -> None:
        """Let go of the port, and of what the device has not taken yet: it shall not act on it later."""
        port, self._port = self._port, None
        if port is not None:
            with contextlib.suppress(OSError, termios.error):
                port.reset_output_buffer()
            with contextlib.suppress(OSError, termios.error):
                port.close()

    def send(self, data: bytes) -> None:
        """Forget what came until now, and send. Raises DeviceError."""
        with self._in_use() as port:
            port.reset_input_buffer()
            port.write(data)

    def lines(self, ending: bytes) -> Iterator[bytes]:
        """Whole lines as they come, without their ending, for the timeout or a little more. Raises DeviceError."""
        end = time.monotonic() + self._timeout
        while time.monotonic() < end:
            with self._in_use() as port:
                line = port.read_until(ending, LONGEST_LINE)
            if line.endswith(ending):
                yield line.removesuffix(ending)

    def settle(self) -> bool:
        """`settle`, for our port. Raises DeviceError."""
        with self._in_use() as port:
            return settle(port)

    @contextlib.contextmanager
    def _in_use(self) -> Iterator["Serial"]:
        if self._port is None:
            raise DeviceError(Code.NO_ANSWER, f"The serial port {self._address} is not open.")
        try:
            yield self._port
        except (OSError, termios.error) as error:
            raise self._trouble(error) from error

    def _trouble(self, error: OSError | termios.error) -> DeviceError:
        address = self._address
        if getattr(error, "errno", None) == errno.EWOULDBLOCK:
            return DeviceError(Code.PORT_BUSY, f"Another program has {address} open; end it and clayhub takes over.")
        return DeviceError(Code.NO_ANSWER, f"The serial port {address} does not work ({error}): is it plugged in?")

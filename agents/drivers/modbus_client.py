"""The connection to Modbus instruments, through pymodbus: a serial port or an address on the network."""

import logging
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from agents.drivers.modbus_options import ModbusOptions
from agents.drivers.serial_port import SerialPort
from hub.contract.errors import Code, DeviceError

if TYPE_CHECKING:
    from pymodbus.client.base import ModbusBaseSyncClient

DEFAULT_PORT = 502


def connect(options: ModbusOptions) -> "ModbusBaseSyncClient":
    """A client that is connected. Raises DeviceError."""
    client = make(options)
    if not client.connect():
        _find_out(options)
    return client


def make(options: ModbusOptions) -> "ModbusBaseSyncClient":
    """A client that is not connected yet."""
    from pymodbus.client import ModbusSerialClient, ModbusTcpClient  # noqa: PLC0415 (an optional extra)

    logging.getLogger("pymodbus").setLevel(logging.CRITICAL)  # what goes wrong is told by us, once
    if options.on_line:
        return ModbusSerialClient(
            options.address,
            baudrate=options.baud,
            bytesize=int(options.frame[0]),
            parity=options.frame[1],
            stopbits=int(options.frame[2]),
            timeout=options.timeout,
            retries=0,
        )
    parts = urlsplit(options.address)
    return ModbusTcpClient(parts.hostname or "", port=parts.port or DEFAULT_PORT, timeout=options.timeout, retries=0)


def _find_out(options: ModbusOptions) -> None:
    """Why there is no connection, which pymodbus does not say. Raises DeviceError."""
    if options.on_line:
        port = SerialPort(options.address, baud=options.baud, timeout=options.timeout)
        port.open()
        port.close()
    raise DeviceError(Code.NO_ANSWER, f"Nothing answers at {options.address}: is it on, and is the address right?")

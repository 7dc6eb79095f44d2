"""A simulated Modbus TCP instrument: pymodbus's own server (so, unlike the others, it needs more than Python itself).

Input registers: 0 temperature (int16, 0.1 degC), 1 and 2 energy (uint32, Wh), 3 and 4 humidity (float32, %). Holding
register 0: set point (int16, 0.1 degC). Coil 0: a pump. Discrete input 0: a door.
"""

import asyncio
import contextlib
import logging
import signal
import struct
from dataclasses import dataclass

from pymodbus.constants import ExcCodes
from pymodbus.pdu import ModbusPDU
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from agents.simulators.faults import FaultFile
from agents.simulators.place import Place
from agents.simulators.ports import HOST, free_port
from agents.simulators.surroundings import Exchange

DEVICE_ID = 1
LOOK_AT_FAULTS = 0.5
"""Seconds of the device between looks at the fault file."""
READ_INPUTS = 4
"""The function code."""


@dataclass(frozen=True)
class ModbusFaults:
    """What can be wrong with it; a fault lasts as long as it stands in the file.

    `failure`: it answers every request with the exception "server device failure".
    """

    silent: bool = False
    garbage: bool = False
    failure: bool = False


class Instrument:
    """What answers the requests."""

    def __init__(self, place: Place, exchange: Exchange) -> None:
        self.faults = ModbusFaults()
        self._place, self._exchange = place, exchange
        self._started = place.now()

    def device(self) -> SimDevice:
        """Its registers: coils, discrete inputs, holding and input registers."""
        pump, door = (SimData(0, values=[False], datatype=DataType.BITS) for _ in range(2))
        set_point = SimData(0, values=225, datatype=DataType.INT16)
        measured = SimData(0, values=[0] * 5, datatype=DataType.REGISTERS)
        return SimDevice(DEVICE_ID, ([pump], [door], [set_point], [measured]), action=self.act)

    async def act(
        self, function: int, _start: int, _address: int, _count: int, current: list[int], _values: object
    ) -> ExcCodes | None:
        """Before each request: measure, or fail."""
        if self.faults.failure:
            return ExcCodes.DEVICE_FAILURE
        if function == READ_INPUTS:
            now = self._place.now()
            found = self._exchange({}, now)
            data = struct.pack(
                ">hIf", round(10 * found.temperature), 100_000 + int(now - self._started), found.humidity
            )
            current[:] = struct.unpack(">5H", data)
        return None

    def packet(self, sending: bool, data: bytes) -> bytes:
        """What really goes over the wire."""
        if not sending or not (self.faults.silent or self.faults.garbage):
            return data
        return b"" if self.faults.silent else bytes(255 - byte for byte in data)

    def pdu(self, sending: bool, pdu: ModbusPDU) -> ModbusPDU:
        """Note each request."""
        if not sending:
            registers = f" {pdu.registers or pdu.bits}" if pdu.registers or pdu.bits else f" {pdu.count}"
            self._place.log.add(f"{type(pdu).__name__} {pdu.dev_id} {pdu.address}{registers}", b"")
        return pdu


def run(place: Place, _seed: str, exchange: Exchange) -> None:
    """Serve until the process is told to end."""
    logging.getLogger("pymodbus").setLevel(logging.CRITICAL)
    asyncio.run(_serve(place, Instrument(place, exchange)))


async def _serve(place: Place, instrument: Instrument) -> None:
    faults = FaultFile(place.file("faults"), ModbusFaults)
    port = free_port(place)
    server = ModbusTcpServer(
        instrument.device(), address=(HOST, port), trace_packet=instrument.packet, trace_pdu=instrument.pdu
    )
    await server.serve_forever(background=True)
    place.announce(f"tcp://{HOST}:{port}")
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    while not stopping.is_set():
        instrument.faults = faults.current()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), LOOK_AT_FAULTS / place.speed)

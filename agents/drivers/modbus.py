"""Modbus registers, over a serial line (RTU) or the network (TCP), through pymodbus.

Instruments on one serial line are one device here, for one port can be opened once: their channels say `device_id`.
"""

from typing import TYPE_CHECKING, Any, cast

from agents.driver import Snapshot
from agents.drivers.described import DescribedDriver
from agents.drivers.modbus_client import connect
from agents.drivers.modbus_options import BITS, ModbusChannel, ModbusOptions
from agents.drivers.serial_port import settle
from agents.drivers.words import number
from hub.contract.channels import Value
from hub.contract.errors import Code, DeviceError
from hub.contract.reading import Quality

if TYPE_CHECKING:
    from pymodbus.client import ModbusSerialClient
    from pymodbus.client.base import ModbusBaseSyncClient

EXCEPTIONS = {
    1: "it does not know this kind of request",
    2: "there is no such register",
    3: "it does not take this value",
    4: "it has failed",
    6: "it is busy",
    11: "the instrument behind the gateway does not answer",
}
"""What the exception codes of the Modbus specification (V1.1b3, section 7) mean."""


class Modbus(DescribedDriver):
    """One instrument, or several on one line. One of several that is silent leaves the others alone."""

    kind = "modbus"
    Options = ModbusOptions
    options: ModbusOptions

    def __init__(self, options: ModbusOptions) -> None:
        super().__init__(options)
        self._client: ModbusBaseSyncClient | None = None
        self._owing = set[int]()
        """Instruments on a serial line whose answer did not come, or not in time."""

    def open(self) -> None:
        """Connect."""
        self.close()
        self._client = connect(self.options)

    def close(self) -> None:
        """Let go of the connection."""
        client, self._client = self._client, None
        if client is not None:
            client.close()  # type: ignore[no-untyped-call]

    def read(self) -> Snapshot:
        """All channels, one request each. An instrument that was silent once is not asked again in this reading."""
        snapshot, silent = Snapshot({}), dict[int, DeviceError]()
        for name, channel in self.options.channels.items():
            device_id = self._device_id(channel)
            if device_id not in silent:
                try:
                    self._catch_up(name, channel)
                    channel.put(name, self._value(name, channel), snapshot)
                    continue
                except DeviceError as error:
                    if error.code is not Code.NO_ANSWER:
                        raise
                    silent[device_id] = error
            snapshot.values[name], snapshot.quality[name] = None, Quality.SUSPECT
        if silent.keys() == {self._device_id(channel) for channel in self.options.channels.values()}:
            raise next(iter(silent.values()))
        return snapshot

    def write(self, channel: str, value: Value) -> None:
        """Write one coil or one value."""
        described = self.options.channels[channel]
        client, device_id = self._connected(), self._device_id(described)
        if described.coil is not None:
            self._exchange(channel, client.write_coil, described.coil, bool(value), device_id=device_id)
            return
        registers = self._registers(channel, described, value)
        write = client.write_register if len(registers) == 1 else client.write_registers
        content = registers[0] if len(registers) == 1 else registers
        self._exchange(channel, write, described.holding, content, device_id=device_id)

    def _catch_up(self, name: str, channel: ModbusChannel) -> None:
        """Wait for answers of the instrument that did not come in time: on a serial line nothing in them says which
        register they are of. When it answers again, it is in step as soon as nothing more comes.

        Raises DeviceError (no_answer).
        """
        device_id = self._device_id(channel)
        if device_id not in self._owing:
            return
        try:
            self._value(name, channel)
        except DeviceError as error:
            if error.code is Code.NO_ANSWER:
                raise
        port = cast("ModbusSerialClient", self._connected()).socket
        try:
            if port is not None:
                settle(port)
        except OSError as error:
            raise self._silent(device_id) from error
        self._owing.discard(device_id)

    def _value(self, name: str, channel: ModbusChannel) -> object:
        client, device_id = self._connected(), self._device_id(channel)
        ask = {
            "coil": client.read_coils,
            "discrete": client.read_discrete_inputs,
            "holding": client.read_holding_registers,
            "input": client.read_input_registers,
        }[channel.table]
        kind = client.DATATYPE[channel.type.upper()]
        count = 1 if channel.table in BITS else kind.value[1]
        found = self._exchange(name, ask, getattr(channel, channel.table), count=count, device_id=device_id)
        content = found.bits if channel.table in BITS else found.registers
        if len(content) < count:
            raise DeviceError(Code.BAD_ANSWER, f"The instrument's answer for {name} is too short.")
        if channel.table in BITS:
            return bool(content[0])
        value = client.convert_from_registers(content[:count], kind, word_order=channel.words)
        # what follows the seventh digit of a float of 32 bits was not measured
        return float(f"{value:.7g}") if channel.type == "float32" else value

    def _registers(self, name: str, channel: ModbusChannel, value: Value) -> list[int]:
        """The value as registers hold it. Raises DeviceError (device_refused), before anything is written."""
        client = self._connected()
        content = number(channel.word(value))
        whole = content is not None and content == int(content)
        if content is None or not (whole or channel.type.startswith("float")):
            steps = f"takes steps of {channel.scale:g}; {value} is between two"
            raise DeviceError(Code.DEVICE_REFUSED, f"The register of {name} {steps}.")
        content = content if channel.type.startswith("float") else int(content)
        return client.convert_to_registers(content, client.DATATYPE[channel.type.upper()], word_order=channel.words)

    def _exchange(self, name: str, request: Any, *arguments: Any, **more: Any) -> Any:  # noqa: ANN401 (pymodbus's)
        """One request and its answer. Raises DeviceError: no_answer, or device_refused for an exception."""
        from pymodbus.exceptions import ModbusException  # noqa: PLC0415 (an optional extra)

        try:
            answer = request(*arguments, **more)
        except (ModbusException, OSError) as error:
            if self.options.on_line:
                self._owing.add(more["device_id"])
            raise self._silent(more["device_id"]) from error
        if answer.isError():
            code = answer.exception_code
            why = EXCEPTIONS.get(code, f"exception {code}")
            raise DeviceError(Code.DEVICE_REFUSED, f"The instrument {more['device_id']} refused {name}: {why}.")
        return answer

    def _silent(self, device_id: int) -> DeviceError:
        text = f"The instrument {device_id} at {self.options.address} does not answer: is it on?"
        return DeviceError(Code.NO_ANSWER, text)

    def _device_id(self, channel: ModbusChannel) -> int:
        return self.options.device_id if channel.device_id is None else channel.device_id

    def _connected(self) -> "ModbusBaseSyncClient":
        if self._client is None:
            raise DeviceError(Code.NO_ANSWER, f"The instrument at {self.options.address} is not connected.")
        return self._client

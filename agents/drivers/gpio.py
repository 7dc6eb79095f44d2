"""The pins of a Raspberry Pi, through gpiozero: switches, lamps and motors, contacts, meters that give pulses.

A pin that is let go of becomes an input again. Wire relays so that this is safe.
"""

from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from agents.driver import Driver, DriverOptions, Snapshot
from hub.contract.channels import Channel, Number, Switch, Value
from hub.contract.errors import Code, DeviceError

if TYPE_CHECKING:
    from gpiozero import Factory

CHIP = "/dev/gpiochip"
PULLS = {"up": True, "down": False, "none": None}
_ONLY_FOR = {"pull": ("input", "counter"), "frequency": ("pwm",), "unit": ("counter",), "scale": ("counter",)}


class GpioChannel(BaseModel):
    """One pin."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)

    pin: Annotated[int, Field(ge=0, le=27)]
    """Its GPIO number (not its place on the header)."""
    mode: Literal["output", "input", "pwm", "counter"]
    """What it does: switch something, look at a contact, dim something (0 to 100 %), count pulses."""
    active_low: bool = False
    """Whether it is on when the pin is at 0 V, as many relay boards are."""
    pull: Literal["up", "down", "none"] = "none"
    """Of an input or counter: the resistor inside the chip that holds the pin while nothing else does."""
    frequency: Annotated[int, Field(ge=1, le=10_000)] = 100
    """Of pwm: Hz."""
    unit: str = ""
    """Of a counter: what one pulse, times `scale`, is."""
    scale: float = 1
    """Of a counter: what one pulse is worth."""

    @model_validator(mode="after")
    def _fits_its_mode(self) -> Self:
        for name, modes in _ONLY_FOR.items():
            if name in self.model_fields_set and self.mode not in modes:
                raise ValueError(f"{name!r} belongs to {' and '.join(modes)}, and this is {self.mode}; leave it out")
        return self

    @property
    def inverted(self) -> bool:
        """Of an input or counter: whether gpiozero calls it active when it is off to us."""
        return self.active_low != (self.pull == "up")

    def declared(self, name: str) -> Channel:
        """The channel, as everybody shall know it."""
        match self.mode:
            case "pwm":
                return Number(name, unit="%", low=0, high=100, writable=True, decimals=1)
            case "counter":
                return Number(name, unit=self.unit, low=0)
        return Switch(name, writable=self.mode == "output")


class GpioOptions(DriverOptions):
    """Options in config.yaml."""

    address: str = CHIP
    """What has the pins. Anything but a gpiochip stands for gpiozero's pretended pins."""
    channels: Annotated[dict[str, GpioChannel], Field(min_length=1)]
    """The pins, by the names that they shall have."""

    @model_validator(mode="after")
    def _one_channel_a_pin(self) -> Self:
        names: dict[int, str] = {}
        for name, channel in self.channels.items():
            if channel.pin in names:
                raise ValueError(f"{names[channel.pin]} and {name} have the same pin {channel.pin}; give them two")
            names[channel.pin] = name
        return self


class Gpio(Driver):
    """The pins of one device."""

    kind = "gpio"
    Options = GpioOptions
    options: GpioOptions

    def __init__(self, options: GpioOptions) -> None:
        super().__init__(options)
        self._pins: dict[str, Any] = {}
        """gpiozero's device of each channel."""
        self._pulses = dict.fromkeys(options.channels, 0)
        """Counted since the agent started: written by gpiozero's thread only, read by ours only."""

    @classmethod
    def declare(cls, options: DriverOptions) -> tuple[Channel, ...]:
        """The channels that the options describe."""
        assert isinstance(options, GpioOptions)  # noqa: S101 (what `Options` says)
        return tuple(channel.declared(name) for name, channel in options.channels.items())

    @classmethod
    def bus(cls, options: DriverOptions) -> str:
        """All pins are one bus: each takes no time."""
        return "gpio"

    def open(self) -> None:
        """Take the pins. An output keeps the state it is found in: the agent sets the safe value, if there is one."""
        from gpiozero import GPIOZeroError  # noqa: PLC0415 (the declaration must load where there are no pins)

        self.close()
        try:
            factory = self._factory()
            for name, channel in self.options.channels.items():
                self._pins[name] = self._take(name, channel, factory)
        except (GPIOZeroError, OSError, RuntimeError) as error:
            text = f"The pins cannot be had ({error}): is this a Raspberry Pi, and does no other program use them?"
            raise DeviceError(Code.NO_ANSWER, text) from error

    def close(self) -> None:
        """Let go of the pins."""
        pins, self._pins = self._pins, {}
        for pin in pins.values():
            pin.close()

    def read(self) -> Snapshot:
        """All pins."""
        return Snapshot({name: self._value(name, channel) for name, channel in self.options.channels.items()})

    def write(self, channel: str, value: Value) -> None:
        """Set one output."""
        pin = self._pin(channel)
        pin.value = bool(value) if self.options.channels[channel].mode == "output" else float(value) / 100

    def _value(self, name: str, channel: GpioChannel) -> Value:
        pin = self._pin(name)
        match channel.mode:
            case "pwm":
                return float(f"{100 * pin.value:.6g}")
            case "counter":
                return float(f"{self._pulses[name] * channel.scale:.12g}")
        return bool(pin.value) != (channel.mode == "input" and channel.inverted)

    def _pin(self, name: str) -> Any:  # noqa: ANN401 (gpiozero has no types)
        if name not in self._pins:
            raise DeviceError(Code.NO_ANSWER, "The pins are not taken yet.")
        return self._pins[name]

    def _factory(self) -> "Factory | None":
        """None: gpiozero's choice for this machine (or what GPIOZERO_PIN_FACTORY names)."""
        from gpiozero.pins.mock import MockFactory, MockPWMPin  # noqa: PLC0415

        return None if self.options.address.startswith(CHIP) else MockFactory(pin_class=MockPWMPin)

    def _take(self, name: str, channel: GpioChannel, factory: "Factory | None") -> Any:  # noqa: ANN401
        import gpiozero  # noqa: PLC0415

        match channel.mode:
            case "output":
                return gpiozero.OutputDevice(
                    channel.pin, active_high=not channel.active_low, initial_value=None, pin_factory=factory
                )
            case "pwm":
                return gpiozero.PWMOutputDevice(
                    channel.pin,
                    active_high=not channel.active_low,
                    frequency=channel.frequency,
                    pin_factory=factory,
                )
        pull = PULLS[channel.pull]
        active = True if pull is None else None  # gpiozero calls a pin that is pulled up active when it is low
        pin = gpiozero.DigitalInputDevice(channel.pin, pull_up=pull, active_state=active, pin_factory=factory)
        if channel.mode == "counter":
            edge = "when_deactivated" if channel.inverted else "when_activated"
            setattr(pin, edge, lambda: self._count(name))
        return pin

    def _count(self, name: str) -> None:
        self._pulses[name] += 1

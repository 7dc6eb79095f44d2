"""The drivers: one file per kind of device."""

from agents.driver import Driver, Drivers
from agents.drivers.esp32_relay import Esp32Relay
from agents.drivers.pwm_lamp import PwmLamp
from agents.drivers.sba5 import Sba5

_ALL: tuple[type[Driver], ...] = (Esp32Relay, PwmLamp, Sba5)

DRIVERS: Drivers = {driver.kind: driver for driver in _ALL}

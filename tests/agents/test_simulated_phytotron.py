"""The simulated phytotron as its drivers see it: one world behind simulators that are processes of their own."""

import dataclasses
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from agents.driver import Driver, DriverOptions
from agents.drivers import esp32, sba5
from agents.drivers.esp32 import Esp32Options
from agents.drivers.esp32_relay import RELAYS, Esp32Relay
from agents.drivers.pwm_lamp import PwmLamp
from agents.drivers.sba5 import Sba5
from agents.simulators import world_socket
from agents.simulators.wiring import WiredWorld
from agents.simulators.world import World
from tests.agents.simulated import Simulated
from tests.servers import wait_until

FAST = ("--speed", "100")
AMBIENT = pytest.approx(420, abs=10)


class Phytotron:
    """A world, its three devices, and their drivers. 100 s pass in a second."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.world = stack.enter_context(Simulated("world", folder, *FAST))
        kinds = ("esp32_relay", "pwm_lamp", "sba5")
        self.boards = {kind: stack.enter_context(Simulated(kind, folder, *FAST)) for kind in kinds}
        self.relays = Esp32Relay(Esp32Options(address=self.boards["esp32_relay"].address))
        self.lamp = PwmLamp(Esp32Options(address=self.boards["pwm_lamp"].address))
        self.analyser = Sba5(DriverOptions(address=self.boards["sba5"].address))
        drivers: tuple[Driver, ...] = (self.relays, self.lamp, self.analyser)
        for driver in drivers:
            stack.callback(driver.close)
            driver.open()

    def light(self, duty: int) -> None:
        self.lamp.write("ch01_pwm", duty)
        self.lamp.write("ch23_pwm", duty)

    def ventilate(self, on: bool) -> None:
        for relay in RELAYS:
            self.relays.write(relay, on)

    def co2(self) -> float:
        value = self.analyser.read().values["co2"]
        assert isinstance(value, float)
        return value

    def comes(self, what: str, wanted: Callable[[float], bool]) -> None:
        wait_until(lambda: wanted(self.co2()), what)

    def rises(self) -> None:
        """Wait until CO2 is well above the lowest seen from now on."""
        lowest = self.co2()

        def rose() -> bool:
            nonlocal lowest
            co2 = self.co2()
            lowest = min(lowest, co2)
            return co2 > lowest + 15

        wait_until(rose, "CO2 rising")


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """All devices have time for an answer: the machine may be busy."""
    for driver in (esp32, sba5):
        monkeypatch.setattr(driver, "TIMEOUT", 30.0)


@pytest.fixture
def phytotron(tmp_path: Path) -> Iterator[Phytotron]:
    with ExitStack() as stack:
        yield Phytotron(tmp_path, stack)


def test_light_dark_and_ventilation_are_seen_at_the_analyser(phytotron: Phytotron) -> None:
    phytotron.light(100)
    phytotron.comes("CO2 falling in the light", lambda co2: co2 < 350)
    phytotron.light(0)
    phytotron.rises()
    phytotron.ventilate(True)
    phytotron.comes("ambient air", lambda co2: co2 == AMBIENT)
    phytotron.ventilate(False)
    phytotron.rises()


def test_while_the_world_is_frozen_all_stays_as_it_was_and_then_goes_on(phytotron: Phytotron) -> None:
    phytotron.light(100)
    phytotron.world.freeze()
    phytotron.light(0)
    assert phytotron.lamp.read().values["ch23_pwm"] == 0
    assert phytotron.relays.read().values["int_temp"] is not None
    phytotron.comes("the same gas again and again", lambda co2: abs(co2 - phytotron.co2()) < 1)
    phytotron.world.thaw()
    phytotron.rises()


def test_a_world_that_was_killed_begins_anew_and_learns_what_acts_on_it(phytotron: Phytotron) -> None:
    phytotron.light(100)
    phytotron.comes("CO2 falling in the light", lambda co2: co2 < 350)
    phytotron.world.process.kill()
    phytotron.world.process.wait()
    assert phytotron.co2() < 380
    phytotron.world.start()
    phytotron.comes("a new world", lambda co2: co2 > 400)
    phytotron.lamp.read()
    phytotron.comes("CO2 falling in the light", lambda co2: co2 < 380)


def test_a_frozen_device_does_not_disturb_the_others(phytotron: Phytotron) -> None:
    phytotron.light(100)
    phytotron.boards["esp32_relay"].freeze()
    phytotron.comes("CO2 falling in the light", lambda co2: co2 < 380)
    assert phytotron.lamp.read().values["ch01_pwm"] == 100


def test_a_reboot_of_the_lamp_is_dark(phytotron: Phytotron) -> None:
    phytotron.light(100)
    phytotron.comes("CO2 falling in the light", lambda co2: co2 < 380)
    phytotron.boards["pwm_lamp"].suffer(reboot=True)
    phytotron.rises()


def test_faults_of_the_world_on_demand(phytotron: Phytotron) -> None:
    phytotron.world.suffer(dark=True)
    phytotron.light(100)
    phytotron.rises()


def test_a_device_that_the_world_did_not_wait_for_tells_its_outputs_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The board speaks of an output when it changes: what was not heard would act never, or for ever."""
    monkeypatch.setattr(world_socket, "PATIENCE", 30.0)
    world, path = WiredWorld(World(1, 0.0), {}), tmp_path / "stand.socket"
    with world_socket._socket() as listener:
        with world_socket._short(path) as name:
            listener.bind(name)
        listener.listen()

        def serve() -> None:
            listener.accept()[0].close()
            with listener.accept()[0] as connection:
                said = json.loads(connection.recv(world_socket.MOST_BYTES))
                found = world.exchange(said["device"], said["outputs"], 0.0)
                connection.send(json.dumps(dataclasses.asdict(found)).encode())

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        found = world_socket.ask(path, "pwm_lamp", {"ch0_pwm": 60})
        thread.join(30)
    assert found == world.world.measure()
    assert world.world.actuators.light.white == 60


def test_relays_do_what_their_names_say(tmp_path: Path) -> None:
    named = ("--relay=esp32_relay.ch0=co2_pump", "--relay=esp32_relay.ch1=co2_valve")
    with Simulated("world", tmp_path, *FAST, *named), Simulated("esp32_relay", tmp_path, *FAST) as board:
        relays = Esp32Relay(Esp32Options(address=board.address))
        with Simulated("sba5", tmp_path, *FAST) as line:
            analyser = Sba5(DriverOptions(address=line.address))
            analyser.open()
            relays.write("ch0", True)
            relays.write("ch1", True)
            wait_until(lambda: float(analyser.read().values["co2"] or 0) > 900, "much CO2")
            analyser.close()
        relays.close()


def test_a_folder_may_lie_deep(tmp_path: Path) -> None:
    folder = tmp_path / ("deep" * 20) / ("deeper" * 20)
    with Simulated("world", folder) as world, Simulated("esp32_relay", folder):
        assert Path(world.address).is_socket()

"""Devices that speak MQTT themselves: Tasmota, ESPHome, Zigbee2MQTT, mqtt-io, and whatever else tells its state.

What a device has told is remembered. A message that the broker kept (retained) may be old: without `availability`,
which shows that the device lives, it is suspect.
"""

import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from agents.driver import DriverOptions, Snapshot
from agents.drivers.described import DescribedDriver
from agents.drivers.http_json import follow, load
from agents.drivers.mqtt_listener import Listener
from agents.drivers.mqtt_options import MqttChannel, MqttOptions
from agents.drivers.words import VALUE
from hub.contract.channels import Value
from hub.contract.config.schema import Mqtt as Broker
from hub.contract.errors import Code, ConfigError, DeviceError
from hub.contract.places import Places
from hub.contract.reading import Quality
from hub.link.link import Link

DEFAULT_PORT = 1883
MQTT_311 = 4
"""With MQTT 3.1.1 the broker marks only kept messages as retained, so that fresh ones can be told from them."""


class Mqtt(DescribedDriver):
    """The device. Its messages come in the link's thread, which only puts them into a queue."""

    kind = "mqtt"
    Options = MqttOptions
    options: MqttOptions

    def __init__(self, options: MqttOptions) -> None:
        super().__init__(options)
        self._listener = Listener()
        self._link: Link | None = None

    @classmethod
    def completed(cls, given: Mapping[str, object], broker: Broker, agent: str) -> Mapping[str, object]:
        """Without an address it is on our own broker, where the agent's own account is ours."""
        if "address" in given or "account" in given:
            return given
        return {**given, "address": f"mqtt://{broker.host}:{broker.port}", "account": f"agent-{agent}"}

    @classmethod
    def bus(cls, options: DriverOptions) -> str:
        """Each device for itself: waiting for one must not delay another."""
        assert isinstance(options, MqttOptions)  # noqa: S101 (what `Options` says)
        return f"{options.address} {' '.join(options.heard())}"

    def open(self) -> None:
        """Connect to the broker, ask for the state, and wait for it."""
        if self._link is None:
            self._listener = Listener()
            self._link = self._make(self._listener)
            self._link.start()
        link, listener, options = self._link, self._listener, self.options
        if not listener.wait(lambda: link.connected, options.timeout):
            raise self._unconnected()
        for message in options.setup:
            link.publish(message.topic, message.payload.encode())
        listener.wait(lambda: listener.told.keys() >= set(options.heard()), options.timeout)

    def close(self) -> None:
        """Say good-bye to the broker. A link that is not up stays: it comes back by itself, and has told of it once."""
        if self._link is not None and self._link.connected:
            self._link.stop(0.5)
            self._link = None

    def read(self) -> Snapshot:
        """What the device told last. Nothing is asked of it."""
        self._check_presence()
        snapshot, since = Snapshot({}), time.monotonic() - self.options.expires
        fresh = {topic: told for topic, told in self._listener.told.items() if told.at >= since}
        if not any(channel.topic in fresh for channel in self.options.channels.values()):
            topics = ", ".join(self.options.heard())
            raise DeviceError(Code.NO_ANSWER, f"The device tells nothing on {topics}: is it on, and set so?")
        for name, channel in self.options.channels.items():
            told = fresh.get(channel.topic)
            if told is None:
                snapshot.values[name] = None
            else:
                channel.put(name, said(channel, told.payload), snapshot)
            if told is None or (told.kept and self.options.availability is None):
                snapshot.quality.setdefault(name, Quality.SUSPECT)
        return snapshot

    def write(self, channel: str, value: Value) -> None:
        """Tell the device, and wait until it tells that it has done it.

        A device that has nothing to change may say nothing: then it counts that it is there.
        """
        described, told = self.options.channels[channel], self._listener.told
        self._check_presence()
        assert described.set is not None  # noqa: S101 (else it could not be set)
        before = told.get(described.topic)
        payload = described.payload.replace(VALUE, described.word(value))
        if self._link is None or not self._link.publish(described.set, payload.encode()):
            raise self._unconnected()
        self._listener.wait(
            lambda: told.get(described.topic) is not before and self._shows(channel, value), self.options.timeout
        )
        if told.get(described.topic) is before and self.options.availability is None:
            raise DeviceError(Code.NO_ANSWER, f"The device has told nothing on {described.topic} after the command.")

    def _shows(self, name: str, value: Value) -> bool:
        channel, snapshot = self.options.channels[name], Snapshot({})
        channel.put(name, said(channel, self._listener.told[channel.topic].payload), snapshot)
        return snapshot.values[name] == value

    def _check_presence(self) -> None:
        """Raises DeviceError (no_answer) when the broker or the device is away."""
        self._listener.listen()
        if self._link is None or not self._link.connected:
            raise self._unconnected()
        topic = self.options.availability
        if topic is None:
            return
        told = self._listener.told.get(topic)
        if told is None or told.payload.decode("utf-8", "replace") != self.options.online:
            shown = "nothing" if told is None else repr(told.payload[:40])
            raise DeviceError(Code.NO_ANSWER, f"The device is not there: {topic} says {shown}.")

    def _unconnected(self) -> DeviceError:
        return DeviceError(Code.NO_ANSWER, f"There is no connection to the broker at {self.options.address}.")

    def _make(self, listener: Listener) -> Link:
        options = self.options
        parts = urlsplit(options.address)
        return Link(
            f"device at {options.heard()[0]}",
            host=parts.hostname or "",
            port=parts.port or DEFAULT_PORT,
            account=options.account,
            password=_password(options.account),
            version=MQTT_311,
            subscriptions=[(topic, 1) for topic in options.heard()],
            on_message=listener.events.put,
            on_up=lambda: listener.events.put(None),
            on_down=lambda _reason: listener.events.put(None),
        )


def said(channel: MqttChannel, payload: bytes) -> object:
    """What a message says of the channel. Raises DeviceError (bad_answer)."""
    if channel.path is not None:
        return follow(load(payload), channel.path)
    try:
        return payload.decode().strip()
    except UnicodeDecodeError:
        raise DeviceError(Code.BAD_ANSWER, f"The device told {payload[:40]!r}, which is no text.") from None


def _password(account: str) -> str:
    """The secret of the account. Raises DeviceError (bad_config)."""
    if not account:
        return ""
    places = Places.from_environment()
    try:
        return places.read_secret(places.password_file(account))
    except ConfigError as error:
        raise DeviceError(Code.BAD_CONFIG, str(error)) from None

"""One connection to the broker, from the TCP handshake to its end, in the words of paho.

A connection is never reused. Each has a new paho client with a random id and a clean start, so that nothing sent before
a loss is sent again after it (paho repeats unacknowledged messages: a late "heater on"), and two processes of one
account never throw each other out.
"""

import secrets
import threading
from collections.abc import Callable, Sequence
from typing import NamedTuple

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from hub.link.network import Client, Network

KEEPALIVE = 10
"""Seconds."""
PATIENCE = 1.5
"""Keep-alives within which a half-open connection or a frozen broker is noticed."""

ANSWER_TIMEOUT = 5.0
GOODBYE_TIMEOUT = 1.0
MAX_QUEUED = 10_000
VERSIONS = {4: MQTTProtocolVersion.MQTTv311, 5: MQTTProtocolVersion.MQTTv5}


class Incoming(NamedTuple):
    """A message as it came. `retain` means: it was kept by the broker, or published with the retain flag (MQTT 5)."""

    topic: str
    payload: bytes
    retain: bool
    response_topic: str | None
    correlation: bytes | None


class Terms(NamedTuple):
    """What a connection needs to be made."""

    host: str
    port: int
    account: str
    password: str
    version: int
    """4 for MQTT 3.1.1, 5 for MQTT 5."""
    subscriptions: Sequence[tuple[str, int]]
    """Topic filters, each with its QoS."""
    will: tuple[str, bytes] | None
    """Topic and payload of the last will, which is retained and QoS 1."""


class Connection:
    """`on_message` and `on_up` run in the network thread and must not raise: an exception would end that thread."""

    def __init__(self, terms: Terms, on_message: Callable[[Incoming], None], on_up: Callable[[], None]) -> None:
        self._terms = terms
        self._on_message, self._on_up = on_message, on_up
        self._up, self._ended = threading.Event(), threading.Event()
        self._reason = "the broker does not answer"
        self._last: paho.MQTTMessageInfo | None = None
        self._v5 = terms.version == 5
        self._id = f"{terms.account}-{secrets.token_hex(6)}"
        self._client = self._make()
        self._network: Network | None = None

    def open(self) -> None:
        """Connect and start the network thread. Raises OSError."""
        clean = True if self._v5 else paho.MQTT_CLEAN_START_FIRST_ONLY
        self._client.connect(self._terms.host, self._terms.port, KEEPALIVE, clean_start=clean)
        self._network = Network(self._client, PATIENCE * KEEPALIVE)
        self._network.start()

    def wait_until_up(self) -> bool:
        """Wait for the broker to acknowledge the subscriptions. False when it does not in time, or refuses."""
        self._up.wait(ANSWER_TIMEOUT)
        return self._up.is_set() and not self._ended.is_set()

    def wait_until_ended(self) -> str:
        """Wait for the end of the connection and return why it ended."""
        while not self._ended.wait(1.0):
            # A fault inside paho would end the thread without a word while is_connected() stays True.
            if self._network is None or not self._network.alive:
                return "the network thread ended"
        return self._reason

    @property
    def reason(self) -> str:
        """Why the connection ended or never came up."""
        return self._reason

    def publish(self, topic: str, payload: bytes, qos: int, retain: bool, correlation: bytes | None) -> bool:
        """Send a message. False when it cannot be taken."""
        if self._network is None:
            return False
        properties = None
        if correlation is not None and self._v5:
            properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
            properties.CorrelationData = correlation
        self._last = self._network.publish(topic, payload, qos, retain, properties)
        return self._last.rc == MQTTErrorCode.MQTT_ERR_SUCCESS

    def flush(self, timeout: float) -> None:
        """Wait until the last message has been acknowledged, at most `timeout` seconds."""
        if self._last is not None and self._last.rc == MQTTErrorCode.MQTT_ERR_SUCCESS:
            self._last.wait_for_publish(timeout)

    def close(self) -> None:
        """Say good-bye (the last will is not published) and end the network thread."""
        if self._network is not None:
            self._network.stop(GOODBYE_TIMEOUT)
        self._ended.set()

    def _make(self) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2,
            self._id,
            clean_session=None if self._v5 else True,
            protocol=VERSIONS[self._terms.version],
            reconnect_on_failure=False,
        )
        client.username_pw_set(self._terms.account, self._terms.password)
        client.max_inflight_messages_set(200)
        client.max_queued_messages_set(MAX_QUEUED)
        client.connect_timeout = ANSWER_TIMEOUT
        if self._terms.will is not None:
            client.will_set(*self._terms.will, qos=1, retain=True)
        client.on_connect = self._connected
        client.on_subscribe = self._subscribed
        client.on_message = self._message
        client.on_disconnect = self._disconnected
        return client

    def _connected(
        self, client: paho.Client, _data: object, _flags: object, code: ReasonCode, _properties: object
    ) -> None:
        if code.is_failure:
            self._reason = f"the broker refused the account {self._terms.account}: {code}"
        elif not self._terms.subscriptions:
            self._subscribed(client, None, 0, [], None)
        elif self._v5:
            client.subscribe(
                [(topic, SubscribeOptions(qos, retainAsPublished=True)) for topic, qos in self._terms.subscriptions]
            )
        else:
            client.subscribe(list(self._terms.subscriptions))

    def _subscribed(
        self, _client: paho.Client, _data: object, _mid: int, codes: list[ReasonCode], _properties: object
    ) -> None:
        if any(code.is_failure for code in codes):
            self._reason = f"the broker refused a subscription of the account {self._terms.account}"
            self._client.disconnect()
            return
        self._reason = "the connection was lost"
        self._on_up()
        self._up.set()

    def _message(self, _client: paho.Client, _data: object, message: paho.MQTTMessage) -> None:
        response_topic = correlation = None
        if self._v5:
            response_topic = getattr(message.properties, "ResponseTopic", None)
            correlation = getattr(message.properties, "CorrelationData", None)
        try:
            topic = message.topic
        except UnicodeDecodeError:
            return  # MQTT forbids it, and no topic of ours can be meant
        self._on_message(Incoming(topic, bytes(message.payload), message.retain, response_topic, correlation))

    def _disconnected(
        self, _client: paho.Client, _data: object, _flags: object, code: ReasonCode, _properties: object
    ) -> None:
        if self._up.is_set() and code.is_failure:
            self._reason = f"the connection was lost: {code}"
        self._ended.set()
        self._up.set()

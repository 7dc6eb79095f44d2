"""The bare subscriber to compare with: paho, MQTT 3.1.1, QoS 1, which does nothing but count.

A process of its own: `python -m tests.bench.counter PORT ACCOUNT PASSWORD PROGRESS`; prints `ready` once subscribed.
"""

import socket
import sys
from pathlib import Path

from paho.mqtt.client import Client, MQTTMessage, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

from tests.bench.progress import Progress


def main() -> None:
    """Count until killed."""
    port, account, password, path = sys.argv[1:]
    progress = Progress(Path(path))
    count = 0

    def on_message(_client: Client, _data: object, _message: MQTTMessage) -> None:
        nonlocal count
        count += 1
        progress.write(count)

    def on_connect(client: Client, *_: object) -> None:
        client.subscribe("clayhub/+/+/state", 1)

    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTv311)
    client.username_pw_set(account, password)
    client.on_socket_open = lambda *found: found[2].setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client.on_connect = on_connect
    client.on_subscribe = lambda *_: print("ready", flush=True)
    client.on_message = on_message
    client.connect("127.0.0.1", int(port))
    client.loop_forever()


if __name__ == "__main__":
    main()

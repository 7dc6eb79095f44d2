"""MQTT 3.1.1 as bytes: as much of it as a publisher needs that must not be the bottleneck (OASIS, MQTT 3.1.1)."""

import struct

PUBACK_LENGTH = 4
CONNACK_OK = b"\x20\x02\x00\x00"


def connect(client: str, account: str, password: str) -> bytes:
    """CONNECT with a clean session and no keep-alive (section 3.1)."""
    flags = 0b1100_0010  # user name, password, clean session
    payload = b"".join(map(_text, (client, account, password)))
    return _packet(0x10, _text("MQTT") + bytes((4, flags)) + struct.pack(">H", 0) + payload)


def publish(topic: str, payload: bytes, packet_id: int | None = None, *, retain: bool = False) -> bytes:
    """PUBLISH at QoS 1, or at QoS 0 without a packet id (section 3.3)."""
    if packet_id is None:
        return _packet(0x30 | retain, _text(topic) + payload)
    return _packet(0x32 | retain, _text(topic) + struct.pack(">H", packet_id) + payload)


def _packet(head: int, body: bytes) -> bytes:
    length, rest = bytearray(), len(body)
    while True:
        rest, digit = divmod(rest, 128)
        length.append(digit | (0x80 if rest else 0))
        if not rest:
            return bytes((head,)) + bytes(length) + body


def _text(text: str) -> bytes:
    encoded = text.encode()
    return struct.pack(">H", len(encoded)) + encoded

"""Fixtures of the conversations between real processes."""

from collections.abc import Iterator

import pytest

from tests.servers import MosquittoServer, RedisServer
from tests.wire.agents import Ear
from tests.wire.hubs import Lab


@pytest.fixture
def lab(broker: MosquittoServer, redis_server: RedisServer) -> Iterator[Lab]:
    """Broker, Redis and a hub that is ready."""
    made = Lab(broker, redis_server)
    yield made
    made.close()


@pytest.fixture
def ear(broker: MosquittoServer) -> Iterator[Ear]:
    """An MQTT client that hears all that is said at the broker, and can speak."""
    with Ear(broker.port) as found:
        yield found

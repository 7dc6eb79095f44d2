"""Fixtures of the conversations between real processes."""

from collections.abc import Iterator

import pytest

from tests.servers import MosquittoServer, RedisServer
from tests.wire.hubs import Lab


@pytest.fixture
def lab(broker: MosquittoServer, redis_server: RedisServer) -> Iterator[Lab]:
    """Broker, Redis and a hub that is ready."""
    made = Lab(broker, redis_server)
    yield made
    made.close()

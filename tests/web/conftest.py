"""One running panel for the tests of a file; each test begins with the same laboratory."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import RedisServer
from tests.web.laboratory import Laboratory
from tests.web.panel import PanelServer, Visitor


@pytest.fixture(scope="module")
def panel_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PanelServer]:
    """gunicorn and a Redis, shared by the tests of a file."""
    folder = tmp_path_factory.mktemp("panel")
    (folder / "redis").mkdir()
    with RedisServer(folder / "redis") as redis, PanelServer(folder, redis) as server:
        yield server


@pytest.fixture
def fresh_panel(redis_server: RedisServer, tmp_path: Path) -> Iterator[PanelServer]:
    """A panel and a Redis that a test may kill."""
    with PanelServer(tmp_path, redis_server) as server:
        server.set_up()
        yield server


@pytest.fixture
def panel(panel_server: PanelServer) -> PanelServer:
    """The running panel with the laboratory set up anew."""
    panel_server.set_up()
    return panel_server


@pytest.fixture
def laboratory(panel: PanelServer) -> Laboratory:
    """What is behind the panel."""
    return panel.laboratory


@pytest.fixture
def anna(panel: PanelServer) -> Visitor:
    """An operator, signed in."""
    return panel.visitor("anna")

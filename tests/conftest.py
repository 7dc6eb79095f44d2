"""Fixtures for every room's tests: real servers and a real browser."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, Page, Request, sync_playwright
from redis import Redis

from tests.servers import MosquittoServer, RedisServer, open_mosquitto

# On a busy machine an example may take its time: that is no failure.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.fixture(scope="session", autouse=True)
def runtime_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Where agents keep what shall survive them: of this test run, not of the person who runs it."""
    os.environ["XDG_RUNTIME_DIR"] = str(tmp_path_factory.mktemp("runtime"))


@pytest.fixture(scope="session", autouse=True)
def usual_signals() -> None:
    """Those of a terminal, for us and what we start: in the background or under `nohup` they would be ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """An empty Redis of the test's own."""
    folder = tmp_path / "redis"
    folder.mkdir()
    with RedisServer(folder) as server:
        yield server


@pytest.fixture
def redis_client(redis_server: RedisServer) -> Iterator[Redis]:
    """A client of `redis_server` that gives bytes."""
    with redis_server.client() as client:
        yield client


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[MosquittoServer]:
    """A Mosquitto of the test's own that lets everybody in."""
    folder = tmp_path / "mosquitto"
    folder.mkdir()
    with open_mosquitto(folder) as server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without its own calls home."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    assert program, "chromium is not installed: run `make test`, which installs what the tests need"
    quiet = ["--disable-background-networking", "--disable-component-update", "--no-first-run", "--no-pings"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", *quiet]
        )
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a fresh profile. The test fails when a script on it fails or it asks another machine for anything."""
    problems: list[str] = []

    def note(request: Request) -> None:
        if urlsplit(request.url).hostname not in (None, "127.0.0.1", "localhost"):
            problems.append(f"asked another machine: {request.url}")

    with browser.new_context(locale="en-GB", timezone_id="UTC") as context:
        context.set_default_timeout(30_000)
        tab = context.new_page()
        tab.on("pageerror", lambda error: problems.append(f"script failed: {error}"))
        tab.on("request", note)
        yield tab
    assert not problems, "\n".join(problems)

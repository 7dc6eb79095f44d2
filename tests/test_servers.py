"""What the other tests rely on: the servers they start are real, bear what a test does to them, and leave nothing."""

import signal
import subprocess

import pytest
from playwright.sync_api import Page

from tests.servers import MosquittoServer, RedisServer, listens


def test_redis_keeps_what_it_acknowledged_over_a_kill(redis_server: RedisServer) -> None:
    with redis_server.client() as client:
        client.set("kept", "yes")
    redis_server.kill()
    assert not listens(redis_server.port)
    redis_server.start()
    with redis_server.client() as client:
        assert client.get("kept") == b"yes"


def test_a_frozen_server_still_stops(broker: MosquittoServer) -> None:
    broker.signal(signal.SIGSTOP)
    broker.stop()
    assert not listens(broker.port)


def test_a_server_that_cannot_start_tells_why(broker: MosquittoServer) -> None:
    broker.stop()
    (broker.folder / "mosquitto.conf").write_text("no_such_option\n")
    with pytest.raises(AssertionError, match="no_such_option"):
        broker.start()


def test_the_broker_passes_messages_on(broker: MosquittoServer) -> None:
    where = ["-h", "127.0.0.1", "-p", str(broker.port), "-t", "greeting"]
    subprocess.run(["mosquitto_pub", *where, "-r", "-m", "hello"], check=True)
    heard = subprocess.run(["mosquitto_sub", *where, "-C", "1", "-W", "5"], check=True, capture_output=True, text=True)
    assert heard.stdout == "hello\n"


def test_the_browser_runs_scripts(page: Page) -> None:
    page.set_content("<p></p><script>document.querySelector('p').textContent = 6 * 7</script>")
    assert page.text_content("p") == "42"

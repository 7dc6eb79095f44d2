"""What a person sees of values: live ones, old ones, doubtful ones, and what devices say that is no value."""

import re

import orjson
import pytest
from playwright.sync_api import Page, expect

from hub.state import keys
from tests.browser.conftest import sign_in
from tests.web.laboratory import CHAMBER, Laboratory
from tests.web.panel import PanelServer


def value(channel: str) -> str:
    """Where the value of a channel stands."""
    return f"[data-channel={channel}] .value"


def test_every_kind_of_channel_is_shown_as_the_device_describes_it(screen: Page) -> None:
    for channel, text in {"fan": "Off", "temperature": "21.3", "light": "60", "mode": "day", "note": "quiet"}.items():
        expect(screen.locator(value(channel))).to_have_text(text)
    expect(screen.locator("[data-channel=temperature] .unit")).to_have_text("°C")
    expect(screen.get_by_role("button", name="Reset the board")).to_be_enabled()
    expect(screen.locator("[data-channel=temperature] .control")).to_have_count(0)


def test_a_new_reading_is_shown_at_once(screen: Page, laboratory: Laboratory) -> None:
    laboratory.read(temperature=-0.04, fan=True)
    expect(screen.locator(value("temperature"))).to_have_text("-0.0")
    expect(screen.locator(value("fan"))).to_have_text("On")
    expect(screen.get_by_role("button", name="Fan: On")).to_have_attribute("aria-pressed", "true")


def test_a_device_that_was_never_seen_before_appears(screen: Page, laboratory: Laboratory) -> None:
    info = {**CHAMBER, "title": "A new balance", "channels": {"mass": {"kind": "number", "unit": "g"}}}
    laboratory.redis.hset(keys.DEVICES, "phytotron/balance", orjson.dumps(info))
    state = {"ts": "", "epoch": "e", "n": 1, "mass": 1.25}
    news = {"info": info, "state": state, "received": laboratory.now(), "availability": "online"}
    laboratory.tell(devices={"phytotron/balance": news})
    card = screen.locator("[data-device='phytotron/balance']")
    expect(card).to_contain_text("A new balance")
    expect(card.locator(".value")).to_have_text("1.25")


def test_an_old_value_never_looks_live(screen: Page, laboratory: Laboratory) -> None:
    card = screen.locator("[data-device='phytotron/chamber']")
    laboratory.read()
    expect(card).to_have_attribute("data-status", "online")
    laboratory.read(age=17)
    expect(card).to_have_attribute("data-status", "stale")
    expect(card.locator("header")).to_contain_text("stale")
    expect(card.locator("header")).to_contain_text(re.compile(r"\b(1[789]|[2-9]\d) s"))
    laboratory.read()
    expect(card).to_have_attribute("data-status", "online")


def test_values_grow_old_though_nothing_comes(screen: Page, laboratory: Laboratory) -> None:
    laboratory.read()
    card = screen.locator("[data-device='phytotron/chamber']")
    expect(card).to_have_attribute("data-status", "online")
    expect(card).to_have_attribute("data-status", "stale")


def test_ages_do_not_depend_on_the_browsers_clock(page: Page, panel: PanelServer) -> None:
    page.clock.install(time="2001-01-01T00:00:00Z")
    sign_in(page, panel, "anna")
    panel.laboratory.read()
    page.clock.run_for(300)
    expect(page.locator("[data-device='phytotron/chamber']")).to_have_attribute("data-status", "online")


@pytest.mark.parametrize(
    ("word", "status", "said"), [("offline", "offline", "offline"), ("fault", "fault", "no answer")]
)
def test_a_device_that_is_away_is_marked(
    screen: Page, laboratory: Laboratory, word: str, status: str, said: str
) -> None:
    laboratory.availability(word)
    card = screen.locator("[data-device='phytotron/chamber']")
    expect(card).to_have_attribute("data-status", status)
    expect(card.locator("header")).to_contain_text(said)
    crossed = card.locator(".value").first.evaluate("e => getComputedStyle(e).textDecorationLine")
    assert crossed == "line-through"


def test_fault_32_a_doubtful_value_says_why(screen: Page, laboratory: Laboratory) -> None:
    doubts = {"temperature": "sentinel", "light": "suspect", "gas": "frozen", "sum": "railed"}
    laboratory.read(temperature=None, light=7, quality=doubts)
    temperature = screen.locator("[data-channel=temperature]")
    expect(temperature).to_contain_text("absent or broken")
    expect(temperature.locator(".value")).to_have_text("–")
    expect(temperature.locator(".unit")).to_have_text("")
    expect(screen.locator("[data-channel=light]")).to_contain_text("suspect")
    expect(screen.locator("[data-channel=gas]")).to_contain_text("frozen")
    expect(screen.locator("[data-channel=gas] .value")).to_have_text("24")
    expect(screen.locator("[data-channel=sum]")).to_contain_text("at the end of its range")
    laboratory.read()
    expect(temperature).not_to_contain_text("absent or broken")


def test_fault_16_a_reading_by_an_unsynchronised_clock_says_so(screen: Page, laboratory: Laboratory) -> None:
    card = screen.locator("[data-device='phytotron/chamber']")
    expect(card.locator("header")).not_to_contain_text("clock")
    laboratory.read(clock="unsynced")
    expect(card.locator("header")).to_contain_text("clock not set")
    expect(card).to_have_attribute("data-status", "online")


@pytest.mark.parametrize("text", ["<img src=x onerror=alert(1)>", "</script><script>alert(1)</script>", "${alert(1)}"])
def test_whatever_a_device_says_stays_text(screen: Page, laboratory: Laboratory, text: str) -> None:
    laboratory.read(note=text, quality={"temperature": text})
    expect(screen.locator(value("note"))).to_have_text(text)
    expect(screen.locator("[data-channel=temperature]")).to_contain_text(text)
    info = {**CHAMBER, "title": text, "channels": {"note": {"kind": "text", "title": text, "unit": text}}}
    laboratory.tell(devices={laboratory.KEY: {"info": info}})
    expect(screen.locator("article h3").first).to_have_text(text)
    assert screen.locator("article img, article script").count() == 0


def test_a_calibrated_value_has_the_raw_one_beside_it(screen: Page, laboratory: Laboratory) -> None:
    laboratory.read(gas=24, raw={"gas": 12})
    gas = screen.locator("[data-channel=gas]")
    expect(gas.locator(".value")).to_have_text("24")
    expect(gas.locator(".value")).to_have_attribute("title", "calibrated 2026-10-01: zero gas")
    expect(gas.locator(".raw")).to_have_text("raw 12")
    expect(screen.locator("[data-channel=sum] .value")).to_have_attribute("title", "= gas + temperature")
    expect(screen.locator("[data-channel=sum] .raw")).to_have_count(0)

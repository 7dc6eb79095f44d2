"""What a person sees while something is down, and that the page mends itself without being loaded again."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_in
from tests.web.laboratory import Laboratory
from tests.web.panel import PanelServer


def assert_not_live(page: Page, banner: str) -> None:
    """A banner across the width says why, all values are old, nothing can be commanded."""
    strip = page.get_by_role("alert")
    expect(strip).to_contain_text(banner)
    box, size = strip.bounding_box(), page.viewport_size
    assert box
    assert size
    assert box["width"] == size["width"]
    expect(page.locator("[data-device='phytotron/chamber']")).to_have_attribute("data-status", "stale")
    expect(page.get_by_role("button", name="Fan: On")).to_be_disabled()
    expect(page.get_by_role("button", name="Start Ventilation")).to_be_disabled()


def assert_live(page: Page) -> None:
    """All is well."""
    expect(page.get_by_role("alert")).to_be_empty()
    expect(page.locator("#link")).to_have_text("live")
    expect(page.get_by_role("button", name="Fan: On")).to_be_enabled()


def test_the_hub_goes_and_comes(screen: Page, laboratory: Laboratory) -> None:
    screen.evaluate("window.same = true")
    laboratory.hub(False)
    assert_not_live(screen, "The hub does not run")
    laboratory.hub(True)
    laboratory.read(temperature=33.3)
    assert_live(screen)
    expect(screen.locator("[data-channel=temperature] .value")).to_have_text("33.3")
    assert screen.evaluate("window.same")


def test_the_web_server_is_killed_and_comes_back(page: Page, fresh_panel: PanelServer) -> None:
    sign_in(page, fresh_panel, "anna")
    page.evaluate("window.same = true")
    fresh_panel.stop()
    assert_not_live(page, "No connection to the server")
    fresh_panel.start()
    fresh_panel.laboratory.read(temperature=44.4)
    assert_live(page)
    expect(page.locator("[data-channel=temperature] .value")).to_have_text("44.4")
    assert page.evaluate("window.same")
    page.get_by_role("button", name="Fan: On").click()
    expect(page.locator("[data-channel=fan] .outcome")).to_have_attribute("data-outcome", "pending")


def test_redis_is_killed_and_comes_back(page: Page, fresh_panel: PanelServer) -> None:
    sign_in(page, fresh_panel, "anna")
    fresh_panel.redis.kill()
    assert_not_live(page, "The store (Redis) does not answer")
    fresh_panel.redis.start()
    assert_live(page)
    fresh_panel.redis.kill()
    page.reload()
    expect(page.locator("main")).to_contain_text("The store (Redis) does not answer")


def test_after_the_sign_out_the_way_leads_to_the_sign_in(screen: Page, panel: PanelServer) -> None:
    second = screen.context.new_page()
    second.goto(panel.address)
    second.wait_for_selector("article")
    screen.get_by_role("button", name="Sign out").click()
    expect(screen.get_by_label("Password")).to_be_visible()
    expect(second.get_by_label("Password")).to_be_visible()

"""What a person sees of alarms, and how an alarm is acknowledged."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_in
from tests.browser.test_commands import request
from tests.web.laboratory import Laboratory
from tests.web.panel import PanelServer


def test_an_alarm_comes_is_acknowledged_with_a_note_and_goes(screen: Page, laboratory: Laboratory) -> None:
    strip, alarm = screen.locator(".alarm-strip"), screen.locator("[data-alarm=too_hot]")
    expect(strip).to_have_text("No alarms")
    place = screen.locator("[data-device='phytotron/chamber']").bounding_box()
    laboratory.alarm("too_hot")
    expect(strip).to_contain_text("▲")
    expect(strip).to_contain_text("high Too hot.")
    expect(strip).to_contain_text("not acknowledged")
    assert screen.locator("[data-device='phytotron/chamber']").bounding_box() == place, "nothing on the page moves"
    expect(alarm).to_contain_text("Relays and climate, Temperature: 41.2 °C when it came")
    screen.get_by_label("Note on alarm too_hot").fill("on my way")
    screen.get_by_role("button", name="Acknowledge alarm too_hot").click()
    asked = request(laboratory)
    assert (asked["kind"], asked["name"], asked["action"]) == ("alarm", "too_hot", "acknowledge")
    assert (asked["note"], asked["who"]) == ("on my way", "anna")
    expect(alarm).to_have_attribute("data-state", "unacknowledged")
    laboratory.alarm("too_hot", state="acknowledged", by="anna", acknowledged=laboratory.now(), note="on my way")
    laboratory.record(asked, status="done")
    expect(alarm).to_contain_text("acknowledged by anna")
    expect(alarm).to_contain_text("on my way")
    expect(screen.get_by_role("button", name="Acknowledge alarm too_hot")).to_have_count(0)
    expect(strip).to_contain_text("acknowledged")
    laboratory.end_alarm("too_hot")
    expect(alarm).to_have_count(0)
    expect(strip).to_have_text("No alarms")


def test_on_a_phone_an_alarm_moves_nothing_either(page: Page, panel: PanelServer) -> None:
    page.set_viewport_size({"width": 360, "height": 700})
    sign_in(page, panel, "anna")
    place = page.locator("[data-device='phytotron/chamber']").bounding_box()
    panel.laboratory.alarm("too_hot", message="Too hot for the plants: open the door and look at the lamp. " * 2)
    expect(page.locator("[data-alarm-strip=too_hot]")).to_contain_text("Too hot for the plants")
    assert page.locator("[data-device='phytotron/chamber']").bounding_box() == place
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_most_urgent_that_nobody_knows_of_comes_first(screen: Page, laboratory: Laboratory) -> None:
    laboratory.alarm("known", priority="critical", state="acknowledged", by="vik", acknowledged=laboratory.now())
    laboratory.alarm("little", priority="low", message="A little.")
    laboratory.alarm("much", priority="medium", message="Much.", state="returned", cleared=laboratory.now())
    expect(screen.locator("[data-alarm]")).to_have_count(3)
    order = screen.locator("[data-alarm]").evaluate_all("all => all.map((e) => e.dataset.alarm)")
    assert order == ["much", "little", "known"]
    expect(screen.locator("[data-alarm-strip=much]")).to_contain_text("and 2 more")
    expect(screen.locator("[data-alarm=much]")).to_contain_text("over since")


def test_a_refused_acknowledgement_says_why(screen: Page, laboratory: Laboratory) -> None:
    laboratory.alarm("too_hot")
    screen.get_by_role("button", name="Acknowledge alarm too_hot").click()
    laboratory.record(request(laboratory), status="rejected", reason="It has been acknowledged by vik already.")
    expect(screen.locator("[data-alarm=too_hot] [data-outcome=bad]")).to_contain_text("by vik already")


def test_old_alarms_do_not_look_live(screen: Page, laboratory: Laboratory) -> None:
    laboratory.alarm("too_hot")
    expect(screen.locator("[data-alarm-strip=too_hot]")).to_be_visible()
    laboratory.hub(False)
    expect(screen.locator(".alarm-strip")).to_contain_text("Alarms are not live")
    expect(screen.get_by_role("button", name="Acknowledge alarm too_hot")).to_be_disabled()


def test_a_viewer_sees_alarms_and_cannot_acknowledge(page: Page, panel: PanelServer) -> None:
    panel.laboratory.alarm("too_hot", message="<b>hot</b>")
    sign_in(page, panel, "vik")
    expect(page.locator("[data-alarm=too_hot]")).to_contain_text("<b>hot</b>")
    expect(page.get_by_role("button", name="Acknowledge alarm too_hot")).to_be_disabled()

"""What a person can do, and what the panel says of what became of it."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_in
from tests.servers import wait_until
from tests.web.laboratory import Json, Laboratory
from tests.web.panel import PanelServer


def request(laboratory: Laboratory) -> Json:
    """What the panel asked of the hub."""
    wait_until(lambda: laboratory.requests() == 1, "the request is there")
    return laboratory.request()


def test_a_switch_is_not_shown_as_switched_before_it_is(screen: Page, laboratory: Laboratory) -> None:
    fan = screen.locator("[data-channel=fan]")
    height = fan.bounding_box()
    screen.get_by_role("button", name="Fan: On").click()
    asked = request(laboratory)
    assert (asked["channel"], asked["value"], asked["who"]) == ("fan", True, "anna")
    expect(fan.locator(".outcome")).to_have_attribute("data-outcome", "pending")
    expect(fan.locator(".value")).to_have_text("Off")
    assert fan.bounding_box() == height, "nothing on the page moves"
    laboratory.record(asked)
    expect(fan.locator(".outcome")).to_have_attribute("title", "requested by anna, panel")
    expect(fan.locator(".reading")).to_contain_text("On → Off")
    laboratory.read(fan=True)
    laboratory.record(asked, status="done")
    expect(fan.locator(".outcome")).to_have_count(0)
    expect(fan.locator(".value")).to_have_text("On")


def test_a_number_is_set_by_keyboard(screen: Page, laboratory: Laboratory) -> None:
    screen.get_by_label("Light, new value in %").fill("72.5")
    screen.keyboard.press("Enter")
    assert request(laboratory)["value"] == 72.5


def test_a_number_outside_the_range_is_not_even_sent(screen: Page, laboratory: Laboratory) -> None:
    field = screen.get_by_label("Light, new value in %")
    field.fill("101")
    screen.keyboard.press("Enter")
    assert field.evaluate("e => e.validity.rangeOverflow")
    assert laboratory.requests() == 0


def test_what_is_typed_stays_while_values_come(screen: Page, laboratory: Laboratory) -> None:
    field = screen.get_by_label("Light, new value in %")
    field.fill("12")
    laboratory.read(light=59)
    expect(screen.locator("[data-channel=light] .value")).to_have_text("59")
    expect(field).to_have_value("12")
    expect(field).to_be_focused()


def test_a_choice_a_text_and_an_action(screen: Page, laboratory: Laboratory) -> None:
    screen.get_by_label("Mode, new value").select_option("night")
    screen.get_by_role("button", name="Set Mode").click()
    assert request(laboratory)["value"] == "night"
    screen.get_by_label("Note, new text").fill("true")
    screen.get_by_role("button", name="Set Note").click()
    assert request(laboratory)["value"] == "true"
    screen.get_by_role("button", name="Reset the board").click()
    assert request(laboratory)["value"] == "PRESS"


def test_what_has_a_cost_is_asked_back(screen: Page, laboratory: Laboratory) -> None:
    dialog = screen.get_by_role("dialog")
    screen.get_by_role("button", name="Find the zero").click()
    expect(dialog).to_contain_text("Relays and climate, phytotron: Find the zero?")
    screen.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert laboratory.requests() == 0
    screen.get_by_role("button", name="Find the zero").click()
    dialog.get_by_role("button", name="Find the zero").click()
    assert request(laboratory)["channel"] == "zero"
    expect(dialog).to_have_count(0)


def test_what_is_dangerous_is_held_down(page: Page, panel: PanelServer) -> None:
    page.clock.install()
    sign_in(page, panel, "anna")
    page.get_by_role("button", name="Flood valve: On").click()
    expect(page.get_by_role("dialog")).to_contain_text("set Flood valve to On?")
    page.clock.pause_at(page.evaluate("Date.now() / 1000 + 60"))  # from here on only `run_for` moves it
    button = page.get_by_role("button", name="Hold: Set Flood valve")
    button.focus()
    for name in ("Enter", " "):
        page.keyboard.down(name)
        page.clock.run_for(1400)
        page.keyboard.up(name)
        page.clock.run_for(1400)
    button.click()
    page.clock.run_for(3000)
    assert panel.laboratory.requests() == 0, "too short, each time"
    button.hover()
    page.mouse.down()
    page.clock.run_for(1500)
    page.mouse.up()
    asked = request(panel.laboratory)
    assert (asked["channel"], asked["value"]) == ("flood", True)


def test_a_refusal_is_shown_with_its_reason(screen: Page, laboratory: Laboratory) -> None:
    screen.get_by_role("button", name="Fan: On").click()
    reason = "bench, which serves the chamber, is offline."
    laboratory.record(request(laboratory), status="rejected", code="agent_offline", reason=reason)
    expect(screen.locator("[data-channel=fan] .outcome")).to_contain_text(f"On refused: {reason}")
    expect(screen.locator("table tr[data-status=rejected]")).to_contain_text(reason)
    expect(screen.locator("table tr[data-status=rejected]")).to_contain_text("anna, panel")


def test_what_differs_from_what_was_requested_is_marked(screen: Page, laboratory: Laboratory) -> None:
    screen.get_by_label("Light, new value in %").fill("30")
    screen.keyboard.press("Enter")
    laboratory.record(request(laboratory), status="done")
    light = screen.locator("[data-channel=light] .outcome")
    expect(light).to_have_attribute("data-outcome", "differs")
    expect(screen.locator("[data-channel=light] .reading")).to_contain_text("30 % → 60 %")
    laboratory.read(light=30.2)
    expect(light).to_have_count(0)


def test_a_hub_that_dies_with_the_command_is_not_waited_for_in_silence(page: Page, panel: PanelServer) -> None:
    page.clock.install()
    sign_in(page, panel, "anna")
    page.get_by_role("button", name="Fan: On").click()
    request(panel.laboratory)
    page.clock.run_for(1000)
    expect(page.locator("[data-channel=fan] .outcome")).to_have_attribute("data-outcome", "pending")
    for _ in range(7):
        page.clock.run_for(2000)
        panel.laboratory.read()
    expect(page.locator("[data-channel=fan] .outcome")).to_contain_text("The hub has not answered")


def test_commands_of_others_are_shown_too(screen: Page, laboratory: Laboratory) -> None:
    record = {"id": "m1", "kind": "set", "key": laboratory.KEY, "channel": "light", "value": 60, "code": None}
    times = {"reason": None, "requested": laboratory.now(), "ended": None, "until": None}
    laboratory.record({**record, **times, "status": "done", "who": None, "source": "mqtt"})
    expect(screen.locator("tr[data-command=m1]")).to_contain_text("Relays and climate, Light: 60 %")
    expect(screen.locator("tr[data-command=m1]")).to_contain_text("MQTT")


def test_what_happened_by_itself_stands_among_the_commands(screen: Page, laboratory: Laboratory) -> None:
    record = {"id": "e1-7", "kind": "event", "key": laboratory.KEY, "channel": None, "value": None, "code": None}
    times = {"requested": laboratory.now(), "ended": None, "until": None}
    text = "The relay board has rebooted: its outputs are off."
    laboratory.record({**record, **times, "status": "done", "reason": text, "who": None, "source": "device"})
    row = screen.locator("tr[data-command=e1-7]")
    for words in ("Relays and climate", "device", text):
        expect(row).to_contain_text(words)


def test_procedures_run_and_stop(screen: Page, laboratory: Laboratory) -> None:
    card = screen.locator("[data-procedure=ventilation]")
    expect(card).to_contain_text("Software stop: not an emergency stop.")
    screen.get_by_role("button", name="Start Ventilation").click()
    asked = request(laboratory)
    assert (asked["kind"], asked["name"], asked["action"]) == ("procedure", "ventilation", "start")
    laboratory.record(asked, status="done")
    now = laboratory.now()
    run = {"run": "r", "procedure": "ventilation", "title": "Ventilation", "by": "anna", "reason": None, "ended": None}
    laboratory.run(**run, state="running", stage="fans on", step=3, steps=9, started=now, until=now + 240_000)
    expect(card).to_contain_text("Step 3 of 9: fans on, 4 min left")
    expect(screen.get_by_role("button", name="Start Ventilation")).to_be_disabled()
    screen.get_by_role("button", name="Stop Ventilation").click()
    laboratory.record(request(laboratory), status="done")
    stopped = {**run, "ended": now, "reason": "stopped by anna"}
    laboratory.run(**stopped, state="stopped", stage="", step=9, steps=9, started=now, until=None)
    expect(card).to_contain_text("stopped by anna")
    expect(screen.get_by_role("button", name="Start Ventilation")).to_be_enabled()


def test_schedules_show_stage_last_and_next_run(screen: Page, laboratory: Laboratory) -> None:
    now = laboratory.now()
    what = {"title": "Cycle", "procedure": "ventilation", "every": 600.0, "last": now - 5_000, "last_outcome": "done"}
    laboratory.schedule(**what, enabled=True, next=now + 300_000)
    card = screen.locator("[data-schedule=cycle]")
    for text in ("ventilation, every 10 min", "in 5 min", "done", "waiting"):
        expect(card).to_contain_text(text)
    expect(screen.locator("h2", has_text="Schedules")).to_contain_text("times in UTC")
    screen.get_by_role("button", name="Stop Cycle").click()
    asked = request(laboratory)
    assert (asked["kind"], asked["name"], asked["action"]) == ("schedule", "cycle", "stop")
    laboratory.schedule(**what, enabled=False, next=None)
    expect(card).to_contain_text("stopped")
    expect(screen.get_by_role("button", name="Start Cycle")).to_be_enabled()


def test_a_viewer_sees_all_and_can_do_nothing(page: Page, panel: PanelServer) -> None:
    sign_in(page, panel, "vik")
    expect(page.locator("[data-channel=light] .value")).to_have_text("60")
    for control in page.locator("main button:not(.topics button), main input, main select").all():
        expect(control).to_be_disabled()


def test_each_channel_has_a_topic_to_copy(page: Page, panel: PanelServer) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.clock.install()
    sign_in(page, panel, "anna")
    page.clock.pause_at(page.evaluate("Date.now() / 1000 + 60"))  # "Copied" is there for 2 s
    page.get_by_text("MQTT topics").click()
    button = page.get_by_role("button", name="Copy clayhub/phytotron/chamber/light/set")
    button.click()
    expect(button).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "clayhub/phytotron/chamber/light/set"

"""Legible and operable for everybody: contrast as WCAG 2 AA asks, targets of 44 px, nothing wider than the screen."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import sign_in
from tests.web.laboratory import Json, Laboratory
from tests.web.panel import PanelServer

SMALLEST_CONTRAST = 4.5

CONTRASTS = """() => {
  const rgb = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const background = (e) => {
    for (; e; e = e.parentElement) {
      const color = rgb(getComputedStyle(e).backgroundColor);
      if (color.length === 3) return color;
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const e of document.querySelectorAll("body *")) {
    const text = [...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data.trim()).join("");
    if (!text || e.disabled || !e.checkVisibility()) continue;
    const [one, other] = [light(rgb(getComputedStyle(e).color)), light(background(e))].sort((a, b) => b - a);
    found.push([(one + 0.05) / (other + 0.05), text]);
  }
  return found;
}"""


def show_everything(laboratory: Laboratory) -> None:
    """A stale device with doubtful values, a refusal, a difference, something pending."""
    laboratory.read(quality={"temperature": "sentinel", "light": "suspect"}, age=20)
    record: Json = {"kind": "set", "key": laboratory.KEY, "code": "out_of_range", "reason": "outside", "who": "anna"}
    record |= {"source": "panel", "requested": laboratory.now(), "ended": None, "until": None}
    laboratory.record({**record, "id": "1", "channel": "light", "value": 101, "status": "rejected"})
    laboratory.record({**record, "id": "2", "channel": "fan", "value": True, "status": "done"})
    laboratory.record({**record, "id": "3", "channel": "mode", "value": "night", "status": "pending"})
    laboratory.alarm("too_hot")
    laboratory.alarm("too_dry", priority="medium", message="Water is short.")
    laboratory.alarm("known", state="acknowledged", by="anna", acknowledged=laboratory.now(), note="on my way")
    laboratory.schedule(title="Cycle", enabled=True, every="1m", procedure="ventilation", next=laboratory.now())


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1400])
def test_everything_can_be_read_and_touched(page: Page, panel: PanelServer, scheme: str, width: int) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 900})
    show_everything(panel.laboratory)
    sign_in(page, panel, "anna")
    page.get_by_text("MQTT topics").click()
    contrasts = page.evaluate(CONTRASTS)
    assert len(contrasts) > 40
    assert [found for found in contrasts if found[0] < SMALLEST_CONTRAST] == []
    for target in page.locator("button, input:not([type=hidden]), select, summary").all():
        box = target.bounding_box()
        assert box
        assert box["height"] >= 44, target.inner_html()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_every_control_has_a_name_of_its_own(page: Page, panel: PanelServer) -> None:
    sign_in(page, panel, "anna")
    names = page.locator("main button").evaluate_all("all => all.map((e) => e.ariaLabel ?? e.textContent)")
    assert len(names) == len(set(names))

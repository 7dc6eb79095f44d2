"""A browser that has the panel open."""

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import fresh_panel, laboratory, panel, panel_server
from tests.web.panel import PanelServer

__all__ = ["fresh_panel", "laboratory", "panel", "panel_server", "screen"]

expect.set_options(timeout=30_000)


@pytest.fixture
def screen(page: Page, panel: PanelServer) -> Page:
    """The panel as anna, an operator, sees it."""
    return sign_in(page, panel, "anna")


def sign_in(page: Page, panel: PanelServer, name: str) -> Page:
    """Open the panel by a one-time link."""
    page.goto(f"{panel.address}/link/{panel.sessions.create_link(name)}")
    page.wait_for_selector("article")
    return page

"""What a browser makes of changes is the same whether they come one by one or merged, as for a slow browser they do."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from tests.web.panel import PanelServer
from web.mailbox import Delta, merge

APPLY = """async ([world, deltas]) => {
  const { merge } = await import("/static/js/world.js");
  for (const delta of deltas) merge(world, delta);
  return world;
}"""

EMPTY: Delta = {"agents": {}, "runs": {}, "schedules": {}, "alarms": {}, "devices": {}, "commands": [], "hub": None}

names = st.sampled_from(["a", "b", "c"])
values = st.integers(0, 9)
entries = st.dictionaries(names, st.none() | st.fixed_dictionaries({"value": values}))
records = st.builds(
    lambda number, status: {"id": f"r{number}", "requested": number, "status": status},
    st.integers(0, 30),
    st.sampled_from(["pending", "done", "failed"]),
)
devices = st.dictionaries(
    names,
    st.fixed_dictionaries(
        {},
        optional={
            "state": st.none() | st.dictionaries(names, values),
            "received": values,
            "availability": st.sampled_from(["online", "offline"]),
            "info": st.fixed_dictionaries({"title": names}),
            "requested": st.dictionaries(names, records),
        },
    ),
)
deltas = st.fixed_dictionaries(
    {"type": st.just("delta"), "cursor": names},
    optional={
        "agents": entries,
        "runs": entries,
        "schedules": entries,
        "alarms": entries,
        "devices": devices,
        "commands": st.lists(records, max_size=25, unique_by=lambda record: record["requested"]),
        "hub": st.none() | st.fixed_dictionaries({"boot": names}),
    },
)


@pytest.fixture(scope="module")
def tab(browser: Browser, panel_server: PanelServer) -> Iterator[Page]:
    """A page of the panel's origin, for its scripts."""
    with browser.new_context() as context:
        tab = context.new_page()
        tab.goto(f"{panel_server.address}/signin")
        yield tab


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(deltas, min_size=2, max_size=6))
def test_merged_changes_say_what_they_say_one_by_one(tab: Page, changes: list[Delta]) -> None:
    merged = changes[0]
    for change in changes[1:]:
        merged = merge(merged, change)
    assert tab.evaluate(APPLY, [EMPTY, [merged]]) == tab.evaluate(APPLY, [EMPTY, changes])

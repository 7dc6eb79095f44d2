"""Whether the machine knows the time: no machine that can know it is doubted."""

from pathlib import Path

import pytest

from hub.contract import clock


@pytest.mark.parametrize(
    ("battery", "kernel", "timesync", "expected"),
    [
        (False, False, "waiting", False),
        (False, False, "synchronized", True),
        (False, False, None, True),
        (False, True, "waiting", True),
        (True, False, "waiting", True),
    ],
)
def test_a_clock_is_doubted_only_when_all_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, battery: bool, kernel: bool, timesync: str | None, expected: bool
) -> None:
    monkeypatch.setattr(clock, "_kernel_synchronised", lambda: kernel)
    if battery:
        (tmp_path / "sys/class/rtc/rtc0").mkdir(parents=True)
    if timesync:
        (tmp_path / "run/systemd/timesync").mkdir(parents=True)
    if timesync == "synchronized":
        (tmp_path / "run/systemd/timesync/synchronized").touch()
    assert clock.is_set(tmp_path) is expected


def test_the_kernel_can_be_asked() -> None:
    assert clock._kernel_synchronised() in (True, False)

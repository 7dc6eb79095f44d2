"""How long a message may have been on its way: told by the echo of the agent's own heartbeat."""

import pytest

from agents.transit import Transit


@pytest.fixture
def transit() -> Transit:
    """Ten heartbeats, one a second from second 1, the echo of each 10 ms later."""
    made = Transit()
    for beat in range(1, 11):
        made.sent(beat, beat)
        made.echoed(beat, beat + 0.01)
    return made


def test_with_prompt_echoes_messages_are_prompt(transit: Transit) -> None:
    assert transit.prompt(10.5)


def test_before_the_first_echo_nothing_is() -> None:
    transit = Transit()
    transit.sent(1, 0)
    assert not transit.prompt(0.1)


def test_what_a_frozen_agent_finds_when_it_thaws_is_not_prompt_until_an_echo_follows(transit: Transit) -> None:
    assert not transit.prompt(18)
    transit.sent(11, 18)
    assert not transit.prompt(18)
    transit.echoed(11, 18.01)
    assert transit.prompt(18.02)


def test_an_old_echo_that_comes_late_vouches_for_nothing(transit: Transit) -> None:
    transit.sent(11, 11)
    transit.echoed(11, 18)
    assert not transit.prompt(18)


def test_after_a_frozen_broker_only_a_later_heartbeat_counts(transit: Transit) -> None:
    """The broker, thawed, may take up what others said before or after the heartbeats that waited with it."""
    for beat in range(11, 19):
        transit.sent(beat, beat)
    for beat in range(11, 19):
        transit.echoed(beat, 18.5)
    assert not transit.prompt(18.6)
    transit.sent(19, 19)
    transit.echoed(19, 19.01)
    assert transit.prompt(19.02)


def test_after_a_new_connection_too(transit: Transit) -> None:
    transit.doubt()
    transit.echoed(10, 10.1)
    assert not transit.prompt(10.1)
    transit.sent(11, 10.1)
    transit.echoed(11, 10.2)
    assert transit.prompt(10.2)


def test_the_echo_of_a_heartbeat_long_forgotten_is_a_late_one(transit: Transit) -> None:
    transit.echoed(0, 10.1)
    assert not transit.prompt(10.1)

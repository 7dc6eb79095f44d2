"""Sessions of the panel, as two processes see them."""

import pytest
from redis import Redis

from hub.state.sessions import Sessions


def test_what_was_just_heard_of_a_session_need_not_be_asked_again(
    redis_client: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.state.sessions.FRESH_SECONDS", 3_600.0)
    sessions = Sessions(redis_client)
    token = sessions.create("anna")
    assert sessions.recent_user(token) == "anna"
    redis_client.flushdb()
    assert sessions.recent_user(token) == "anna"
    assert sessions.user(token) is None
    assert sessions.recent_user(token) is None


def test_a_session_is_over_at_once_where_it_was_ended(redis_client: Redis) -> None:
    sessions = Sessions(redis_client)
    token = sessions.create("anna")
    assert sessions.user(token) == "anna"
    sessions.revoke(token)
    assert sessions.recent_user(token) is None


def test_a_token_that_nobody_gave_out_is_nobodys(redis_client: Redis) -> None:
    assert Sessions(redis_client).recent_user("guessed") is None

"""How long Redis has not taken what the hub has to write. Told in the log once, and its end once."""

import logging

import redis

from hub.state.refusal import refusal

log = logging.getLogger(__name__)

LASTING = 5.0
"""Seconds from the first failure until it is more than a restart: then it is an alarm."""
CALM = 2.0
"""Seconds without a failure until it is over: of the two things that the hub writes one may fail and the other not."""


class Outage:
    """Times are monotonic."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._latest = 0.0
        self._why = ""

    def failed(self, error: redis.RedisError, now: float) -> None:
        """Something could not be written."""
        self._latest = now
        self._why = refusal(error) or f"Redis does not answer ({error}): start it, or see to its machine."
        if self._since is None:
            self._since = now
            log.warning("%s Readings wait with their agents. I keep trying.", self._why)

    def worked(self, now: float) -> None:
        """Something was written."""
        if self._since is not None and now - self._latest >= CALM:
            self._since = None
            log.warning("Redis can be written to again.")

    def lasting(self, now: float) -> str | None:
        """Why Redis cannot be written to, in words for a person, once that lasts."""
        return self._why if self._since is not None and now - self._since >= LASTING else None

"""Wrong passwords, counted: who guesses has few guesses, and the others can still sign in."""

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

ONE_NAME, ANY_NAME = RateLimitItemPerMinute(10), RateLimitItemPerMinute(100)
"""Wrong passwords a minute from one address: for one name, and in all. Behind a proxy or on one machine many people
share an address, so that one who errs must not lock out all; but each check costs a tenth of a second of the panel."""


class Attempts:
    """Those of the last minute, of this process."""

    def __init__(self) -> None:
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def allowed(self, name: str, address: str) -> bool:
        """Whether this name may still be tried from there. The same for names that do not exist."""
        return self._limiter.test(ONE_NAME, name, address) and self._limiter.test(ANY_NAME, address)

    def wrong(self, name: str, address: str) -> None:
        """Count a wrong password."""
        self._limiter.hit(ONE_NAME, name, address)
        self._limiter.hit(ANY_NAME, address)

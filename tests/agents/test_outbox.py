"""The outbox: whatever is lost on the way, the hub gets every number in order, or learns of the gap."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from agents.outbox import PATIENCE, WINDOW, Outbox


def encode(epoch: str, n: int) -> bytes:
    return f"{epoch} {n}".encode()


def filled(count: int, now: float = 0.0) -> Outbox:
    outbox = Outbox()
    for _ in range(count):
        outbox.add("t", encode, now)
    return outbox


def numbers(outbox: Outbox, now: float) -> list[int]:
    return [int(entry.payload.split()[1]) for entry in outbox.resend(now)]


def test_numbers_count_by_one_under_a_random_epoch() -> None:
    outbox = filled(0)
    assert (outbox.oldest, outbox.newest) == (1, 0)
    assert outbox.add("t", encode, 0) == f"{outbox.epoch} 1".encode()
    assert outbox.add("t", encode, 0) == f"{outbox.epoch} 2".encode()
    assert (outbox.oldest, outbox.newest) == (1, 2)
    assert Outbox().epoch != outbox.epoch


def test_what_is_stored_is_forgotten() -> None:
    outbox = filled(5)
    outbox.stored(outbox.epoch, 3, 0)
    assert (outbox.oldest, outbox.newest) == (4, 5)
    outbox.stored(outbox.epoch, 2, 0)
    outbox.stored("another", 5, 0)
    outbox.stored(outbox.epoch, 6, 0)
    assert (outbox.oldest, outbox.newest) == (4, 5), "late, foreign and impossible confirmations change nothing"


def test_nothing_is_sent_again_while_the_hub_confirms_in_time() -> None:
    outbox = filled(3)
    assert numbers(outbox, PATIENCE) == []
    outbox.stored(outbox.epoch, 1, PATIENCE)
    assert numbers(outbox, PATIENCE + 1) == []


def test_what_stays_unconfirmed_is_sent_again_in_order_and_once() -> None:
    outbox = filled(5)
    outbox.stored(outbox.epoch, 1, 0)
    assert numbers(outbox, PATIENCE + 0.1) == [2, 3, 4, 5]
    assert numbers(outbox, PATIENCE + 0.2) == []


def test_the_window_bounds_what_is_on_its_way() -> None:
    outbox = filled(3 * WINDOW)
    assert numbers(outbox, 4) == list(range(1, WINDOW + 1))
    assert numbers(outbox, 4) == []
    outbox.stored(outbox.epoch, 50, 4.1)
    assert numbers(outbox, 4.1) == list(range(WINDOW + 1, WINDOW + 51))


def test_after_a_new_connection_nothing_is_waited_for() -> None:
    outbox = filled(3)
    outbox.reconnected()
    assert numbers(outbox, 0.1) == [1, 2, 3]
    assert numbers(outbox, 0.2) == []


def test_a_backlog_that_was_lost_is_sent_from_its_beginning() -> None:
    outbox = filled(2 * WINDOW)
    numbers(outbox, 4)
    outbox.stored(outbox.epoch, 10, 4.1)
    assert numbers(outbox, 4.1)[0] == WINDOW + 1
    assert numbers(outbox, 4.1 + PATIENCE + 0.1)[0] == 11


def test_a_full_outbox_gives_up_the_oldest_and_says_so() -> None:
    outbox = Outbox(max_bytes=100)
    for _ in range(50):
        outbox.add("t", lambda _epoch, n: b"%010d" % n, 0)
    assert (outbox.oldest, outbox.newest) == (41, 50)
    outbox.add("t", lambda _epoch, _n: b"x" * 1000, 0)
    assert (outbox.oldest, outbox.newest) == (51, 51), "the newest is always kept"


class LossyWay(RuleBasedStateMachine):
    """An outbox, a way that loses anything, and a hub that stores only the next number."""

    def __init__(self) -> None:
        super().__init__()
        self.outbox = Outbox(max_bytes=4_000)
        self.now = 0.0
        self.hub = 0
        self.gaps: list[tuple[int, int]] = []

    def arrive(self, n: int) -> None:
        if n == self.hub + 1:
            self.hub = n

    @rule(lost=st.booleans())
    def publish(self, lost: bool) -> None:
        self.outbox.add("t", encode, self.now)
        if not lost:
            self.arrive(self.outbox.newest)

    @rule(count=st.integers(1, 100))
    def outage(self, count: int) -> None:
        for _ in range(count):
            self.outbox.add("t", encode, self.now)

    @rule(seconds=st.floats(0.1, 10))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule(kept=st.integers(0, WINDOW))
    def backlog(self, kept: int) -> None:
        sent = numbers(self.outbox, self.now)
        assert sent == list(range(sent[0], sent[0] + len(sent))) if sent else True
        assert not sent or sent[-1] < self.outbox.oldest + WINDOW
        for n in sent[:kept]:
            self.arrive(n)

    @precondition(lambda self: self.hub > 0)
    @rule()
    def confirm(self) -> None:
        self.outbox.stored(self.outbox.epoch, self.hub, self.now)

    @rule()
    def heartbeat(self) -> None:
        if self.outbox.oldest > self.hub + 1:
            self.gaps.append((self.hub + 1, self.outbox.oldest - 1))
            self.hub = self.outbox.oldest - 1

    @invariant()
    def nothing_is_forgotten_that_the_hub_lacks(self) -> None:
        assert self.outbox.oldest <= self.hub + 1 or self.outbox._bytes > 3_900, "only a full outbox gives up anything"

    def teardown(self) -> None:
        """Left alone with a good way, the hub gets everything within a few rounds."""
        self.heartbeat()
        for _ in range(2 + self.outbox.newest // WINDOW * 2):
            self.now += PATIENCE + 0.1
            for n in numbers(self.outbox, self.now):
                self.arrive(n)
            self.outbox.stored(self.outbox.epoch, self.hub, self.now)
        assert self.hub == self.outbox.newest
        assert self.outbox.oldest == self.outbox.newest + 1


TestLossyWay = LossyWay.TestCase
TestLossyWay.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)

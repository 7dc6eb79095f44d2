"""Rows 27 to 29: what becomes of readings and commands when Redis or a disk is full, and when an answer is lost."""

import pytest

from tests.proxy import Proxy
from tests.servers import MosquittoServer, RedisServer, wait_until
from tests.wire.hubs import Lab


@pytest.mark.parametrize("what", ["reading", "command"])
def test_fault_29_a_lost_answer_of_redis_doubles_nothing(
    broker: MosquittoServer, redis_server: RedisServer, what: str
) -> None:
    """Between the hub and a real Redis the connection is cut after a write has been done and before its answer: a
    reading offered again stands in the history once; a command is sent once, and in the audit each of its states once.
    """
    with Proxy(redis_server.port) as network:
        lab = Lab(broker, redis_server, redis={"port": network.port})
        try:
            agent = lab.agent()
            agent.read()
            wait_until(lambda: not agent.kept, "the first reading is stored")
            if what == "reading":
                network.lose_answer(b"1234.5")
                agent.read(temp=1234.5)
            else:
                network.lose_answer(b'"who":"anna"')
                request = lab.ask("red", 60)
                agent.answer(agent.commands.get(timeout=30))
            assert network.lost.wait(30)
            wait_until(agent.offered_again, "all is stored")
            assert lab.history() == [("e1", 1), ("e1", 2)][: 2 if what == "reading" else 1]
            if what == "command":
                assert lab.outcome(request)["status"] == "done"
                assert agent.commands.empty()
                assert lab.audit() == ["pending", "done"]
        finally:
            lab.close()

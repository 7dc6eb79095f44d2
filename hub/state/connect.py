"""A connection to clayhub's Redis."""

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry


def connect(host: str, port: int, password: str, *, timeout: float = 5.0) -> redis.Redis:
    """A client that gives bytes; `timeout` in seconds bounds connecting and every reply, blocking reads included.

    It never repeats a command by itself: a reply can be lost after the command was done, and a blind repetition of
    XADD or INCR does it twice. Connecting happens at the first command; redis.RedisError says what went wrong.
    """
    return redis.Redis(
        host=host,
        port=port,
        password=password,
        socket_timeout=timeout,
        socket_connect_timeout=timeout,
        retry=Retry(NoBackoff(), 0),
        protocol=2,
    )

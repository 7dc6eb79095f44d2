"""Why Redis, which answers, does not write, said to a person."""

import redis
from redis.exceptions import OutOfMemoryError, ReadOnlyError


def refusal(error: redis.RedisError) -> str | None:
    """What is wrong and what to do; None when Redis does not answer at all, or says something else."""
    if isinstance(error, OutOfMemoryError):
        return "Redis has used up its memory: give it more (`memory` under `redis` in config.yaml) and restart clayhub."
    if isinstance(error, ReadOnlyError):
        return "Redis is a copy of another and takes no writes: make it a server of its own (`clayhub render`)."
    if cannot_save(error):
        return "Redis cannot write to its disk: make room there. It goes on by itself."
    return None


def cannot_save(error: redis.RedisError) -> bool:
    """Whether Redis refuses to write because it cannot write to its own file: mostly because the disk is full."""
    return str(error).startswith("MISCONF")

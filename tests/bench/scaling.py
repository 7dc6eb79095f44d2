"""Whether a reading costs the same with ten channels and with two thousand."""

import statistics
from pathlib import Path

from tests.bench.figures import Figure
from tests.bench.ingest import into_redis
from tests.bench.installation import all_but_the_load, loaded

VALUES = 10
FEW, MANY = 10, 2_000
COUNT = 20_000
ROUNDS = 3


def measure(folder: Path) -> list[Figure]:
    """Processor time of hub and Redis for each reading, in turns with few and with many channels."""
    few, many = [], []
    with all_but_the_load(loaded(folder, MANY // VALUES)) as installation:
        for _ in range(ROUNDS):
            few.append(into_redis(installation, FEW // VALUES, VALUES, COUNT)[1])
            many.append(into_redis(installation, MANY // VALUES, VALUES, COUNT)[1])
    ratio = statistics.median(large / small for small, large in zip(few, many, strict=True))
    return [
        Figure(f"cost of a reading, {FEW} channels", statistics.median(few) / COUNT * 1e6, "µs"),
        Figure(f"cost of a reading, {MANY:,} channels", statistics.median(many) / COUNT * 1e6, "µs"),
        Figure("ratio of the two costs", ratio, "", goal=1.3),
    ]

"""The list and its tests belong together."""

import re
from pathlib import Path

from tests.faults.rows import ROWS


def test_every_row_has_a_test_of_its_number_and_every_test_a_row() -> None:
    numbers = [row.number for row in ROWS]
    assert len(set(numbers)) == len(numbers)
    text = "".join(file.read_text() for file in sorted(Path(__file__).parent.glob("test_*.py")))
    assert set(re.findall(r"(?m)^def test_fault_(\d\d[a-c]?)_", text)) == set(numbers)

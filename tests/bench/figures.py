"""A measured figure beside its goal, and the table of all of them."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Figure:
    """`goal` is the least or, where `at_most`, the greatest value wished for; None where there is no goal."""

    name: str
    measured: float
    unit: str
    goal: float | None = None
    at_most: bool = True

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without a goal."""
        if self.goal is None:
            return None
        return self.measured <= self.goal if self.at_most else self.measured >= self.goal

    def to_json(self) -> dict[str, object]:
        """The figure as it stands in var/bench.json."""
        return {**asdict(self), "met": self.met}

    def row(self) -> tuple[str, str, str, str]:
        """Figure, measured, goal, met: in words."""
        bound = (
            "" if self.goal is None else f"{'at most' if self.at_most else 'at least'} {_text(self.goal)} {self.unit}"
        )
        met = {True: "yes", False: "no", None: ""}[self.met]
        return self.name, f"{_text(self.measured)} {self.unit}".strip(), bound.strip(), met


def table(figures: list[Figure]) -> str:
    """A Markdown table, aligned for people who read it as it is."""
    rows = [("figure", "measured", "goal", "met"), *(figure.row() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        "| " + " | ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])


def _text(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"

"""Conditions in config.yaml: formulas that are true or false, such as `chamber.int_temp > 40 and not chamber.fan_left`.

They have a third outcome: unknown, when one of their channels has no value that can be believed.
"""

import ast
from collections.abc import Iterator, Mapping

from hub.contract.formula import Expression

EXAMPLE = "chamber.int_temp > 40"


class Condition(Expression):
    """One condition, whose channels it names `device.channel` or `stand.device.channel`."""

    def __init__(self, text: str) -> None:
        """Raises ValueError, with what to write instead."""
        super().__init__(text)
        self.switches = frozenset(_switches(self.tree, text.strip()))
        """The channels that stand where true or false belongs, so they must be switches."""
        if not self.references:
            raise ValueError(f"the condition names no channel; write for example {EXAMPLE}")
        for name in sorted(self.references):
            if name.count(".") not in (1, 2):
                raise ValueError(f"{name!r} is no channel of a device; write device.channel, for example {EXAMPLE}")

    def holds(self, known: Mapping[str, float | None]) -> bool | None:
        """Whether it is true with these values of its channels; None when that is not known.

        It is not known when any of its channels has no value, nor where it cannot be worked out, as at a division by 0.
        """
        values = {name: value for name in self.references if (value := known.get(name)) is not None}
        found = self.outcome(values) if len(values) == len(self.references) else None
        return None if found is None else bool(found)


def _switches(node: ast.expr, text: str) -> Iterator[str]:
    """The channels in the places of `node` that are true or false. Raises ValueError where a number stands in one."""
    match node:
        case ast.Compare():
            return
        case ast.Name(id=name):
            yield name
        case ast.BoolOp(values=inner):
            for each in inner:
                yield from _switches(each, text)
        case ast.UnaryOp(op=ast.Not(), operand=each):
            yield from _switches(each, text)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            for each in (test, body, orelse):
                yield from _switches(each, text)
        case _:
            part = ast.get_source_segment(text, node)
            raise ValueError(f"{part!r} is a number, where true or false belongs; write for example {EXAMPLE}")

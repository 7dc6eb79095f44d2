"""Formulas in config.yaml: numbers, channels' names, the usual operators and a few functions; nothing else."""

import ast
import math
import operator
from collections.abc import Callable, Mapping

from simpleeval import DEFAULT_OPERATORS, InvalidExpression, SimpleEval

from hub.contract.suggestion import did_you_mean

FUNCTIONS: dict[str, Callable[..., float]] = {
    "abs": abs,
    "exp": math.exp,
    "log": math.log,
    "log10": math.log10,
    "max": max,
    "min": min,
    "sqrt": math.sqrt,
}
LONGEST = 1000
_ALLOWED = (
    *(ast.Expression, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Call, ast.Name, ast.Load),
    *(ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Mod, ast.Pow, ast.USub, ast.UAdd, ast.Not, ast.And, ast.Or),
    *(ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Constant),
)
_TRUTHS = (ast.Compare, ast.BoolOp)


class Expression:
    """What formulas and conditions have in common. `references` are the channels it needs, as it names them."""

    def __init__(self, text: str) -> None:
        """Raises ValueError, with what to write instead."""
        if len(text) > LONGEST:
            raise ValueError(f"the formula is too long; {LONGEST} characters are the most")
        try:
            tree = ast.parse(text.strip(), mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise ValueError(f"{text[:60]!r} is no formula; write for example 0.5 * (left + right)") from None
        self.text = " ".join(text.split())
        self.tree: ast.expr = _Names().visit(tree).body
        _check(tree)
        self.references = frozenset(
            node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id not in FUNCTIONS
        )
        self._evaluator = SimpleEval(operators=_OPERATORS, functions=FUNCTIONS)
        try:
            self._result(dict.fromkeys(self.references, 1.0))
        except TypeError as error:
            raise ValueError(f"a function gets what it cannot take ({error})") from None
        except (ArithmeticError, ValueError):
            return  # not with these numbers, but with others

    def outcome(self, known: Mapping[str, float]) -> object:
        """The result for these values of the channels; None where there is none, such as at a division by 0."""
        try:
            return self._result(known)
        except (ArithmeticError, ValueError, TypeError):
            return None

    def _result(self, known: Mapping[str, float]) -> object:
        self._evaluator.names = {name: float(value) for name, value in known.items()}
        try:
            return self._evaluator.eval("", previously_parsed=self.tree)
        except InvalidExpression as error:
            raise ValueError(str(error)) from None


class Formula(Expression):
    """A number worked out from others, which it names `red` or `lamp.red`."""

    def __init__(self, text: str) -> None:
        """Raises ValueError, with what to write instead."""
        super().__init__(text)
        if _is_truth(self.tree):
            raise ValueError("the formula is true or false, not a number; write for example 1 if left > right else 0")
        for name in sorted(self.references):
            if name.count(".") > 1:
                raise ValueError(f"{name!r} is no channel of this stand's; write red, or lamp.red of another device")

    def value(self, known: Mapping[str, float]) -> float | None:
        """The result for these values of the channels; None where there is none."""
        found = self.outcome(known)
        return found if isinstance(found, float) and math.isfinite(found) else None


def _finite(function: Callable[[float, float], object]) -> Callable[[float, float], float]:
    """The operator, which fails where its result is no number to go on with: of NaN every comparison is false."""

    def checked(left: float, right: float) -> float:
        found = function(left, right)
        if not isinstance(found, float) or not math.isfinite(found):
            raise ArithmeticError(f"{found} is no finite number")
        return found

    return checked


_OPERATORS = DEFAULT_OPERATORS | {
    ast.Add: _finite(operator.add),
    ast.Sub: _finite(operator.sub),
    ast.Mult: _finite(operator.mul),
    ast.Div: _finite(operator.truediv),
    ast.Mod: _finite(operator.mod),
    ast.Pow: _finite(operator.pow),
}


class _Names(ast.NodeTransformer):
    """Makes one name of `lamp.red`, and floats of whole numbers, whose powers could grow without end."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        owner = self.visit(node.value)
        if isinstance(owner, ast.Name):
            return ast.copy_location(ast.Name(f"{owner.id}.{node.attr}", ast.Load()), node)
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return ast.copy_location(ast.Constant(float(node.value)), node) if type(node.value) is int else node


def _check(tree: ast.Expression) -> None:
    for node in ast.walk(tree):
        if not isinstance(node, _ALLOWED):
            raise ValueError(f"a formula has no {type(node).__name__}; it has numbers, channels, operators, functions")
        if isinstance(node, ast.Constant) and not isinstance(node.value, float):
            raise ValueError(f"{node.value!r} is no number")
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else "that"
            if name not in FUNCTIONS:
                raise ValueError(f"there is no function {name!r}{did_you_mean(name, FUNCTIONS)}")
            if node.keywords:
                raise ValueError(f"{name} takes its numbers without names")


def _is_truth(node: ast.expr) -> bool:
    if isinstance(node, ast.IfExp):
        return _is_truth(node.body) or _is_truth(node.orelse)
    return isinstance(node, _TRUTHS) or (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not))

"""Compiled expressions: the public door (:func:`compile_text`, :class:`Expression`), and the lower one.

The lower door is for whoever evaluates many expressions as one decision: they make one :class:`Meter`, so that
ticks and warnings are shared, convert the variables once (:func:`feel.from_python`), open a
:class:`Scope` over them and call :meth:`Expression.run` (any expression) or :meth:`Expression.test` (unary tests).

    meter = Meter(limits, now=now, functions=functions, types=types)
    scope = Scope(values, None, meter)            # values: FEEL values by name
    value = expression.run(scope)                 # → a FEEL value
    answer = cell.test(input_value, scope)        # → True, False or None
    inner = Scope({"local": value}, scope, meter) # a level of names inside
    meter.warnings, meter.ticks                   # afterwards
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from feel.builtin import BUILTIN
from feel.compiler import Compiler
from feel.conversion import from_python
from feel.errors import FeelSyntaxError, LimitExceeded
from feel.lexer import Source
from feel.limits import DEFAULT, NESTING, Limits
from feel.meter import Meter
from feel.names import layer_of
from feel.parser import Parser
from feel.scope import Scope
from feel.sentences import Sentence
from feel.syntax import RangeLiteral, UnaryComparison
from feel.values import Range

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from feel.errors import EvaluationWarning
    from feel.syntax import Node

Kind = Literal["expression", "unary tests"]


class Evaluation(NamedTuple):
    """What an evaluation gave.

    Attributes:
        value: A FEEL value; null where it could not be computed.
        warnings: Why something was null, in the order it happened.
        ticks: The work that was done, see :class:`feel.Limits`.
    """

    value: object
    warnings: tuple[EvaluationWarning, ...]
    ticks: int


class Expression:
    """A compiled text: immutable, to be shared by threads.

    Attributes:
        text: What was compiled.
        kind: ``"expression"`` or ``"unary tests"``.
        element_id: What :func:`feel.compile` was told; warnings and errors repeat it.
        syntax: The syntax tree.
        free: The names it uses from outside: variables and host functions.
        run: Lower door: ``run(scope)`` gives the value of an expression; unary tests read ``?`` from the scope.
        test: Lower door: ``test(value, scope)`` gives True, False or None for unary tests.
    """

    __slots__ = ("_reads", "element_id", "free", "kind", "run", "syntax", "test", "text")

    text: str
    kind: Kind
    element_id: str
    syntax: Node
    free: frozenset[str]
    run: Callable[[Scope], object]
    test: Callable[[object, Scope], bool | None]

    def __init__(
        self, text: str, kind: Kind, element_id: str, tree: Node, compiler: Compiler, *, strict: bool
    ) -> None:
        fix = object.__setattr__
        fix(self, "text", text)
        fix(self, "kind", kind)
        fix(self, "element_id", element_id)
        fix(self, "syntax", tree)
        if kind == "unary tests":
            test = compiler.unary_tests(tree)  # type: ignore[arg-type]
            fix(self, "test", test)
            fix(self, "run", lambda scope: test(scope.values.get("?"), scope))
            compiler.reads.add("?")
        else:
            fix(self, "run", compiler.run(tree))
            fix(self, "test", _no_test)
        fix(self, "_reads", tuple(compiler.reads))
        used = compiler.reads & compiler.declared if strict else compiler.reads - {"?"}
        fix(self, "free", frozenset(used | compiler.hosted))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"Expression.{name} cannot be changed")

    def __repr__(self) -> str:
        return f"feel.compile({self.text!r}, kind={self.kind!r})"

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("an Expression cannot be pickled: compile its text again")

    def evaluate(
        self,
        variables: Mapping[str, object],
        *,
        limits: Limits = DEFAULT,
        now: datetime | None = None,
        functions: Mapping[str, Callable[..., object]] | None = None,
    ) -> Evaluation:
        """The value for these variables.

        Args:
            variables: Python values by name, converted by :func:`feel.from_python`; only those that the
                expression uses are read. Unary tests find the value they test under ``"?"``.
            limits: What may be spent.
            now: The moment that ``now()`` and ``today()`` give; the machine's without it.
            functions: Host functions by name; they get FEEL values.

        Raises:
            LimitExceeded: It took more than the limits allow.
            ValueRefused: A variable has no FEEL value, e.g. a float.
        """
        meter = Meter(limits, now, functions)
        try:
            values = {name: from_python(variables[name]) for name in self._reads if name in variables}  # type: ignore[attr-defined]
            value = self.run(Scope(values, None, meter))
            if value.__class__ is list or value.__class__ is dict:
                meter.check_result(value)
        except RecursionError:
            raise too_deep(meter) from None
        return Evaluation(value, tuple(meter.warnings), meter.ticks)


def too_deep(meter: Meter) -> LimitExceeded:
    """The error for an evaluation that Python's own stack stopped before the limits did."""
    return LimitExceeded(Sentence("The evaluation is nested too deeply and was stopped."), meter.ticks)


def _no_test(value: object, scope: Scope) -> bool | None:  # noqa: ARG001 - one signature for all tests
    raise TypeError("only unary tests have a test(); compile with kind='unary tests'")


def constant_range(text: str) -> Range | None:
    """The range that a text spells, where its ends are constants; None for any other text."""
    try:
        tree = Parser(Source(text, ""), (), (_BUILTIN_LAYER,), (), strict=False).expression_text()
        compiler = Compiler("", frozenset(), frozenset())
        if isinstance(tree, RangeLiteral):
            known, value = compiler.constant(tree)
        elif isinstance(tree, UnaryComparison):
            known, _ = compiler.constant(tree.operand)
            value = compiler.run(tree)(Scope({}, None, Meter()))
        else:
            return None
    except (FeelSyntaxError, RecursionError):
        return None
    return value if known and isinstance(value, Range) else None


_BUILTIN_LAYER = layer_of(tuple(BUILTIN))


def compile_text(
    text: str,
    names: Iterable[str] = (),
    *,
    kind: Kind = "expression",
    element_id: str = "",
    functions: Iterable[str] = (),
    members: Iterable[str] = (),
    strict: bool = False,
) -> Expression:
    """Compiles FEEL once, to be evaluated often.

    Args:
        text: An expression, or the unary tests of a table's cell.
        names: The names that are in scope; they may hold spaces and signs, and the longest one wins.
        kind: ``"expression"`` or ``"unary tests"``.
        element_id: The element or cell, for errors and warnings.
        functions: Names of host functions, called like built-in ones.
        members: Names of context entries that hold signs (``a-b``), to be found after a dot.
        strict: Whether what can have no value is an error already here: a name that nothing declares (inside a
            filter it may be an entry of an item, which nobody knows before it runs), a literal pattern, date or
            duration that is none, an external function. Without it these are null and a warning when run.

    Raises:
        FeelSyntaxError: The text is no FEEL, is too long or nested too deeply; says line and column.
        UndeclaredName: With ``strict``, a name that nothing declares.
    """
    declared = tuple(names)
    hosted = tuple(functions)
    source = Source(text, element_id)
    try:
        parser = Parser(source, declared, (layer_of(hosted), _BUILTIN_LAYER), tuple(members), strict=strict)
        tree = parser.expression_text() if kind == "expression" else parser.unary_tests_text()
        compiler = Compiler(element_id, frozenset(declared), frozenset(hosted), strict=strict)
        return Expression(text, kind, element_id, tree, compiler, strict=strict)
    except RecursionError:
        raise FeelSyntaxError(
            Sentence("The expression is nested more than {limit} levels deep.", limit=NESTING), 1, 1, element_id
        ) from None

"""What the tests of FEEL share: evaluate a text, and say that two texts mean the same value."""

from __future__ import annotations

import datetime as dt

import feel

NOW = dt.datetime(2024, 2, 29, 10, 15, 30, tzinfo=dt.UTC)


def value(text, variables=None, **compiling):
    """The value of an expression, without its warnings."""
    variables = variables or {}
    return (
        feel.compile(text, compiling.pop("names", tuple(variables)), **compiling).evaluate(variables, now=NOW).value
    )


def answer(text, tested, variables=None):
    """What unary tests say about a value."""
    variables = variables or {}
    expression = feel.compile(text, tuple(variables), kind="unary tests")
    return expression.evaluate({**variables, "?": tested}, now=NOW).value


def warnings(text, variables=None, **compiling):
    """The sentences of the warnings of an expression."""
    variables = variables or {}
    expression = feel.compile(text, tuple(variables), **compiling)
    return [str(warning.sentence) for warning in expression.evaluate(variables, now=NOW).warnings]

"""The cells that almost every table consists of, read without a parser: numbers, texts, ranges, comparisons.

What is recognised here means exactly what the parser would make of it; everything else is left to the
parser. It makes the compilation of a large table several times faster.
"""

from __future__ import annotations

import re
from decimal import Decimal

from feel.decisions.regions import Interval, Region, point

LONGEST = 400
"""Code points of a text that is looked at."""

_NUMBER = r"-?(?:0|[1-9]\d{0,19})(?:\.\d{1,10})?"
_TEXT = r'"[^"\\\x00-\x1f\x7f-\x9f\u2028\u2029]*"'
_BOOLEAN = r"true|false"
_ITEM = re.compile(
    rf"""\s*(?:
    (?P<value>{_NUMBER}|{_TEXT}|{_BOOLEAN})(?![\w.])
    |(?P<operator><=|>=|<|>)\ *(?P<end>{_NUMBER})(?![\w.])
    |(?P<open>[\[(])\ *(?P<low>{_NUMBER})\ *\.\.\ *(?P<high>{_NUMBER})\ *(?P<close>[\])])
    )\s*(?P<next>,|$)""",
    re.VERBOSE | re.ASCII,
)
_CONSTANT = re.compile(rf"{_NUMBER}|{_TEXT}|{_BOOLEAN}", re.ASCII)


def plain_region(text: str) -> Region | None:
    """What a cell of conditions accepts, None where the parser must tell."""
    if len(text) > LONGEST:
        return None
    kind = ""
    intervals = []
    position = 0
    while True:
        item = _ITEM.match(text, position)
        if item is None:
            return None
        interval = _interval(item)
        if interval is None or (kind and kind != _kind(interval)):
            return None
        kind = _kind(interval)
        intervals.append(interval)
        if not item["next"]:
            return Region(kind, tuple(intervals), null=False)
        position = item.end()


def plain_constant(text: str) -> object:
    """The value of a cell of results, None where the parser must tell."""
    if len(text) > LONGEST or not _CONSTANT.fullmatch(text) or text.startswith("-0"):
        return None
    return _value(text)


def _value(text: str) -> Decimal | str | bool:
    if text[0] == '"':
        return text[1:-1]
    if text[0] in "tf":
        return text == "true"
    return Decimal(text)


def _interval(item: re.Match[str]) -> Interval | None:
    if item["value"] is not None:
        return point(_value(item["value"]))
    if item["operator"] is not None:
        end = Decimal(item["end"])
        if item["operator"][0] == "<":
            return Interval(high=end, high_included=item["operator"] == "<=")
        return Interval(low=end, low_included=item["operator"] == ">=")
    low, high = Decimal(item["low"]), Decimal(item["high"])
    interval = Interval(low, high, item["open"] == "[", item["close"] == "]")
    return None if interval.is_empty else interval


def _kind(interval: Interval) -> str:
    end = interval.high if interval.low is None else interval.low
    return "string" if isinstance(end, str) else "boolean" if isinstance(end, bool) else "number"

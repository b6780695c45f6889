"""String functions (DMN 1.5, table 75). Positions count code points from 1, or from -1 backwards."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from feel.builtin.registry import NoResult, builtin
from feel.numbers import whole
from feel.sentences import Sentence
from feel.values import text_of

if TYPE_CHECKING:
    from feel.meter import Meter


@builtin("string", "from: any")
def string(meter: Meter, value: object) -> object:
    """The value as text; null stays null."""
    if value is None:
        return None
    return meter.string(text_of(value, meter))


@builtin("substring", "string: string", "start position: number", "length?: number")
def substring(meter: Meter, text: str, start: Decimal, length: Decimal | None = None) -> object:
    """substring("foobar", 3, 3) = "oba"."""
    position = whole(start)
    if position == 0:
        raise NoResult(Sentence("Positions count from 1, or from -1 backwards."))
    if abs(position) > len(text):
        raise NoResult(Sentence("There is no position {position} in this text.", position=position))
    first = position - 1 if position > 0 else len(text) + position
    if length is None:
        return meter.string(text[first:])
    count = whole(length)
    if count < 1:
        raise NoResult(Sentence("The length must be at least 1."))
    return meter.string(text[first : first + count])


@builtin("string length", "string: string")
def string_length(meter: Meter, text: str) -> object:
    """The number of code points."""
    return Decimal(len(text))


@builtin("upper case", "string: string")
def upper_case(meter: Meter, text: str) -> object:
    """upper case("aBc4") = "ABC4"."""
    return meter.string(text.upper())


@builtin("lower case", "string: string")
def lower_case(meter: Meter, text: str) -> object:
    """lower case("aBc4") = "abc4"."""
    return meter.string(text.lower())


@builtin("substring before", "string: string", "match: string")
def substring_before(meter: Meter, text: str, match: str) -> object:
    """substring before("foobar", "bar") = "foo"; empty without a match."""
    before, found, _ = text.partition(match) if match else ("", "", "")
    return meter.string(before) if found else ""


@builtin("substring after", "string: string", "match: string")
def substring_after(meter: Meter, text: str, match: str) -> object:
    """substring after("foobar", "ob") = "ar"; empty without a match."""
    if not match:
        return text
    _, found, after = text.partition(match)
    return meter.string(after) if found else ""


@builtin("contains", "string: string", "match: string")
def contains(meter: Meter, text: str, match: str) -> object:
    """contains("foobar", "of") = false."""
    meter.spend(len(text) >> 8)
    return match in text


@builtin("starts with", "string: string", "match: string")
def starts_with(meter: Meter, text: str, match: str) -> object:
    """starts with("foobar", "fo") = true."""
    return text.startswith(match)


@builtin("ends with", "string: string", "match: string")
def ends_with(meter: Meter, text: str, match: str) -> object:
    """ends with("foobar", "r") = true."""
    return text.endswith(match)


@builtin("string join", "list: list", "delimiter?: string")
def string_join(meter: Meter, items: list[object], delimiter: str | None = None) -> object:
    """string join(["a", "b", "c"], "_and_") = "a_and_b_and_c"; nulls are left out."""
    meter.spend(len(items) // 10)
    texts: list[str] = []
    for item in items:
        if item.__class__ is str:
            texts.append(item)
        elif item is not None:
            raise NoResult(Sentence("Only texts can be joined."))
    delimiter = delimiter or ""
    meter.check_length(sum(map(len, texts)) + len(delimiter) * max(len(texts) - 1, 0))
    return meter.string(delimiter.join(texts))

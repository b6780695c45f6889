"""What a list of values comes to (DMN 1.5, table 77): count, min, sum, mean … all, any."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from feel.builtin.registry import ITEMS_PER_TICK, NoResult, builtin
from feel.numbers import CONTEXT, ONE, ZERO
from feel.sentences import Sentence
from feel.values import compare, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from feel.meter import Meter


def _aggregate(name: str) -> Callable[[Callable[..., object]], Callable[..., object]]:
    # sum([1, 2]) and sum(1, 2) are the same call.
    def declare(implementation: Callable[..., object]) -> Callable[..., object]:
        builtin(name, "list: list")(implementation)
        return builtin(name, "first: any", "second: any", "others*: any")(
            lambda meter, first, second, others: implementation(meter, [first, second, *others])
        )

    return declare


def _numbers(meter: Meter, items: list[object]) -> list[Decimal]:
    meter.spend(len(items) // ITEMS_PER_TICK)
    for item in items:
        if item.__class__ is not Decimal:
            raise NoResult(Sentence("The list holds a {type} among its numbers.", type=kind_of(item)))
    return items  # type: ignore[return-value]


@builtin("count", "list: list")
def count(meter: Meter, items: list[object]) -> object:
    """count([1, 2, 3]) = 3."""
    return Decimal(len(items))


@builtin("count", "first: any", "second: any", "others*: any")
def count_arguments(meter: Meter, first: object, second: object, others: list[object]) -> object:
    """count(1, 2, 3) = 3."""
    return Decimal(2 + len(others))


def _extreme(meter: Meter, items: list[object], wanted: int) -> object:
    meter.spend(len(items) // ITEMS_PER_TICK)
    if not items:
        return None
    best = items[0]
    if len(items) == 1 and compare(best, best) is None:
        raise NoResult(Sentence("A {type} has no order.", type=kind_of(best)))
    for item in items[1:]:
        order = compare(item, best)
        if order is None:
            raise NoResult(
                Sentence("{left} cannot be compared with {right}.", left=kind_of(item), right=kind_of(best))
            )
        if order == wanted:
            best = item
    return best


@_aggregate("min")
def minimum(meter: Meter, items: list[object]) -> object:
    """min([1, 2, 3]) = 1; null for an empty list."""
    return _extreme(meter, items, -1)


@_aggregate("max")
def maximum(meter: Meter, items: list[object]) -> object:
    """max([1, 2, 3]) = 3; null for an empty list."""
    return _extreme(meter, items, 1)


def total(numbers: list[Decimal]) -> Decimal:
    """The sum, added from the left in FEEL's context."""
    result = ZERO
    for number in numbers:
        result = CONTEXT.add(result, number)
    return result


@_aggregate("sum")
def sum_(meter: Meter, items: list[object]) -> object:
    """sum([1, 2, 3]) = 6; null for an empty list. Durations of one kind add up too."""
    if items and kind_of(items[0]).endswith("duration"):
        return _sum_of_durations(meter, items)
    return total(_numbers(meter, items)) if items else None


def _sum_of_durations(meter: Meter, items: list[object]) -> object:
    meter.spend(len(items) // ITEMS_PER_TICK)
    result: object = items[0]
    for item in items[1:]:
        if item.__class__ is not result.__class__:
            raise NoResult(Sentence("The list holds a {type} among its durations.", type=kind_of(item)))
        result = result.plus(item)  # type: ignore[attr-defined]
    return result


@_aggregate("mean")
def mean(meter: Meter, items: list[object]) -> object:
    """mean([1, 2, 3]) = 2; null for an empty list."""
    numbers = _numbers(meter, items)
    return CONTEXT.divide(total(numbers), Decimal(len(numbers))) if numbers else None


@_aggregate("product")
def product(meter: Meter, items: list[object]) -> object:
    """product([2, 3, 4]) = 24; null for an empty list."""
    numbers = _numbers(meter, items)
    if not numbers:
        return None
    result = ONE
    for number in numbers:
        result = CONTEXT.multiply(result, number)
    return result


@_aggregate("median")
def median(meter: Meter, items: list[object]) -> object:
    """median([8, 2, 5, 3, 4]) = 4; the mean of the middle two of an even number."""
    meter.spend(len(items))
    numbers = sorted(_numbers(meter, items))
    if not numbers:
        return None
    middle = len(numbers) // 2
    if len(numbers) % 2:
        return numbers[middle]
    return CONTEXT.divide(CONTEXT.add(numbers[middle - 1], numbers[middle]), Decimal(2))


@_aggregate("stddev")
def standard_deviation(meter: Meter, items: list[object]) -> object:
    """The standard deviation of a sample; null for fewer than two numbers."""
    numbers = _numbers(meter, items)
    if len(numbers) < 2:  # noqa: PLR2004 - n - 1 divides
        return None
    average = CONTEXT.divide(total(numbers), Decimal(len(numbers)))
    differences = [CONTEXT.subtract(number, average) for number in numbers]
    squares = total([CONTEXT.multiply(each, each) for each in differences])
    return CONTEXT.sqrt(CONTEXT.divide(squares, Decimal(len(numbers) - 1)))


@_aggregate("mode")
def mode(meter: Meter, items: list[object]) -> object:
    """mode([6, 3, 9, 6, 6]) = [6]: the most frequent numbers, in ascending order."""
    counts: dict[Decimal, int] = {}
    for number in _numbers(meter, items):
        counts[number] = counts.get(number, 0) + 1
    most = max(counts.values(), default=0)
    meter.spend(len(counts))
    return sorted(number for number, times in counts.items() if times == most)


def _quantify(meter: Meter, items: list[object], *, decisive: bool) -> object:
    meter.spend(len(items) // ITEMS_PER_TICK)
    answer: bool | None = not decisive
    for item in items:
        if item is decisive:
            return decisive
        if item.__class__ is not bool:
            answer = None
    return answer


@_aggregate("all")
def all_(meter: Meter, items: list[object]) -> object:
    """all([true, false]) = false; null where it depends on what is no boolean."""
    return _quantify(meter, items, decisive=False)


@_aggregate("any")
def any_(meter: Meter, items: list[object]) -> object:
    """any([true, false]) = true; null where it depends on what is no boolean."""
    return _quantify(meter, items, decisive=True)

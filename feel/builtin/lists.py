"""List functions (DMN 1.5, table 77) that take lists apart and put them together; one tick for every ten items."""

from __future__ import annotations

from decimal import Decimal
from functools import cmp_to_key
from typing import TYPE_CHECKING

from feel.builtin.registry import ITEMS_PER_TICK, NoResult, builtin
from feel.numbers import whole
from feel.sentences import Sentence
from feel.values import compare, equal, kind_of

if TYPE_CHECKING:
    from feel.meter import Meter
    from feel.values import Function


@builtin("list contains", "list: list", "element: any")
def list_contains(meter: Meter, items: list[object], element: object) -> object:
    """list contains([1, 2, 3], 2) = true."""
    meter.weigh(items)
    return any(equal(item, element) is True for item in items)


def index_in(items: list[object], position: Decimal, *, end: int = 0) -> int:
    """The index from 0 of a position from 1 or from -1 backwards; ``end`` allows places after the last."""
    number = whole(position)
    if 0 < number <= len(items) + end:
        return number - 1
    if 0 < -number <= len(items):
        return len(items) + number
    raise NoResult(Sentence("There is no item {position} in a list of {count}.", position=number, count=len(items)))


@builtin("sublist", "list: list", "start position: number", "length?: number")
def sublist(meter: Meter, items: list[object], start: Decimal, length: Decimal | None = None) -> object:
    """sublist([4, 5, 6], 1, 2) = [4, 5]."""
    first = index_in(items, start)
    if length is None:
        return _built(meter, items[first:])
    size = whole(length)
    if size < 1 or first + size > len(items):
        raise NoResult(Sentence("There are not {length} items from there.", length=size))
    return _built(meter, items[first : first + size])


def _built(meter: Meter, items: list[object]) -> list[object]:
    meter.check_size(len(items))
    meter.spend(len(items) // ITEMS_PER_TICK)
    return items


@builtin("append", "list: list", "item*: any")
def append(meter: Meter, items: list[object], added: list[object]) -> object:
    """append([1], 2, 3) = [1, 2, 3]."""
    if not added:
        raise NoResult(Sentence("There is nothing to append."))
    meter.check_size(len(items) + len(added))
    return _built(meter, items + added)


@builtin("append", "list: list", "item: any")
def append_named(meter: Meter, items: list[object], item: object) -> object:
    """append(list: [1], item: 2)."""
    return append(meter, items, [item])


@builtin("concatenate", "list*: any")
def concatenate(meter: Meter, lists: list[object]) -> object:
    """concatenate([1, 2], [3]) = [1, 2, 3]."""
    parts = [_as_list(each) for each in lists]
    meter.check_size(sum(map(len, parts)))
    return _built(meter, [item for part in parts for item in part])


def _as_list(value: object) -> list[object]:
    if value is None:
        raise NoResult(Sentence("A list is null."))
    return value if value.__class__ is list else [value]


@builtin("insert before", "list: list", "position: number", "newItem: any")
def insert_before(meter: Meter, items: list[object], position: Decimal, new: object) -> object:
    """insert before([1, 3], 1, 2) = [2, 1, 3]."""
    index = index_in(items, position)
    return _built(meter, [*items[:index], new, *items[index:]])


@builtin("remove", "list: list", "position: number")
def remove(meter: Meter, items: list[object], position: Decimal) -> object:
    """remove([1, 2, 3], 2) = [1, 3]."""
    index = index_in(items, position)
    return _built(meter, items[:index] + items[index + 1 :])


@builtin("list replace", "list: list", "position: number", "newItem: any")
def list_replace(meter: Meter, items: list[object], position: Decimal, new: object) -> object:
    """list replace([2, 4, 7, 8], 3, 6) = [2, 4, 6, 8]."""
    index = index_in(items, position)
    return _built(meter, [*items[:index], new, *items[index + 1 :]])


@builtin("list replace", "list: list", "match: function", "newItem: any")
def list_replace_matches(meter: Meter, items: list[object], match: Function, new: object) -> object:
    """list replace([2, 4, 7, 8], function(item, newItem) item < newItem, 5) = [5, 5, 7, 8]."""
    if len(match.parameter_names()) != 2:  # noqa: PLR2004 - the item and the new item
        raise NoResult(Sentence("The match must be a function of two parameters."))
    replaced: list[object] = []
    for item in items:
        meter.spend(1)
        answer = match.invoke(meter, [item, new])
        if answer.__class__ is not bool:
            raise NoResult(Sentence("The match must give true or false."))
        replaced.append(new if answer else item)
    return replaced


@builtin("reverse", "list: list")
def reverse(meter: Meter, items: list[object]) -> object:
    """reverse([1, 2, 3]) = [3, 2, 1]."""
    return _built(meter, items[::-1])


@builtin("index of", "list: list", "match: any")
def index_of(meter: Meter, items: list[object], match: object) -> object:
    """index of([1, 2, 3, 2], 2) = [2, 4]."""
    meter.weigh(items)
    return [Decimal(index) for index, item in enumerate(items, 1) if equal(item, match) is True]


def _distinct(meter: Meter, items: list[object]) -> list[object]:
    result: list[object] = []
    seen: set[object] = set()
    for item in items:
        if item is None or item.__class__ in (str, Decimal, bool):
            # True and Decimal(1) hash alike in Python, but are different values in FEEL.
            key = (item.__class__, item)
            if key in seen:
                continue
            seen.add(key)
        else:
            meter.weigh(item)
            meter.spend(len(result) // ITEMS_PER_TICK)
            if any(equal(item, other) is True for other in result):
                continue
        result.append(item)
    return _built(meter, result)


@builtin("distinct values", "list: list")
def distinct_values(meter: Meter, items: list[object]) -> object:
    """distinct values([1, 2, 3, 2, 1]) = [1, 2, 3]."""
    return _distinct(meter, items)


@builtin("union", "list*: any")
def union(meter: Meter, lists: list[object]) -> object:
    """union([1, 2], [2, 3]) = [1, 2, 3]."""
    return _distinct(meter, concatenate(meter, lists))  # type: ignore[arg-type]


@builtin("duplicate values", "list: list")
def duplicate_values(meter: Meter, items: list[object]) -> object:
    """duplicate values([1, 2, 3, 2, 1]) = [1, 2]."""
    result: list[object] = []
    for index, item in enumerate(items):
        meter.spend(1 + len(items) // ITEMS_PER_TICK)
        meter.weigh(item)
        again = any(equal(item, other) is True for other in items[index + 1 :])
        if again and not any(equal(item, other) is True for other in result):
            result.append(item)
    return result


@builtin("flatten", "list: list")
def flatten(meter: Meter, items: list[object]) -> object:
    """flatten([[1, 2], [[3]], 4]) = [1, 2, 3, 4]."""
    result: list[object] = []
    waiting = [iter(items)]
    while waiting:
        for item in waiting[-1]:
            if item.__class__ is list:
                meter.spend(1)
                waiting.append(iter(item))
                break
            result.append(item)
            if len(result) % ITEMS_PER_TICK == 0:
                meter.spend(1)
                meter.check_size(len(result))
        else:
            waiting.pop()
    return result


@builtin("sort", "list: list", "precedes: function")
def sort(meter: Meter, items: list[object], precedes: Function) -> object:
    """sort([3, 1, 4], function(x, y) x < y) = [1, 3, 4]; equal items keep their order."""

    def order(one: object, other: object) -> int:
        meter.spend(1)
        answer = precedes.invoke(meter, [one, other])
        if answer is True:
            return -1
        if answer.__class__ is not bool:
            raise NoResult(Sentence("What comes first must be answered with true or false."))
        return 1 if precedes.invoke(meter, [other, one]) is True else 0

    if len(precedes.parameter_names()) != 2:  # noqa: PLR2004 - it compares two items
        raise NoResult(Sentence("A function of two parameters must say what comes first."))
    return sorted(items, key=cmp_to_key(order))


@builtin("sort", "list: list")
def sort_naturally(meter: Meter, items: list[object]) -> object:
    """sort([3, 1, 4]) = [1, 3, 4]."""

    def order(one: object, other: object) -> int:
        result = compare(one, other)
        if result is None:
            raise NoResult(
                Sentence("{left} cannot be compared with {right}.", left=kind_of(one), right=kind_of(other))
            )
        return result

    meter.spend(len(items))
    return sorted(items, key=cmp_to_key(order))

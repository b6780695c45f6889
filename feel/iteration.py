"""Closures for ``for``, ``some`` and ``every``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feel.iterable import items_of
from feel.scope import Scope
from feel.sentences import Sentence
from feel.values import kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from feel.meter import Place

    Run = Callable[[Scope], object]
    Source = tuple[str, Run, Run | None]


def _scopes(iterators: list[Source], scope: Scope, place: Place, position: int = 0) -> Iterator[Scope | None]:
    """One scope for every combination of items; None once where a source is nothing to iterate over."""
    name, source, end = iterators[position]
    items = items_of(source(scope), None if end is None else (end(scope),), scope.meter, place)
    if items is None:
        yield None
        return
    last = position == len(iterators) - 1
    for item in items:
        inner = Scope({name: item}, scope, scope.meter)
        if last:
            yield inner
        else:
            scope.meter.spend(1)
            yield from _scopes(iterators, inner, place, position + 1)


def for_run(iterators: list[Source], result: Run, cost: int, place: Place, *, partial: bool) -> Run:
    """``for … return result``; ``partial``, where the result mentions it, is the list of the results so far."""

    def run(scope: Scope) -> object:
        meter = scope.meter
        results: list[object] = []
        for inner in _scopes(iterators, scope, place):
            if inner is None:
                return None
            meter.spend(cost)
            meter.check_size(len(results) + 1)
            if partial:
                meter.spend(len(results) // 10)
                results.append(result(Scope({"partial": results.copy()}, inner, meter)))
            else:
                results.append(result(inner))
        return results

    return run


def quantified_run(iterators: list[Source], condition: Run, cost: int, place: Place, *, every: bool) -> Run:
    """``some … satisfies condition`` and ``every … satisfies condition``, in three values."""
    word = "every" if every else "some"

    def run(scope: Scope) -> object:
        meter = scope.meter
        answer: bool | None = every
        for inner in _scopes(iterators, scope, place):
            if inner is None:
                return None
            meter.spend(cost)
            value = condition(inner)
            if value is (not every):
                return not every
            if value.__class__ is not bool:
                answer = None
                if value is not None:
                    meter.warn(
                        "type",
                        Sentence(
                            "“{operator}” needs true or false, not a {type}.", operator=word, type=kind_of(value)
                        ),
                        place,
                    )
        return answer

    return run

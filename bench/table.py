"""The figures of a run as the table of both READMEs.

Run: ``make bench`` leaves ``var/bench/results.json``; ``python -m bench.table`` writes the tables that it makes of
them between the two marks in ``README.md`` and ``README.zh-CN.md``, with the date and the machine of that run.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "var" / "bench" / "results.json"
FILES = {"en": "README.md", "zh": "README.zh-CN.md"}
BEGIN, END = "<!-- benchmarks: made by python -m bench.table -->", "<!-- end of the benchmarks -->"
_WORDS = {
    "heading": ("| measured | SQLite | PostgreSQL | bound |", "| 指标 | SQLite | PostgreSQL | 上限 |"),
    "when": (
        "Measured on {date} with `make bench` on {machine}; ratios and medians of contestants that take turns.",
        "{date} 在 {machine} 上用 `make bench` 测得；各方轮流运行，取比值与中位数。",
    ),
    "orm_floor": ("approval of three steps, times a hand-written ORM machine", "三步审批，对手写 ORM 状态机的倍数"),
    "equal_writes": ("… times a hand-written machine with equal writes", "……对同等写入的手写状态机的倍数"),
    "wall": ("… milliseconds a matter", "……每个事项毫秒"),
    "peers": ("… nearest peer, milliseconds a matter", "……最接近的同类，每个事项毫秒"),
    "bytes": ("database growth a matter, KiB", "每个事项的数据库增长，KiB"),
    "submit": ("submit by HTTP, one client, p95 ms", "HTTP 提交，单客户端，p95 毫秒"),
    "rate": ("submits a second, best of 1, 8, 32 clients", "每秒提交数（1、8、32 客户端中最高）"),
    "inbox": ("inbox at 100,000 ended and 10,000 open, p95 ms", "十万已结、一万待办时的待办箱，p95 毫秒"),
    "inbox_growth": ("… times 1,000 ended and 100 open", "……对一千已结、一百待办的倍数"),
    "completion_growth": ("completion, times 1,000 ended and 100 open", "完成任务，对一千已结、一百待办的倍数"),
    "workers": ("two workers, times the jobs of one", "两个工作进程，对一个的作业倍数"),
    "first_page": ("`banli run` to the first page, s", "`banli run` 到首页，秒"),
    "memory": ("memory after 10,000 completions, MB", "一万次完成后的内存，MB"),
}
_OWN = {"banli", "orm_floor", "equal_writes", "plain_driver"}
_DATABASES = ("sqlite", "postgresql")
Row = tuple[str, list[Any], str]


def rows(results: Mapping[str, Any]) -> Iterator[Row]:
    """What stands in the table: key of its words, a figure for each database, and the bound."""

    def of(name: str, *path: str) -> Any:
        found: Any = results.get(name, {})
        for step in path:
            found = found.get(step) if isinstance(found, Mapping) else None
        return found

    def each(name: str, *path: str) -> list[Any]:
        return [of(name, database, *path) for database in _DATABASES]

    walls = each("approval", "banli", "wall_ms")
    for floor, bound in (("orm_floor", "0.8"), ("equal_writes", "1.5")):
        floors = each("approval", floor, "wall_ms")
        ratios = [ours and theirs and round(ours / theirs, 2) for ours, theirs in zip(walls, floors, strict=True)]
        yield floor, ratios, bound
    yield "wall", walls, ""
    yield "peers", [_peer(of("approval", database)) for database in _DATABASES], ""
    grown = each("approval", "banli", "bytes")
    yield "bytes", [bytes_ is not None and round(bytes_ / 1024, 1) for bytes_ in grown], "12"
    houses = {name: figures for name, figures in results.get("web", {}).items() if isinstance(figures, Mapping)}
    yield "submit", [_of_web(houses, database, _submit, max) for database in _DATABASES], "40"
    yield "rate", [_of_web(houses, database, _rate, max) for database in _DATABASES], "≥ 100"
    yield "inbox", each("growth", "inbox", "large", "p95"), "30"
    yield "inbox_growth", each("growth", "inbox", "ratio"), "1.3"
    yield "completion_growth", each("growth", "approve", "ratio"), "1.3"
    yield "workers", [None, of("workers", "jobs_a_second", "ratio")], "≥ 1.7"
    yield "first_page", [of("footprint", "first_page_s"), None], "3"
    yield "memory", [of("footprint", "memory_all_mb"), None], "150"


def _peer(measured: Any) -> str | None:
    """The fastest of the others, by name."""
    if not isinstance(measured, Mapping):
        return None
    peers = {name: figures["wall_ms"] for name, figures in measured.items() if name not in _OWN}
    if not peers:
        return None
    name = min(peers, key=lambda each: peers[each])
    return f"{peers[name]} ({name.replace('_', '-')})"


def _of_web(houses: Mapping[str, Any], database: str, figure: Any, best: Any) -> Any:
    found = [figure(figures) for name, figures in houses.items() if name.startswith(database)]
    known = [each for each in found if each is not None]
    return best(known) if known else None


def _submit(figures: Mapping[str, Any]) -> Any:
    return figures.get("1 clients", {}).get("submit_ms", {}).get("p95")


def _rate(figures: Mapping[str, Any]) -> Any:
    rates = [each["submits_a_second"] for name, each in figures.items() if name.endswith(" clients")]
    return max(rates, default=None)


def table(results: Mapping[str, Any], language: str) -> str:
    """The section between the marks."""
    which = list(FILES).index(language)
    lines = [BEGIN, _WORDS["when"][which].format(**results["run"]), "", _WORDS["heading"][which], "|---|---|---|---|"]
    for name, figures, bound in rows(results):
        cells = [_WORDS[name][which], *("–" if each in (None, False) else str(each) for each in figures), bound]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join([*lines, END])


def main() -> int:
    """Write both; gives the exit code."""
    if not RESULTS.exists():
        print("There are no results yet: run `make bench` first.", file=sys.stderr)
        return 1
    results = json.loads(RESULTS.read_text())
    for language, name in FILES.items():
        file = ROOT / name
        before, mark, rest = file.read_text().partition(BEGIN)
        if not mark:
            print(f"{name} has no place for the table: {BEGIN}", file=sys.stderr)
            return 1
        file.write_text(before + table(results, language) + rest.partition(END)[2])
        print(f"{name} holds the figures of {results['run']['date']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

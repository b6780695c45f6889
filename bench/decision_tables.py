"""How fast decision tables are: ours beside bkflow-feel and zen-engine, in the same run on the same rules.

    python bench/decision_tables.py            prints a table for people and one line of JSON
    python bench/decision_tables.py --check    ends with 1 when a figure is above its limit

Small table: 3 inputs × 10 rules × 2 outputs, the last rule hits, Python values are converted. Large table:
1,000 rules × 5 inputs. Each figure is the best of several repetitions, so that other programs disturb little.
The other packages come with the extra ``bench``; without them their lines say so.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from xml.sax.saxutils import escape

from feel import decisions
from feel.decisions.checks import check_table

REPETITIONS = 7
LIMITS = {
    "small, no trace (µs)": 30.0,
    "small, with trace (µs)": 90.0,
    "large: compile (s)": 0.5,
    "large: evaluate (ms)": 2.0,
    "large: gaps and overlaps (s)": 2.0,
}
SMALL_INPUTS = (("amount", "number"), ("kind", "string"), ("urgent", "boolean"))
SMALL_VALUES = {"amount": 950, "kind": "b", "urgent": True}
LARGE_INPUTS = (
    ("amount", "number"),
    ("kind", "string"),
    ("days", "number"),
    ("urgent", "boolean"),
    ("discount", "number"),
)
LARGE_VALUES = {"amount": 950, "kind": "k9", "days": 950, "urgent": True, "discount": 50}
Rules = list[tuple[list[str], list[str]]]


def small_rules() -> Rules:
    """Ten rules of which only the last one is met by the values."""
    return [
        ([f"({i * 100}..{i * 100 + 100}]", '"a","b"', "-" if i % 2 else "true"], [f'"rule {i}"', str(i)])
        for i in range(10)
    ]


def large_rules() -> Rules:
    """A thousand rules that together cover everything exactly once: a cube of 10 × 10 × 10, two columns wide."""

    def stretch(part: int) -> str:
        if part == 0:
            return "<= 100"
        return f"> {part * 100}" if part == 9 else f"({part * 100}..{part * 100 + 100}]"

    def kind(part: int) -> str:
        return f'"k{part}"' if part else "not(" + ", ".join(f'"k{i}"' for i in range(1, 10)) + ")"

    return [
        (
            [stretch(i % 10), kind(i // 10 % 10), stretch(i // 100), "true, false", f"<= {i}, > {i}"],
            [f'"rule {i}"', str(i)],
        )
        for i in range(1000)
    ]


def dmn(inputs: tuple[tuple[str, str], ...], rules: Rules) -> bytes:
    """A DMN file with one table."""
    data = "".join(
        f'<inputData id="i_{n}" name="{n}"><variable name="{n}" typeRef="{t}"/></inputData>' for n, t in inputs
    )
    needs = "".join(
        f'<informationRequirement><requiredInput href="#i_{n}"/></informationRequirement>' for n, _ in inputs
    )
    columns = "".join(
        f'<input id="c_{n}"><inputExpression><text>{n}</text></inputExpression></input>' for n, _ in inputs
    )
    rows = "".join(
        f'<rule id="r{i}">'
        + "".join(f"<inputEntry><text>{escape(cell)}</text></inputEntry>" for cell in tests)
        + "".join(f"<outputEntry><text>{escape(cell)}</text></outputEntry>" for cell in results)
        + "</rule>"
        for i, (tests, results) in enumerate(rules, 1)
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="f" name="bench" namespace="urn:bench">'
        f'{data}<decision id="d" name="d">{needs}<decisionTable id="t">{columns}'
        f'<output id="o1" name="o"/><output id="o2" name="p"/>{rows}</decisionTable></decision></definitions>'
    ).encode()


def seconds(action: Callable[[], object], times: int = 1) -> float:
    """The best time of one call in several repetitions."""
    best = float("inf")
    for _ in range(REPETITIONS):
        start = time.perf_counter()
        for _ in range(times):
            action()
        best = min(best, (time.perf_counter() - start) / times)
    return best


def ours() -> dict[str, float]:
    """Our figures."""
    compiled = decisions.compile(dmn(SMALL_INPUTS, small_rules()))
    expected = {"o": "rule 9", "p": Decimal(9)}
    assert compiled.evaluate("d", SMALL_VALUES).value == expected
    figures = {
        "small, no trace (µs)": seconds(lambda: compiled.evaluate("d", SMALL_VALUES, trace=False), 2000) * 1e6,
        "small, with trace (µs)": seconds(lambda: compiled.evaluate("d", SMALL_VALUES), 2000) * 1e6,
    }
    file = dmn(LARGE_INPUTS, large_rules())
    spaces = iter(range(1, 1000))
    # Every compilation gets other bytes, so that none is answered from the cache.
    figures["large: compile (s)"] = seconds(lambda: decisions.compile(file + b" " * next(spaces)))
    large = decisions.compile(file)
    assert large.evaluate("d", LARGE_VALUES, trace=False).value == {"o": "rule 999", "p": Decimal(999)}
    figures["large: evaluate (ms)"] = seconds(lambda: large.evaluate("d", LARGE_VALUES, trace=False), 200) * 1e3
    figures["large: with trace (ms)"] = seconds(lambda: large.evaluate("d", LARGE_VALUES), 5) * 1e3
    figures["large: gaps and overlaps (s)"] = seconds(lambda: list(check_table(large.tables[0])))
    assert not [problem for problem in check_table(large.tables[0]) if problem.code != "unused_input"]
    return figures


def bkflow_feel() -> dict[str, float]:
    """bkflow-feel has no tables: its parsed expressions are evaluated rule by rule, as a table would."""
    from bkflow_feel.api import default_parser, default_transformer  # noqa: PLC0415 - an optional package

    def parsed(text: str) -> object:
        return default_transformer.transform(default_parser.parse(text))

    rows = []
    for i in range(10):
        tests = [f"amount > {i * 100} and amount <= {i * 100 + 100}", 'kind = "a" or kind = "b"']
        tests += [] if i % 2 else ["urgent = true"]
        rows.append(([parsed(test) for test in tests], [parsed(f'"rule {i}"'), parsed(str(i))]))

    def evaluate() -> list[object]:
        return [
            [result.evaluate(SMALL_VALUES) for result in results]
            for tests, results in rows
            if all(test.evaluate(SMALL_VALUES) for test in tests)
        ]

    assert evaluate() == [["rule 9", 9]]
    return {"small, no trace (µs)": seconds(evaluate, 200) * 1e6}


def zen_engine() -> dict[str, float]:
    """zen-engine (Rust): the same small table in its own format and expression language."""
    import zen  # noqa: PLC0415 - an optional package

    names = [name for name, _ in SMALL_INPUTS]
    rules = [
        {
            "_id": f"r{i}",
            "amount": f"({i * 100}..{i * 100 + 100}]",
            "kind": "'a','b'",
            "urgent": "" if i % 2 else "true",
            "o": f"'rule {i}'",
            "p": str(i),
        }
        for i in range(10)
    ]
    table = {
        "hitPolicy": "first",
        "inputs": [{"id": name, "name": name, "field": name} for name in names],
        "outputs": [{"id": name, "name": name, "field": name} for name in ("o", "p")],
        "rules": rules,
    }
    graph = {
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode", "content": {}},
            {"id": "t", "name": "t", "type": "decisionTableNode", "content": table},
            {"id": "out", "name": "out", "type": "outputNode", "content": {}},
        ],
        "edges": [
            {"id": "e1", "sourceId": "in", "targetId": "t", "type": "edge"},
            {"id": "e2", "sourceId": "t", "targetId": "out", "type": "edge"},
        ],
    }
    engine = zen.ZenEngine()
    decision = engine.create_decision(json.dumps(graph))
    assert decision.evaluate(SMALL_VALUES)["result"] == {"o": "rule 9", "p": 9}
    return {
        "small, no trace (µs)": seconds(lambda: decision.evaluate(SMALL_VALUES), 300) * 1e6,
        "small, with trace (µs)": seconds(lambda: decision.evaluate(SMALL_VALUES, {"trace": True}), 300) * 1e6,
    }


def main() -> int:
    """Print the figures; with --check, 1 when one of ours is above its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="end with 1 when a figure is above its limit")
    arguments = parser.parse_args()
    figures: dict[str, dict[str, float]] = {"banli": ours()}
    missing = []
    for name, measure in (("bkflow-feel", bkflow_feel), ("zen-engine", zen_engine)):
        try:
            figures[name] = measure()
        except ImportError:
            missing.append(name)
    print(f"{'':32}{'limit':>9}" + "".join(f"{name:>14}" for name in figures))
    for row in figures["banli"]:
        cells = "".join(f"{of[row]:>14.3f}" if row in of else f"{'-':>14}" for of in figures.values())
        print(f"{row:32}{LIMITS.get(row, float('nan')):>9g}{cells}".replace("nan", "  -"))
    for name in missing:
        print(f"{name} is not installed: pip install 'banli[bench]'")
    above = [row for row, limit in LIMITS.items() if figures["banli"][row] > limit]
    rounded = {name: {row: round(figure, 4) for row, figure in of.items()} for name, of in figures.items()}
    print(json.dumps({"decision_tables": rounded, "limits": LIMITS, "above_limit": above}, ensure_ascii=False))
    return 1 if arguments.check and above else 0


if __name__ == "__main__":
    sys.exit(main())

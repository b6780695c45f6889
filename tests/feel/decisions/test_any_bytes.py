"""No bytes of any kind make ``compile`` raise anything but a refusal, or ``evaluate`` but a decision error."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feel import decisions
from tests.feel.decisions.files import table_file

FILE = table_file(
    [("n", "number"), ("kind", "string")],
    ["o", "p"],
    [(["<= 5", '"a","b"'], ["n * 2", '"x"']), (["(5..9]", "-"], ["1", "kind"]), (["> 9", 'not("c")'], ["2", "null"])],
    hit_policy="FIRST",
    allowed_outputs={"p": '"x", "y"'},
    defaults={"o": "0"},
)


def survives(xml: bytes) -> str:
    """What became of a file; anything undeclared that is raised fails the test."""
    decisions.check(xml, seconds=0.2)
    try:
        compiled = decisions.compile(xml)
    except decisions.DecisionsRefused as refused:
        return "refused" if refused.problems else "without a reason"
    for each in compiled.decisions.values():
        try:
            compiled.evaluate(each.id, {"n": 3, "kind": "a"})
        except decisions.DecisionError as error:
            if not str(error):
                return "without a reason"
    return "compiled"


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_random_bytes(xml):
    assert survives(xml) == "refused"


@pytest.mark.parametrize("seed", range(150))
def test_a_damaged_file(seed):
    chance = random.Random(seed)  # noqa: S311 - repeatable chance, no secret
    damaged = bytearray(FILE)
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(damaged))
        end = min(len(damaged), start + chance.randint(0, 12))
        damaged[start:end] = chance.choice([b"", b"<", b'"', b"&lt;", b"0", b"\xff", b"n", damaged[end : end + 20]])
    assert survives(bytes(damaged)) in {"refused", "compiled"}


cell_texts = st.text(st.sampled_from('0159.-+*/<>=()[]{}"?,: nkindtrueotaf\\年@'), max_size=25)


@settings(max_examples=150, deadline=None)
@given(cell_texts, cell_texts)
def test_any_text_in_a_cell(test, result):
    file = table_file([("n", "number"), ("kind", "")], ["o"], [([test, "-"], [result]), (["-", test], ["1"])])
    assert survives(file) in {"refused", "compiled"}

"""Random diagrams and inputs through the runtime and through an independent token game: the same elements wait.

Each run is played three ways at once: by the game, by the runtime restored from its saved state before every step,
and by the runtime that keeps every finished token in memory. BANLI_ORACLE_RUNS sets how many (20,000 on release).
"""

from __future__ import annotations

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import runtime
from engine.errors import DeploymentRefused, ExecutionFailed
from tests.engine.runtime.drawing import TestHost, document
from tests.engine.runtime.random_models import Builder, draw
from tests.engine.runtime.token_game import Game, Stuck

RUNS = int(os.environ.get("BANLI_ORACLE_RUNS", "250"))
STEPS = 25
_MESSAGE = '<bpmn:message id="m" name="m"/>'
_HOST = TestHost()


class Played:
    """The runtime, with the state saved between steps or with everything kept."""

    def __init__(self, process, variables, *, restored: bool) -> None:
        self.process, self.restored = process, restored
        self.workflow = runtime.Workflow.start(process, variables, _HOST, keep_history=not restored)

    def waiting(self) -> Counter[str]:
        return Counter(wait.element_id for wait in self.workflow.waiting)

    def step(self, command: str, element_id: str, variables) -> None:
        if self.restored:
            self.workflow = runtime.Workflow.restore(self.process, self.workflow.save(), _HOST)
        ids = [w.element_instance_id for w in self.workflow.waiting if w.element_id == element_id]
        getattr(self.workflow, command)(min(ids, key=int), variables)


def outcome(play):
    """What a step did: nothing to say, or stuck."""
    try:
        play()
    except Stuck:
        return "stuck"
    except ExecutionFailed as failure:
        assert failure.kind == "token"  # noqa: PT017 - a stuck game is an outcome, not the failure of a test
        return "stuck"
    return None


def run(seed: int) -> str:
    """One random run; says how it went."""
    builder = Builder(seed)
    graph = builder.model()
    items = builder.random.choice((0, 1, 2, 3))
    variables = {**builder.values(), "items": list(range(items))}
    source = document(draw(graph), top=_MESSAGE)
    try:
        diagram = runtime.compile(source, file=f"{seed}.bpmn")
    except DeploymentRefused as refusal:
        codes = {problem.code for problem in refusal.problems if problem.severity == "error"}
        assert codes == {"join-never-fires"}  # noqa: PT017 - a refusal is an outcome, not the failure of a test
        return "refused"
    process = runtime.load(diagram.compiled).processes["p"]
    players: list = []
    outcomes = {
        outcome(lambda: players.append(Game(graph, variables, items))),
        outcome(lambda: players.append(Played(process, variables, restored=True))),
        outcome(lambda: players.append(Played(process, variables, restored=False))),
    }
    for _ in range(STEPS):
        assert len(outcomes) == 1, f"seed {seed}: {outcomes}"
        if outcomes == {"stuck"}:
            return "stuck"
        game, *runtimes = players
        waiting = game.waiting()
        for played in runtimes:
            assert played.waiting() == waiting, f"seed {seed}"
            assert played.workflow.ended == game.ended, f"seed {seed}"
        if game.ended:
            return "ended"
        element_id = builder.random.choice(sorted(waiting))
        values = builder.values()
        if element_id.startswith("event"):
            outcomes = {outcome(lambda: game.occur(element_id))}  # noqa: B023 - called at once
            command, values = "trigger", {}
        else:
            outcomes = {outcome(lambda: game.complete(element_id, values))}  # noqa: B023 - called at once
            command = "complete"
        for played in runtimes:
            outcomes.add(outcome(lambda: played.step(command, element_id, values)))  # noqa: B023 - called at once
    return "open"


@settings(max_examples=RUNS, deadline=None, suppress_health_check=list(HealthCheck), derandomize=False)
@given(st.integers(0, 2**40))
def test_the_same_elements_wait_after_every_step(seed):
    assert run(seed) in {"refused", "stuck", "ended", "open"}


def test_the_models_are_worth_the_while():
    outcomes = Counter(run(seed) for seed in range(120))
    assert outcomes["ended"] + outcomes["open"] >= 60
    assert outcomes["stuck"] >= 3


@pytest.mark.parametrize("seed", [])
def test_what_once_went_wrong(seed):
    assert run(seed) in {"refused", "stuck", "ended", "open"}

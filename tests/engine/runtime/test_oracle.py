"""Random diagrams and inputs through the runtime and through an independent token game: the same elements wait.

Among the steps are jumps to other tasks, migrations (to the same diagram, read anew) and cancellations.
Each run is played three ways at once: by the game, by the runtime restored from its saved state before every step,
and by the runtime that keeps every finished token in memory. BANLI_ORACLE_RUNS sets how many (20,000 on release).
"""

from __future__ import annotations

import os
from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import runtime
from engine.errors import DeploymentRefused, ExecutionFailed
from tests.engine.runtime.drawing import TestHost, document
from tests.engine.runtime.random_models import Builder, draw
from tests.engine.runtime.token_game import Game, Stuck

RUNS = int(os.environ.get("BANLI_ORACLE_RUNS", "250"))
STEPS = 25
CANCELLED, MIGRATED, MODIFIED = 0.01, 0.06, 0.18  # shares of the steps, one above the other
OUTCOMES = {"refused", "stuck", "ended", "open", "cancelled"}
_MESSAGE = '<bpmn:message id="m" name="m"/>'
_HOST = TestHost()


class Played:
    """The runtime, with the state saved between steps or with everything kept."""

    def __init__(self, process, variables, *, restored: bool) -> None:
        self.process, self.restored = process, restored
        self.workflow = runtime.Workflow.start(process, variables, _HOST, keep_history=not restored)

    def waiting(self) -> Counter[str]:
        return Counter(wait.element_id for wait in self.workflow.waiting)

    def again(self) -> None:
        if self.restored:
            self.workflow = runtime.Workflow.restore(self.process, self.workflow.save(), _HOST)

    def step(self, command: str, element_id: str, variables) -> None:
        self.again()
        ids = [w.element_instance_id for w in self.workflow.waiting if w.element_id == element_id]
        getattr(self.workflow, command)(min(ids, key=self.age), variables)

    def age(self, instance_id: str) -> tuple[int, int]:
        """Of several, the game takes the oldest: of the oldest body, in a multi-instance."""
        token = self.workflow._instance.tokens[instance_id]
        return int((token.body or token).id), int(instance_id)

    def jump(self, element_id: str, target: str) -> None:
        """Return, jump or skip: begin the other task in the same scope, end this one."""
        self.again()
        instance_id = min(
            (w.element_instance_id for w in self.workflow.waiting if w.element_id == element_id), key=int
        )
        scope = self.workflow._instance.tokens[instance_id].workflow.parent_task_id
        self.workflow.modify(terminate=[instance_id], activate=[runtime.Activation(target, parent_scope=scope)])

    def migrate(self, process) -> None:
        self.again()
        self.workflow.migrate(process)
        self.process = process

    def cancel(self) -> None:
        """Nothing may be left of it."""
        self.again()
        self.workflow.cancel()
        assert self.workflow.ended
        assert self.workflow.active == ()
        assert self.workflow.waiting == ()


def outcome(play, *arguments):
    """What a step did: nothing to say, or stuck."""
    try:
        play(*arguments)
    except Stuck:
        return "stuck"
    except ExecutionFailed as failure:
        assert failure.kind == "token"  # noqa: PT017 - a stuck game is an outcome, not the failure of a test
        return "stuck"
    return None


def begun(seed: int, builder: Builder) -> tuple[bytes, list, set] | None:
    """The stored form, the three players and what their start did; None for a diagram that is refused."""
    graph = builder.model()
    items = builder.random.choice((0, 1, 2, 3))
    variables = {**builder.values(), "items": list(range(items))}
    try:
        diagram = runtime.compile(document(draw(graph), top=_MESSAGE), file=f"{seed}.bpmn")
    except DeploymentRefused as refusal:
        codes = {problem.code for problem in refusal.problems if problem.severity == "error"}
        assert codes == {"join-never-fires"}
        return None
    process = runtime.load(diagram.compiled).processes["p"]
    players: list = []
    outcomes = {
        outcome(lambda: players.append(Game(graph, variables, items))),
        outcome(lambda: players.append(Played(process, variables, restored=True))),
        outcome(lambda: players.append(Played(process, variables, restored=False))),
    }
    return diagram.compiled, players, outcomes


def moved(builder: Builder, compiled: bytes, players: list) -> set:
    """One random step of all players, and what it did."""
    game, *runtimes = players
    kind = builder.random.random()
    if kind < CANCELLED:
        for played in runtimes:
            played.cancel()
        return {"cancelled"}
    if kind < MIGRATED:
        process = runtime.load(compiled).processes["p"]
        for played in runtimes:
            played.migrate(process)
        return {None}
    if kind < MODIFIED and (jumps := game.jumps()):
        where = builder.random.choice(jumps)
        return {outcome(each.jump, *where) for each in players}
    element_id = builder.random.choice(sorted(game.waiting()))
    values = builder.values()
    if element_id.startswith("event"):
        outcomes = {outcome(game.occur, element_id)}
        return outcomes | {outcome(played.step, "trigger", element_id, {}) for played in runtimes}
    outcomes = {outcome(game.complete, element_id, values)}
    return outcomes | {outcome(played.step, "complete", element_id, values) for played in runtimes}


def run(seed: int) -> str:
    """One random run; says how it went."""
    builder = Builder(seed)
    start = begun(seed, builder)
    if start is None:
        return "refused"
    compiled, players, outcomes = start
    for _ in range(STEPS):
        assert len(outcomes) == 1, f"seed {seed}: {outcomes}"
        (result,) = outcomes
        if result is not None:
            return result
        game, *runtimes = players
        for played in runtimes:
            assert played.waiting() == game.waiting(), f"seed {seed}"
            assert played.workflow.ended == game.ended, f"seed {seed}"
        if game.ended:
            return "ended"
        outcomes = moved(builder, compiled, players)
    return "open"


@settings(max_examples=RUNS, deadline=None, suppress_health_check=list(HealthCheck), derandomize=False)
@given(st.integers(0, 2**40))
def test_the_same_elements_wait_after_every_step(seed):
    assert run(seed) in OUTCOMES


def test_the_models_are_worth_the_while():
    outcomes = Counter(run(seed) for seed in range(120))
    assert outcomes["ended"] + outcomes["open"] >= 60
    assert outcomes["stuck"] >= 3

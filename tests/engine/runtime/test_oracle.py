"""Random diagrams and inputs through the runtime and through an independent token game: the same elements wait.

Among the steps are return and jump, skip, plain modification, migration (to the same diagram, read anew) and
cancellation. A careful run has no plain modification; in it nothing may be doubled, and what is left is finished.
Each run is played three ways at once: by the game, by the runtime restored from its saved state before every step,
and by the runtime that keeps every finished token in memory. BANLI_ORACLE_RUNS sets how many (20,000 on release).
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from SpiffWorkflow.util.task import TaskState

from engine import runtime
from engine.errors import DeploymentRefused, ExecutionFailed, Refused
from tests.engine.runtime.drawing import TestHost, document
from tests.engine.runtime.random_models import Builder, Graph, draw
from tests.engine.runtime.token_game import Ended, Game, Stuck

RUNS = int(os.environ.get("BANLI_ORACLE_RUNS", "250"))
STEPS = 25
CAREFUL = 0.6  # share of the runs
CANCELLED, MIGRATED, MODIFIED, SKIPPED = 0.01, 0.06, 0.22, 0.3  # shares of the steps, one above the other
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

    def jump(self, element_id: str, target: str) -> list[Ended] | None:
        """Return or jump; what was given up for it. None: refused, and nothing is changed."""
        self.again()
        ids = [w.element_instance_id for w in self.workflow.waiting if w.element_id == element_id]
        tokens = dict(self.workflow._instance.tokens)
        named = {token_id: ended(token, tokens) for token_id, token in tokens.items() if not token.host}
        before = self.workflow.save()
        try:
            given_up = self.workflow.jump([min(ids, key=self.age)], target)
        except Refused:
            assert self.workflow.save() == before
            return None
        return [named[token_id] for token_id in given_up]

    def modify(self, element_id: str, target: str) -> None:
        """Begin the other task in the same scope and end this one, whatever becomes of it."""
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


def ended(token, tokens) -> Ended:
    """How the game knows what a token stands for."""
    work = token.body or token
    flow = token.flow if token.has_state(TaskState.WAITING) else ""
    same = [t.id for t in tokens.values() if t.task_spec is work.task_spec and t.has_state(TaskState.STARTED)]
    rank = 0 if flow else sorted(same, key=int).index(work.id)
    return Ended(token.task_spec.bpmn_id, flow, token.body is not None, rank)


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


@dataclass
class Run:
    """One run: the diagram, how it is stored, and its three players."""

    builder: Builder
    graph: Graph
    compiled: bytes
    players: list
    careful: bool


def begun(seed: int, builder: Builder) -> tuple[Run, set] | None:
    """The run and what its start did; None for a diagram that is refused."""
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
    return Run(builder, graph, diagram.compiled, players, builder.random.random() < CAREFUL), outcomes


def moved(run: Run) -> set:
    """One random step of all players, and what it did."""
    builder = run.builder
    game, *runtimes = run.players
    kind = builder.random.random()
    if kind < CANCELLED:
        for played in runtimes:
            played.cancel()
        return {"cancelled"}
    if kind < MIGRATED:
        process = runtime.load(run.compiled).processes["p"]
        for played in runtimes:
            played.migrate(process)
        return {None}
    if kind < MODIFIED and not run.careful and (jumps := game.jumps()):
        where = builder.random.choice(jumps)
        return {outcome(each.modify, *where) for each in run.players}
    element_id = builder.random.choice(sorted(game.waiting()))
    values = builder.values()
    if element_id.startswith("event"):
        outcomes = {outcome(game.occur, element_id)}
        return outcomes | {outcome(played.step, "trigger", element_id, {}) for played in runtimes}
    if kind < MODIFIED and run.careful:
        return jumped(run, element_id, builder.random.choice(run.graph.activities()))
    command = "skip" if kind < SKIPPED else "complete"
    outcomes = {outcome(game.complete, element_id, values)}
    return outcomes | {outcome(played.step, command, element_id, values) for played in runtimes}


def jumped(run: Run, element_id: str, target: str) -> set:
    """A jump of all players, or of none."""
    game, *runtimes = run.players
    given_up: list = []
    outcomes = {outcome(lambda: given_up.append(played.jump(element_id, target))) for played in runtimes}  # noqa: B023
    if "stuck" in outcomes:
        return outcomes
    assert given_up[0] == given_up[1]
    return {None} if given_up[0] is None else {outcome(game.moved, given_up[0], target)}


def finished(run: Run) -> None:
    """Do whatever is left, by every way out of a loop."""
    game, *runtimes = run.players
    values = {name: [] for name in run.builder.variables}
    for _ in range(300):
        if game.ended:
            return
        element_id = next(one for one in sorted(game.waiting()) if not one.startswith("event"))
        outcomes = {outcome(game.complete, element_id, values)}
        outcomes |= {outcome(played.step, "complete", element_id, values) for played in runtimes}
        if outcomes == {"stuck"}:
            return
        assert outcomes == {None}
        assert {played.workflow.ended for played in runtimes} == {game.ended}
    raise AssertionError(game.waiting())


def run(seed: int) -> str:
    """One random run; says how it went."""
    builder = Builder(seed)
    start = begun(seed, builder)
    if start is None:
        return "refused"
    played_run, outcomes = start
    for _ in range(STEPS):
        assert len(outcomes) == 1, f"seed {seed}: {outcomes}"
        (result,) = outcomes
        if result is not None:
            return result
        agree(played_run, seed)
        if played_run.players[0].ended:
            return "ended"
        outcomes = moved(played_run)
    assert len(outcomes) == 1, f"seed {seed}: {outcomes}"
    (result,) = outcomes
    if result is None and played_run.careful:
        finished(played_run)
    return result or "open"


def agree(run: Run, seed: int) -> None:
    """The same waits everywhere; something does while it runs; and no task twice but what is drawn to be."""
    game, *runtimes = run.players
    for played in runtimes:
        assert played.waiting() == game.waiting(), f"seed {seed}"
        assert played.workflow.ended == game.ended, f"seed {seed}"
        assert game.ended or played.waiting(), f"seed {seed}"
    assert game.ended or len({played.workflow.save() for played in runtimes}) == 1, f"seed {seed}"
    if run.careful and run.graph.is_block:
        beside = run.graph.beside()
        for element_id, count in game.waiting().items():
            assert count <= (3 if element_id.startswith("mi") else 1) or element_id in beside, f"seed {seed}"


@settings(max_examples=RUNS, deadline=None, suppress_health_check=list(HealthCheck), derandomize=False)
@given(st.integers(0, 2**40))
def test_the_same_elements_wait_after_every_step(seed):
    assert run(seed) in OUTCOMES


def test_the_models_are_worth_the_while():
    outcomes = Counter(run(seed) for seed in range(120))
    assert outcomes["ended"] + outcomes["open"] >= 60
    assert outcomes["stuck"] >= 3

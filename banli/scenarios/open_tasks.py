"""What waits in a matter: its open tasks, those of the processes it calls included, and who has or may claim them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from banli.scenarios import outcome
from banli.scenarios.model import Unmet
from banli.scenarios.world import World
from engine.models import UserTask, UserTaskCandidate
from engine.models.user_task import CREATED
from feel.sentences import Sentence


def called(world: World, key: int, code: str) -> Sequence[UserTask]:
    """The open tasks of a step code or element id; a step that is done several times at once has several."""
    return [task for task in _open(world, key) if _is(code, task.element_id)]


def one(world: World, key: int, code: str, person: str | None = None) -> UserTask:
    """The open task of a step code; of several of one step, the first that ``person`` has or may claim."""
    found = called(world, key, code)
    if not found:
        raise none_open(world, key, code)
    if len({task.element_id for task in found}) > 1:
        raise Unmet(Sentence("{code} stands for several open tasks; write the whole id.", code=code))
    if len(found) == 1 or person is None:
        return found[0]
    names = {person, *world.actor(person).posts}
    return next((task for task in found if names & _holders(world, task)), found[0])


def none_open(world: World, key: int, code: str) -> Unmet:
    """That no task of a step code is open, and what is open instead, or how the matter ended."""
    tasks = waiting(world, key)
    return Unmet(
        Sentence("No task {code} is open; {waiting}.", code=code, waiting=told(tasks))
        if tasks
        else Sentence("No task {code} is open; {ended}.", code=code, ended=outcome.state_of(world, key))
    )


def waiting(world: World, key: int) -> Mapping[str, tuple[str, ...]]:
    """Element id → who has or may claim its open tasks, sorted; somebody with two of them stands there twice."""
    found: dict[str, tuple[str, ...]] = {}
    for task in _open(world, key):
        found[task.element_id] = tuple(sorted((*found.get(task.element_id, ()), *_holders(world, task))))
    return found


def named(code: str, found: Mapping[str, object]) -> str:
    """The element id among those found that a step code stands for; the code itself, if none does."""
    return next((element_id for element_id in found if _is(code, element_id)), code)


def told(tasks: Mapping[str, tuple[str, ...]]) -> Sentence:
    """What waits, in words."""
    if not tasks:
        return Sentence("nothing waits")
    listed = "; ".join(f"{element_id} ({', '.join(names)})" for element_id, names in sorted(tasks.items()))
    return Sentence("what waits is {tasks}", tasks=listed)


def _open(world: World, key: int) -> Sequence[UserTask]:
    table = UserTask
    with world.unit_of_work.read() as session:
        return session.scalars(
            select(table).where(table.root_key == key, table.state == CREATED).order_by(table.key)
        ).all()


def _holders(world: World, task: UserTask) -> frozenset[str]:
    """Who has the task, or who may claim it."""
    if task.assignee is not None:
        return frozenset({task.assignee})
    with world.unit_of_work.read() as session:
        table = UserTaskCandidate
        candidates = select(table.id).where(table.user_task_key == task.key, table.kind.in_(("person", "group")))
        return frozenset(session.scalars(candidates))


def _is(code: str, element_id: str) -> bool:
    return element_id == code or element_id.startswith(f"{code}_")

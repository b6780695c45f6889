"""A search shows exactly the matters that one may open, to everybody of the house, at every stage of a request."""

from __future__ import annotations

from sqlalchemy import select

from engine import clock, models, process_instances
from engine.actor import Actor
from engine.organisation import people, snapshot
from engine.search import Asked
from engine.search import process_instances as searches
from engine.search import user_tasks as tasks
from tests.webapp.api.conftest import Programs
from tests.webapp.house import INVESTIGATED, House, ask, begin


def everybody(house: House) -> list[Actor]:
    with house.unit_of_work.read() as session:
        return [people.actor(session, one, clock.now()) for one in snapshot.of(session).people]


def compare(house: House, actors: list[Actor]) -> None:
    with house.unit_of_work.read() as session:
        matters = session.execute(select(models.ProcessInstance)).scalars().all()
        for actor in actors:
            found = {row.key for row in searches.search(session, actor, Asked()).rows}
            opened = {one.key for one in matters if process_instances.may_see(session, actor, one)}
            assert found == opened, actor.person
            roots = {row.UserTask.root_key for row in tasks.search(session, actor, Asked()).rows}
            assert roots == {one.root_key for one in matters if one.key in opened}, actor.person


def test_a_search_shows_what_one_may_open(either: Programs) -> None:
    house = either.house
    actors = everybody(house)
    begin(house.person("U19"))
    compare(house, actors)
    root = ask(house.person("U19"), "180.00")
    ask(house.person("U23"), "2600.00")
    compare(house, actors)
    with house.unit_of_work.read() as session:
        (task,) = process_instances.waiting(session, root, house.person("U16").actor)
    house.person("U16").submit(task.key, INVESTIGATED)
    compare(house, actors)


def test_tasks_and_variables_of_others_stay_hidden(programs: Programs) -> None:
    root = ask(programs.house.person("U19"), "180.00")
    stranger, area = programs.of("U23"), programs.of("U16")
    for noun in ("/process-instances", "/user-tasks", "/variables"):
        assert stranger.found(noun) == []
        assert area.found(noun)
    assert stranger.get(f"/process-instances/{root}").status_code == 404
    variable = area.found("/variables", filter={"name": "purpose"})[0]
    assert stranger.get(f"/variables/{variable['variableKey']}").status_code == 404
    assert (
        stranger.post("/element-instances/search", {"filter": {"processInstanceKey": str(root)}}).status_code == 404
    )
    assert stranger.post("/incidents/search", {}).status_code == 403
    assert stranger.post("/jobs/search", {}).status_code == 403
    assert stranger.found("/decision-definitions") == []


def test_pages_forward_and_backward_are_the_same_rows(either: Programs) -> None:
    for _matter in range(5):
        either.of("U19").post("/process-instances", {"processDefinitionId": "procurement_request"})
    program = either.of("U19")
    for field in ("dueDate", "creationDate", "priority"):
        for order in ("ASC", "DESC"):
            asked = {"sort": [{"field": field, "order": order}]}
            whole = [one["userTaskKey"] for one in program.found("/user-tasks", **asked)]
            first = program.post("/user-tasks/search", {**asked, "page": {"limit": 2}}).json
            second = program.post(
                "/user-tasks/search", {**asked, "page": {"limit": 2, "after": first["page"]["endCursor"]}}
            ).json
            back = program.post(
                "/user-tasks/search", {**asked, "page": {"limit": 2, "before": second["page"]["startCursor"]}}
            ).json
            offset = program.post("/user-tasks/search", {**asked, "page": {"from": 2, "limit": 2}}).json
            keys = [[one["userTaskKey"] for one in page["items"]] for page in (first, second, back, offset)]
            assert keys == [whole[:2], whole[2:4], whole[:2], whole[2:4]]


def test_filters_mean_what_they_say(either: Programs) -> None:
    ask(either.house.person("U19"), "180.00")
    program = either.of("U16")
    number = program.found("/user-tasks")[0]["businessId"]
    for operators, expected in (
        ({"$eq": number}, True),
        ({"$neq": number}, False),
        ({"$in": [number, "x"]}, True),
        ({"$notIn": [number]}, False),
        ({"$like": f"{number[:4]}*"}, True),
        ({"$like": "*%*"}, False),
        ({"$like": number.replace("-", "?")}, True),
        ({"$exists": True}, True),
        ({"$exists": False}, False),
    ):
        found = program.found("/user-tasks", filter={"businessId": operators, "state": "CREATED"})
        assert bool(found) is expected, operators
    value = {"name": "category", "value": '"carpet"'}
    assert program.found("/process-instances", filter={"variables": [value]})
    assert not program.found("/process-instances", filter={"variables": [{**value, "value": '"other"'}]})
    either_of = {"$or": [{"state": "COMPLETED"}, {"hasIncident": False}]}
    assert program.found("/process-instances", filter=either_of)

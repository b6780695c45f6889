"""Overdue tasks over HTTP: reminders in the inbox, muting them, taking a task over, and what history tells."""

from __future__ import annotations

from datetime import datetime, timedelta

from engine import clock, jobs, user_tasks
from tests.webapp.house import House, Person, ask


def sweep(house: House) -> None:
    with house.unit_of_work.read() as session:
        due = jobs.due(session, kinds={"deadline"})
    for key in due:
        house.unit_of_work.run(jobs.run_inside, key)


def task_of(house: House, person: Person) -> tuple[int, datetime, datetime]:
    """Key of the one task of the person, when it is due, and from when on it may be taken over."""
    with house.unit_of_work.read() as session:
        (task,) = user_tasks.inbox(session, person.actor).tasks
        return task.key, task.due_at, task.take_over_from


def test_a_superior_takes_over_what_waited_twice_its_time(house: House):
    ask(house.person("U19"))
    key, due_at, take_over_from = task_of(house, house.person("U16"))
    assert f"/tasks/{key}/take-over" not in house.person("U03").get(f"/tasks/{key}").text
    with clock.pinned(due_at):
        sweep(house)
    with clock.pinned(take_over_from + timedelta(minutes=1)):
        sweep(house)
        line, superior = house.person("U16"), house.person("U03", "en")
        assert f"/tasks/{key}/take-over" not in line.get(f"/tasks/{key}").text
        assert f'action="/tasks/{key}/take-over"' in superior.get(f"/tasks/{key}").text
        superior.post(f"/tasks/{key}/take-over")
        assert task_of(house, superior)[0] == key
        words = superior.get(f"/tasks/{key}").words
        assert "took over" in words
        assert "Twice the time has passed" in words


def test_reminders_of_one_task_can_be_muted(house: House):
    ask(house.person("U19"))
    line = house.person("U16")
    key, *_ = task_of(house, line)
    for muted in ("true", "false"):
        assert f'name="muted" value="{muted}"' in line.get(f"/tasks/{key}").text
        line.post(f"/tasks/{key}/mute", {"muted": muted})


def test_a_digest_leads_to_each_task(house: House):
    for _ in range(2):
        ask(house.person("U19"))
    with house.unit_of_work.read() as session:
        tasks = user_tasks.inbox(session, house.person("U16").actor).tasks
    assert len(tasks) == 2
    with clock.pinned(max(task.due_at for task in tasks)):
        sweep(house)
        page = house.person("U16").get("/copies")
        assert all(f'href="/tasks/{task.key}"' in page.text for task in tasks)


def test_a_notice_about_one_task_opens_it(house: House):
    ask(house.person("U19"))
    key, due_at, _ = task_of(house, house.person("U16"))
    with clock.pinned(due_at):
        sweep(house)
        line = house.person("U16")
        (path,) = line.get("/copies").tree.xpath('//form[contains(@action, "/copies/")][.//h2]/@action')
        assert line.post(path).path == f"/tasks/{key}"

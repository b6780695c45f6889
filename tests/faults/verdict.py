"""What came of it, read from the database and the recorded effects: counts, and every way in which they are wrong."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import history
from engine.models import HistoryEvent, Incident, Job, ProcessInstance, Seal
from engine.models.incident import OPEN
from engine.models.job import CANCELED, COMPLETED, CREATED, FAILED
from tests.faults.process import REFUSED_EVERY

ALWAYS = ("S1_first", "S2_stumbling", "S4_called", "S5_refusable")
TIMERS = ("T1_wait", "B_late", "T2_wait")
REMINDER, REMINDED = "B_remind", "S3_reminder"


@dataclass
class Verdict:
    """Counts to print, and problems in words; none of them means that everything is as it should be."""

    counts: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def demand(self, fulfilled: bool, problem: str) -> None:
        """Note a problem unless it is fulfilled."""
        if not fulfilled:
            self.problems.append(problem)


def unfinished(session: Session) -> int:
    """How many submitted matters have not ended."""
    waiting = select(func.count()).where(
        ProcessInstance.process_id == "faults_journey",
        ProcessInstance.submitted_at.is_not(None),
        ProcessInstance.ended_at.is_(None),
    )
    return session.execute(waiting).scalar_one()


def submitted(session: Session) -> int:
    """How many matters were submitted."""
    counted = select(func.count()).where(
        ProcessInstance.process_id == "faults_journey", ProcessInstance.submitted_at.is_not(None)
    )
    return session.execute(counted).scalar_one()


def judge(session: Session, effects: Path, numbers: Iterable[int], report: history.Report) -> Verdict:
    """Compare what is there with what ``numbers`` matters must have left."""
    verdict = Verdict()
    _matters(session, verdict, list(numbers))
    _work(session, verdict, effects)
    _nothing_stuck(session, verdict)
    verdict.counts |= {
        "histories_intact": report.is_intact,
        "seals": _count(session, select(func.count(Seal.sequence))),
    }
    verdict.problems += [str(problem.sentence) for problem in report.problems]
    return verdict


def _matters(session: Session, verdict: Verdict, numbers: list[int]) -> None:
    rows = session.execute(
        select(ProcessInstance).where(
            ProcessInstance.process_id == "faults_journey", ProcessInstance.submitted_at.is_not(None)
        )
    ).scalars()
    outcomes: Counter[str | None] = Counter()
    seen: Counter[int] = Counter()
    for matter in rows:
        number = int((matter.title or "0").split()[-1])
        seen[number] += 1
        outcomes[matter.outcome] += 1
        wanted = "refused" if number % REFUSED_EVERY == 0 else "done"
        elements = _elements(session, matter.key)
        # the outcome is the end event reached last, which may be the reminder's, when its work took longest
        possible = {wanted, "reminded"} if elements[REMINDER] else {wanted}
        verdict.demand(matter.outcome in possible, f"Matter {number} ended with {matter.outcome}, not {wanted}.")
        verdict.demand(
            elements == _expected(elements[REMINDER]),
            f"Matter {number} did {dict(elements)}, which is not once each.",
        )
    verdict.demand(seen == Counter(numbers), f"Matters {sorted(set(numbers) ^ set(seen))} are missing or too many.")
    verdict.demand(max(seen.values(), default=0) <= 1, f"Some matters are there twice: {seen.most_common(3)}.")
    verdict.counts |= {"matters": sum(seen.values()), "outcomes": {str(key): n for key, n in outcomes.items()}}


def _elements(session: Session, root: int) -> Counter[str]:
    """How often each timer fired and each piece of work was completed in a matter, its called process included."""
    rows = session.execute(
        select(HistoryEvent.element_id).where(
            HistoryEvent.root_key == root, HistoryEvent.type.in_(("timer.fired", "job.completed"))
        )
    ).scalars()
    return Counter(str(element) for element in rows)


def _expected(reminders: int) -> Counter[str]:
    """After an outage the deadline may come before the reminder and withdraw it; then its work is not done either."""
    expected = Counter((*ALWAYS, *TIMERS, "I1_note"))
    if reminders:
        expected.update((REMINDER, REMINDED))
    return expected


def _work(session: Session, verdict: Verdict, effects: Path) -> None:
    jobs = session.execute(select(Job.key, Job.kind, Job.state)).all()
    done = {key for key, kind, state in jobs if kind == "service" and state == COMPLETED}
    fired = [key for key, kind, state in jobs if kind == "timer" and state == COMPLETED]
    recorded = {int(file.name.removeprefix("effect-")) for file in effects.glob("effect-*")}
    attempts = (effects / "attempts").read_text().splitlines() if (effects / "attempts").exists() else []
    told: Mapping[str, Counter[int]] = {
        "timer.fired": Counter(_job_keys(session, "timer.fired")),
        "job.completed": Counter(_job_keys(session, "job.completed")),
    }
    verdict.demand(recorded == done, f"Effects and completed jobs differ: {sorted(recorded ^ done)[:10]}.")
    verdict.demand(
        told["timer.fired"] == Counter(fired), "Some timer did not fire exactly once, by its history and its row."
    )
    verdict.demand(max(told["job.completed"].values(), default=0) <= 1, "Some job was completed twice.")
    verdict.counts |= {
        "effects_recorded_once": len(recorded),
        "attempts": len(attempts),
        "timers_fired_once": len(fired),
        "timers_withdrawn": sum(kind == "timer" and state == CANCELED for _key, kind, state in jobs),
        "failed_attempts": len(_job_keys(session, "job.failed")),
    }


def _job_keys(session: Session, type_: str) -> list[int]:
    rows = session.execute(select(HistoryEvent.details).where(HistoryEvent.type == type_)).scalars()
    return [int(json.loads(details)["job"]) for details in rows]


def _nothing_stuck(session: Session, verdict: Verdict) -> None:
    stuck = _count(session, select(func.count(Job.key)).where(Job.state.in_((CREATED, FAILED))))
    incidents = _count(session, select(func.count(Incident.key)).where(Incident.state == OPEN))
    drafts = _count(
        session,
        select(func.count(ProcessInstance.key)).where(
            ProcessInstance.process_id == "faults_journey", ProcessInstance.submitted_at.is_(None)
        ),
    )
    verdict.demand(stuck == 0, f"{stuck} jobs are still open or given up.")
    verdict.demand(incidents == 0, f"{incidents} incidents are open.")
    verdict.demand(unfinished(session) == 0, f"{unfinished(session)} matters have not ended.")
    verdict.counts |= {"stuck_jobs": stuck, "open_incidents": incidents, "drafts_left": drafts}


def _count(session: Session, statement: Any) -> int:
    return int(session.execute(statement).scalar_one())

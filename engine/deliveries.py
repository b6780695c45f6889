"""Notifications on their way out of the house: one job for each notification and channel, so each goes out once.

A notification is delivered as it stands at the first attempt; from then on nothing is added to it. Whoever has read
it on the page meanwhile is not written to as well. What could not be delivered in the end is told to the
administrators, in one notification at a time, and can be tried again.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engine import clock, notification_channels
from engine.actor import Actor
from engine.errors import NotAllowed
from engine.keys import new_key
from engine.models import Delivery, Job, Notification, Person, ProcessInstance
from engine.models import job as job_states
from engine.organisation import snapshot
from feel.sentences import Sentence

TOPIC = "deliver_notification"
KIND = "notification"
RETRIES = 8
"""Attempts; the pauses double from ten seconds to an hour."""

UNDELIVERED = "undelivered"
"""The kind of the notification that tells administrators of failed deliveries."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What is to be delivered to whom. ``stored`` is the sentence as the notification keeps it."""

    notification_key: int
    person_id: str
    name: str
    language: str | None
    email: str | None
    address: Mapping[str, Any] | None
    stored: Mapping[str, Any]
    kind: str
    root_key: int | None
    number: str | None
    title: str | None


def plan(
    session: Session,
    notification: Notification,
    *,
    only: Collection[str] | None = None,
    pause: timedelta = timedelta(0),
) -> None:
    """Let a notification go out by the channels that its person chose; ``only``: by none but these.

    ``pause``: how long it waits, so that what comes meanwhile can join it, or that it is read before.
    """
    now = clock.now()
    for channel in notification_channels.reaching(session, notification.person_id):
        if only is not None and channel not in only:
            continue
        job = _job(notification.key, channel, now + pause, now)
        session.add(job)
        session.flush()
        session.add(Delivery(notification_key=notification.key, channel=channel, job_key=job.key))
        if not pause:
            session.info.setdefault("wake", []).append(job.key)


def begin(session: Session, notification_key: int, channel: str) -> Outgoing | None:
    """What is to be delivered now; None if that was done already, or the person has read it, left, or chose anew."""
    notification = session.get_one(Notification, notification_key)
    # whoever adds to a digest holds this lock: what is added comes before the first attempt, or opens another
    locked = select(Person).where(Person.id == notification.person_id).with_for_update(key_share=True)
    person = session.execute(locked).scalar_one()
    session.refresh(notification)
    delivery = session.get_one(Delivery, (notification_key, channel))
    if delivery.delivered_at is not None or notification.read_at is not None or not person.active:
        return None
    if channel not in notification_channels.reaching(session, person.id):
        return None
    if delivery.begun_at is None:
        delivery.begun_at = clock.now()
    matter = None if notification.root_key is None else session.get(ProcessInstance, notification.root_key)
    return Outgoing(
        notification_key=notification.key,
        person_id=person.id,
        name=person.name,
        language=person.language,
        email=person.email,
        address=notification_channels.address(session, person.id, channel),
        stored=notification.sentence,
        kind=notification.kind,
        root_key=notification.root_key,
        number=None if matter is None else matter.business_id,
        title=None if matter is None else matter.title,
    )


def delivered(session: Session, notification_key: int, channel: str) -> None:
    """The other side has taken it: it is never sent again, even if the job's own end is not heard."""
    session.get_one(Delivery, (notification_key, channel)).delivered_at = clock.now()


def give_up(session: Session, job_key: int, error: str) -> None:
    """The job of a delivery has used up its attempts: log it, and tell the administrators unless they know."""
    delivery = session.execute(select(Delivery).where(Delivery.job_key == job_key)).scalar_one_or_none()
    if delivery is None:
        return
    now = clock.now()
    delivery.given_up_at = now
    _log.error("Notification %d was not delivered by %s: %s", delivery.notification_key, delivery.channel, error)
    session.flush()
    sentence = Sentence(
        "{count} notifications could not be delivered by {channel}. The last reason: {reason}",
        count=undelivered(session, delivery.channel),
        channel=delivery.channel,
        reason=error,
    ).as_json()
    organisation = snapshot.of(session)
    for person_id in sorted(organisation.holders("sysadmin", None, now.date())):
        known = session.execute(
            select(Notification)
            .where(
                Notification.person_id == person_id,
                Notification.kind == UNDELIVERED,
                Notification.read_at.is_(None),
            )
            .limit(1)
        ).scalar_one_or_none()
        if known is None:  # on the page alone: by the channel that fails it would fail again
            known = Notification(key=new_key(), person_id=person_id, root_key=None, kind=UNDELIVERED)
            session.add(known)
        known.sentence, known.created_at = sentence, now


def undelivered(session: Session, channel: str | None = None) -> int:
    """How many deliveries were given up (and not tried again since); for the metrics too."""
    statement = select(func.count()).select_from(Delivery).where(Delivery.given_up_at.is_not(None))
    if channel is not None:
        statement = statement.where(Delivery.channel == channel)
    return session.execute(statement).scalar_one()


def try_again(session: Session, actor: Actor, channel: str, since: datetime | None = None) -> int:
    """Queue what was given up (``since`` then) once more, when its cause was put right; how many."""
    if not (actor.is_administrator or actor.is_system):
        raise NotAllowed(Sentence("Only an administrator may let notifications be sent again."))
    statement = select(Delivery).where(Delivery.channel == channel, Delivery.given_up_at.is_not(None))
    if since is not None:
        statement = statement.where(Delivery.given_up_at >= since)
    found = session.execute(statement.order_by(Delivery.notification_key)).scalars().all()
    for delivery in found:
        delivery.given_up_at = None
        session.execute(
            update(Job)
            .where(Job.key == delivery.job_key, Job.state == job_states.FAILED)
            .values(state=job_states.CREATED, retries=RETRIES, due_at=clock.now(), locked_until=None, worker=None)
        )
        session.info.setdefault("wake", []).append(delivery.job_key)
    return len(found)


def _job(notification_key: int, channel: str, due_at: datetime, now: datetime) -> Job:
    return Job(
        key=new_key(),
        kind=KIND,
        topic=TOPIC,
        state=job_states.CREATED,
        due_at=due_at,
        retries=RETRIES,
        headers={},
        variables={"notification": notification_key, "channel": channel},
        external=False,
        created_at=now,
    )

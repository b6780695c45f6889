"""Deliver notification (outside): brings one notification to its person by one channel, in the person's language.

Made by ``engine.deliveries``, one job for each notification and channel, never by a diagram. What the other side has
taken is noted at once and never sent again. Between the two a crash of this machine or a lost answer leaves it
unknown, and then it is sent once more: a mail carries the same message id, so that mailboxes can tell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, deliveries, deployments, notifications
from engine.deliveries import Outgoing
from engine.errors import Refused
from engine.models import Deployment
from engine.notification_channels import EMAIL
from engine.organisation import snapshot
from engine.topics import Work
from feel.sentences import Sentence
from workers import chat
from workers.mail import Mail
from workers.surroundings import Surroundings

_LONGEST_SUBJECT = 150


def run(work: Work, surroundings: Surroundings) -> Mapping[str, Any]:
    """Send it, unless it was sent before or nobody needs it any more."""
    key, channel = int(work.variables["notification"]), str(work.variables["channel"])
    unit_of_work = surroundings.unit_of_work()
    outgoing = unit_of_work.run(deliveries.begin, key, channel)
    if outgoing is None:
        return {}
    language = outgoing.language or surroundings.language
    with unit_of_work.read() as session:
        gettext = _translation(session, surroundings.gettext_of(language), language)
    title = notifications.sentence_of(outgoing.stored, language).translate(gettext)
    text = _text(outgoing, title, gettext, surroundings.public_url)
    if channel == EMAIL:
        _mail(outgoing, title, text, surroundings)
    elif channel in surroundings.chats and outgoing.address is not None:
        chat.send(surroundings.outbound, channel, surroundings.chats[channel], outgoing.address, "", text)
    else:
        raise Refused(Sentence("The channel {channel} is not set up here.", channel=channel))
    unit_of_work.run(deliveries.delivered, key, channel)
    return {}


def _mail(outgoing: Outgoing, title: str, text: str, surroundings: Surroundings) -> None:
    mailer = surroundings.mailer
    if mailer is None or not outgoing.email:
        raise Refused(Sentence("The channel {channel} is not set up here.", channel=EMAIL))
    subject = " ".join(title.split())
    if len(subject) > _LONGEST_SUBJECT:
        subject = f"{subject[:_LONGEST_SUBJECT]}…"
    mailer.send(
        Mail(
            message_id=f"notification-{outgoing.notification_key}@{mailer.domain}",
            to=[outgoing.email],
            subject=subject,
            text=text,
            written_at=clock.now(),
        )
    )


def _text(outgoing: Outgoing, title: str, gettext: Callable[[str], str], public_url: str) -> str:
    """The sentence, the matter if it says nothing of it, and where to look."""
    named = " ".join(part for part in (outgoing.number, outgoing.title) if part)
    lines = [title]
    if named and not (outgoing.number and outgoing.number in title):
        lines.append(named)
    if public_url:
        page = "copies" if outgoing.root_key is None else f"matters/{outgoing.root_key}"
        lines += ["", f"{public_url.rstrip('/')}/{page}"]
        choices = Sentence(
            "How you are told is your choice: {address}", address=f"{public_url.rstrip('/')}/account/told"
        )
        lines += ["", choices.translate(gettext)]
    return "\n".join(lines) + "\n"


def _translation(session: Session, gettext: Callable[[str], str], language: str) -> Callable[[str], str]:
    """The catalogue of a language; names of people, posts and steps are stored in Chinese, with their English."""
    if language == "zh":
        return gettext
    names: dict[str, str] = {}
    for pack in session.execute(select(Deployment.pack).distinct()).scalars():
        names |= deployments.labels(session, pack, language)
    names |= snapshot.of(session).names()

    def translate(message: str) -> str:
        translated = gettext(message)
        return translated if translated != message or message.isascii() else names.get(message, message)

    return translate

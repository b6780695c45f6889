"""Send e-mail (outside): one mail to up to fifty recipients, told apart by the job's key.

Inputs: ``to`` and ``cc`` (addresses, or ids of people, whose address is looked up), ``reply_to``, ``subject`` (one
line), ``text`` (plain). Returns ``email_refused``: the recipients that the server did not take while it took others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from engine import clock
from engine.errors import Refused
from engine.models import Person
from engine.topics import Work
from feel.sentences import Sentence
from workers.mail import Mail
from workers.surroundings import Surroundings


def run(work: Work, surroundings: Surroundings) -> Mapping[str, Any]:
    """Hand the mail to the server; a repetition carries the same message id."""
    mailer = surroundings.mailer
    if mailer is None:
        raise Refused(Sentence("No mail can be sent: the setting {setting} is empty.", setting="BANLI_SMTP_URL"))
    inputs = work.inputs
    mail = Mail(
        message_id=f"job-{work.key}@{mailer.domain}",
        to=_addresses(surroundings, inputs["to"]),
        cc=_addresses(surroundings, inputs.get("cc", ())),
        reply_to=inputs.get("reply_to"),
        subject=inputs["subject"],
        text=inputs["text"],
        written_at=clock.now(),
    )
    return {"email_refused": mailer.send(mail)}


def _addresses(surroundings: Surroundings, named: Sequence[str]) -> list[str]:
    if all("@" in name for name in named):
        return list(named)
    with surroundings.unit_of_work().read() as session:
        rows = session.execute(select(Person.id, Person.email).where(Person.id.in_(named), Person.active))
        known = {person_id: email for person_id, email in rows if email}
    for name in named:
        if "@" not in name and name not in known:
            raise Refused(Sentence("{person} has no e-mail address here.", person=name))
    return [known.get(name, name) for name in named]

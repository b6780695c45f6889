"""send_email against a real SMTP server on loopback."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from engine import clock, incidents
from engine.errors import Refused
from engine.models import Person
from engine.models.job import CREATED
from engine.topics import TryAgain
from tests.engine.conftest import NOON
from tests.workers.work import House
from workers.mail import Mail, Mailer

INPUTS = {"to": "=to", "subject": "=subject", "text": "=text"}


@pytest.fixture
def house(sqlite_office, tmp_path):
    return House(sqlite_office, tmp_path)


@pytest.fixture
def posting(house, mail):
    house.with_mail(mail.url)
    house.deploy("mailing", "send_email", {"cc": "boss@example.org"}, INPUTS, outputs={"refused": "=email_refused"})
    return house


def send(house, to="a@example.org", subject="订单 №7", text="您好，\n订单已到。"):
    root = house.start("mailing", to=to, subject=subject, text=text)
    house.work()
    return root


def why(house, root):
    (found,) = house.office.read(incidents.listed, house.office.actor("U15"), root_key=root)
    return str(found.sentence["parameters"]["reason"])


def test_a_mail_is_sent_once_with_an_id_of_its_job(posting, mail):
    root = send(posting, ["a@example.org", "b@example.org"])
    (received,) = mail.received
    message = received.message
    assert received.recipients == ["a@example.org", "b@example.org", "boss@example.org"]
    assert (message["Subject"], message["From"]) == ("订单 №7", "办理 <banli@example.org>")
    assert message.get_content().splitlines() == ["您好，", "订单已到。"]
    assert message["Message-ID"] == f"<job-{posting.office.jobs(root)[0].key}@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert posting.office.variables(root)["refused"] == []
    assert posting.office.waits(root) == ["wait"]


def test_people_are_named_by_their_ids(posting, mail):
    posting.office.run(
        lambda session: session.execute(update(Person).where(Person.id == "U16").values(email="wu@x.cn"))
    )
    send(posting, "U16, a@example.org")
    assert mail.received[0].recipients[:2] == ["wu@x.cn", "a@example.org"]
    assert "U17" in why(posting, send(posting, "U17"))


def test_who_is_refused_is_told_and_the_others_get_it_once(posting, mail):
    mail.unknown = {"b@example.org"}
    root = send(posting, ["a@example.org", "b@example.org"])
    assert posting.office.variables(root)["refused"] == ["b@example.org"]
    assert [received.recipients for received in mail.received] == [["a@example.org", "boss@example.org"]]


def test_a_mail_that_nobody_takes_is_an_incident_at_once(posting, mail):
    mail.unknown = {"a@example.org", "boss@example.org"}
    assert "none of the recipients" in why(posting, send(posting))


def test_a_busy_server_is_tried_again_with_the_same_id(posting, mail):
    mail.replies = ["451 later, please"]
    root = send(posting)
    assert mail.received == []
    assert [job.retries for job in posting.office.jobs(root, CREATED)] == [1]
    with clock.pinned(NOON + timedelta(minutes=1)):
        posting.work()
    (received,) = mail.received
    assert f"job-{posting.office.jobs(root)[0].key}@" in received.message["Message-ID"]


@pytest.mark.parametrize(
    ("to", "subject"),
    [
        ("a@example.org", "Hello\r\nBcc: all@example.org"),
        ("a@example.org\r\nBcc: all@example.org", "Hello"),
        ("a@example.org>, <b@example.org", "Hello"),
        ("nobody@", "Hello"),
        (["a@example.org"] * 60 + [f"a{n}@example.org" for n in range(60)], "Hello"),
    ],
)
def test_nothing_is_smuggled_into_the_headers(posting, mail, to, subject):
    root = send(posting, to, subject)
    assert why(posting, root)
    assert mail.received == []


def test_without_a_server_it_says_so(house):
    house.deploy("mailing", "send_email", inputs=INPUTS)
    assert "BANLI_SMTP_URL" in why(house, send(house))


def test_no_password_goes_over_an_open_line(mail):
    """The server offers no encryption; only on loopback is that not asked for."""
    mailer = Mailer(f"smtp://me:hunter2@localhost.localdomain:{mail.port}", "a@example.org")
    with pytest.raises(TryAgain) as failed:
        mailer.send(Mail("x@example.org", ["b@example.org"], "s", "t", NOON))
    assert "hunter2" not in str(failed.value)
    assert "hunter2" not in repr(mailer)
    assert mail.received == []


@pytest.mark.parametrize("url", ["http://here", "smtp://", "smtp://here:0", "smtp://here?tls=maybe", "here"])
def test_a_wrong_server_is_told(url):
    with pytest.raises(ValueError):  # noqa: PT011 - the setting says which
        Mailer(url, "a@example.org").check_server()


@pytest.mark.parametrize("sender", ["", "banli", "a@b@c", "<>", "Name <x>", "a@example.org\nBcc: b"])
def test_a_wrong_sender_is_told(sender):
    with pytest.raises(ValueError):  # noqa: PT011 - the setting says which
        Mailer("smtp://here", sender).check_sender()


def test_a_mail_needs_a_recipient(mail):
    with pytest.raises(Refused):
        Mailer(mail.url, "a@example.org").send(Mail("x@example.org", [], "s", "t", NOON))

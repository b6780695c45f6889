"""Notifications: told on the page, by mail and by chat as each person chose, in his language, each once."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from banli import catalogue
from engine import clock, deliveries, jobs, notification_channels, notifications
from engine.errors import NotAllowed, NotFound, Refused
from engine.models import Delivery, Job, Notification, Person
from engine.models.job import COMPLETED, FAILED
from engine.notification_channels import CHAT_ADDRESSES
from engine.notifications import Notice
from feel.sentences import Sentence
from tests.engine.conftest import NOON
from tests.workers.servers import Reply
from tests.workers.work import TEST, House
from workers import job_run

HOOK = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abcdef-123456"
LATER = NOON + timedelta(minutes=6)


@pytest.fixture
def house(office, tmp_path, mail, web):
    """U16 reads English mail, U19 Chinese; everybody may choose a chat on our own server."""
    found = House(office, tmp_path)
    found.with_mail(mail.url)
    found.allow()
    found.equip(chats=dict.fromkeys(CHAT_ADDRESSES, web.origin), gettext_of=catalogue.gettext_of)
    notification_channels.offer({"email": "", **CHAT_ADDRESSES})
    for person, language in (("U16", "en"), ("U19", "zh")):
        values = {"email": f"{person.lower()}@example.org", "language": language}
        office.run(
            lambda session, p=person, v=values: session.execute(update(Person).where(Person.id == p).values(v))
        )
    return found


def choose(house, person, channel, **given):
    return house.office.run(notification_channels.choose, house.office.actor(person), channel, **given)


def tell(house, *people, kind="notice"):
    sentence = Sentence("For your information: {number} {title}", number="PR-1", title="地毯")
    house.office.run(notifications.tell, people, kind, sentence)


def deliveries_of(house):
    return house.office.read(lambda session: session.execute(select(Delivery)).scalars().all())


def test_everybody_reads_his_own_language(house, mail):
    tell(house, "U16", "U19", "U17")  # U17 has no address
    house.work()
    told = {received.recipients[0]: str(received.message["Subject"]) for received in mail.received}
    assert told == {
        "u16@example.org": "For your information: PR-1 地毯",
        "u19@example.org": Sentence("For your information: {number} {title}", number="PR-1", title="地毯").translate(
            catalogue.gettext_of("zh")
        ),
    }
    assert told["u19@example.org"] != told["u16@example.org"]
    assert "https://banli.example.org/copies" in mail.received[0].message.get_content()


def test_what_a_diagram_says_is_said_in_each_language_by_each_channel(house, mail, web):
    web.replies = [Reply(body=b'{"errcode": 0}')]
    choose(house, "U19", "wecom", enabled=True, webhook=HOOK)
    headers = {
        "kind": "notice",
        "text.zh": "{name} 的订单已到，共 {price} 元",
        "text.en": "The order of {name} has come, {price} yuan",
    }
    house.deploy("telling_people", "notify", headers, {"people": '=["U16", "U19"]'})
    root = house.start("telling_people", name="{price}赵", price=1)
    house.work()
    assert [str(received.message["Subject"]) for received in mail.received] == [
        "The order of {price}赵 has come, 1 yuan",
        "{price}赵 的订单已到，共 1 元",
    ]
    (request,) = web.requests
    assert json.loads(request.body)["text"]["content"].startswith("{price}赵 的订单已到，共 1 元")
    assert house.office.waits(root) == ["wait"]
    house.work()
    assert (len(mail.received), len(web.requests)) == (2, 1)


def test_a_text_may_name_variables_alone(house):
    house.deploy("telling_people", "notify", {"text.zh": "{name.x}"}, {"people": '=["U16"]'})
    with pytest.raises(Exception, match=r"name\.x"):
        house.start("telling_people", name="x")


def test_channels_can_be_narrowed_and_switched_off(house, mail, web):
    web.replies = [Reply(body=b'{"errcode": 0}')]
    choose(house, "U19", "wecom", enabled=True, webhook=HOOK)
    choose(house, "U16", "email", enabled=False)
    headers = {"kind": "notice", "text.zh": "订单已到", "channels": "email"}
    house.deploy("telling_people", "notify", headers, {"people": '=["U16", "U19"]'})
    house.start("telling_people")
    house.work()
    assert [received.recipients for received in mail.received] == [["u19@example.org"]]
    assert web.requests == []


def test_nothing_is_sent_twice_although_its_job_is_done_again(house, mail):
    tell(house, "U16")
    (key,) = house.office.read(jobs.due)
    job_run.run(house.office.unit_of_work, key)
    assert len(mail.received) == 1
    # as if the worker was killed before it could report the end of the job
    again = {"state": "CREATED", "ended_at": None}
    house.office.run(lambda session: session.execute(update(Job).where(Job.key == key).values(again)))
    job_run.run(house.office.unit_of_work, key)
    assert len(mail.received) == 1
    (job,) = house.office.read(lambda session: session.execute(select(Job).where(Job.key == key)).scalars().all())
    assert job.state == COMPLETED
    notification = house.office.read(lambda session: session.execute(select(Notification)).scalar_one())
    assert mail.received[0].message["Message-ID"] == f"<notification-{notification.key}@example.org>"


def test_the_database_lets_a_notification_out_once_by_each_channel(house):
    tell(house, "U16")
    (sent,) = deliveries_of(house)

    def twice(session):
        session.add(Delivery(notification_key=sent.notification_key, channel=sent.channel, job_key=1))
        session.flush()

    with pytest.raises(IntegrityError):
        house.office.run(twice)


def test_a_failure_is_repeated_with_pauses_and_told_to_the_administrators_in_the_end(house, mail):
    mail.replies = ["451 later"] * 20
    tell(house, "U16")
    tell(house, "U19")
    now = NOON
    for _attempt in range(deliveries.RETRIES):
        with clock.pinned(now):
            house.work()
        now += timedelta(hours=2)
    with clock.pinned(now):
        assert house.office.read(jobs.due) == []
        notes = house.office.read(notifications.listed, house.office.actor("U15")).rows
        assert [note.kind for note in notes] == ["undelivered"]
        assert str(Sentence.from_json(notes[0].sentence)).startswith(
            "2 notifications could not be delivered by email."
        )
        assert house.office.read(deliveries.undelivered) == 2
        mail.replies = []
        with pytest.raises(NotAllowed):
            house.office.run(deliveries.try_again, house.office.actor("U16"), "email")
        assert house.office.run(deliveries.try_again, house.office.actor("U15"), "email") == 2
        house.work()
    assert len(mail.received) == 2
    assert house.office.read(deliveries.undelivered) == 0


def test_who_has_read_it_or_left_is_not_written_to(house, mail):
    sentence = Sentence("{text}", text="x")
    for person in ("U16", "U19"):
        house.office.run(notifications.notify, [person], Notice("reminder", 1, 2, sentence))
    house.office.run(notifications.read_all, house.office.actor("U16"))
    house.office.run(lambda session: session.execute(update(Person).where(Person.id == "U19").values(active=False)))
    with clock.pinned(LATER):
        house.work()
        assert house.office.read(jobs.due) == []
    assert mail.received == []


def test_a_digest_gathers_and_stays_as_it_went_out(house, mail):
    for task in (1, 2):
        notice = Notice("reminder", task, 7, Sentence("{text}", text=f"task {task}"))
        house.office.run(notifications.notify, ["U16"], notice)
    house.work()
    assert mail.received == []  # it waits for what else may come
    with clock.pinned(LATER):
        house.work()
        (received,) = mail.received
        assert "2 tasks: task 2 task 1" in received.message.get_content()
        notice = Notice("reminder", 3, 7, Sentence("{text}", text="task 3"))
        house.office.run(notifications.notify, ["U16"], notice)
    with clock.pinned(LATER + timedelta(minutes=6)):
        house.work()
    assert [str(received.message["Subject"]) for received in mail.received] == ["2 tasks: task 2 task 1", "task 3"]


def test_the_address_of_a_robot_is_kept_and_never_shown(house):
    choice = choose(house, "U19", "wecom", enabled=True, webhook=HOOK)
    assert (choice.enabled, choice.is_set, choice.shown) == (True, True, "")
    shown = house.office.read(notification_channels.choices, "U19")
    assert "abcdef-123456" not in repr(shown)
    assert choose(house, "U19", "wecom", enabled=False).is_set
    house.office.run(notification_channels.forget, house.office.actor("U19"), "wecom")
    with pytest.raises(Refused):
        choose(house, "U19", "wecom", enabled=True)


@pytest.mark.parametrize(
    ("channel", "webhook", "secret"),
    [
        ("wecom", "https://evil.example.org/cgi-bin/webhook/send?key=abcdef-123456", ""),
        ("wecom", "http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abcdef-123456", ""),
        ("wecom", "https://qyapi.weixin.qq.com@evil.example.org/cgi-bin/webhook/send?key=abcdef-123456", ""),
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/other?key=abcdef-123456", ""),
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send", ""),
        ("wecom", HOOK, "secret123"),
        ("wecom", "json://169.254.169.254/", ""),
        ("feishu", "https://open.feishu.cn/open-apis/bot/v2/hook/../../x", ""),
        ("feishu", "https://open.feishu.cn/open-apis/bot/v2/hook/abcdefgh", "not a secret"),
        ("dingtalk", "https://oapi.dingtalk.com/robot/send?access_token=a%0d%0ab", ""),
        ("dingtalk", "", "SECabcdefgh"),
    ],
)
def test_an_address_that_is_none_of_the_chat_is_refused(house, channel, webhook, secret):
    with pytest.raises(Refused):
        choose(house, "U19", channel, enabled=True, webhook=webhook, secret=secret)
    assert house.office.read(notification_channels.reaching, "U19") == ("email",)


def test_what_is_not_on_offer_cannot_be_chosen(house):
    notification_channels.offer({"email": ""})
    with pytest.raises(NotFound):
        choose(house, "U19", "wecom", enabled=True, webhook=HOOK)
    with pytest.raises(NotAllowed):
        house.office.run(notification_channels.choose, TEST, "email", enabled=True)


def test_a_robot_that_refuses_is_given_up_at_once(house, web):
    web.replies = [Reply(body=b'{"errcode": 93000}')]
    choose(house, "U19", "wecom", enabled=True, webhook=HOOK)
    choose(house, "U19", "email", enabled=False)
    tell(house, "U19")
    house.work()
    (sent,) = deliveries_of(house)
    assert (sent.given_up_at, sent.delivered_at) == (NOON, None)
    job = house.office.read(lambda session: session.get(Job, sent.job_key))
    assert (job.state, "93000" in job.error, "abcdef-123456" in job.error) == (FAILED, True, False)

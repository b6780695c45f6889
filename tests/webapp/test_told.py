"""How I am told: everybody chooses for himself, and the address of a robot is never shown."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine import content, deployments, notification_channels, process_instances
from engine.actor import system
from engine.notification_channels import CHAT_ADDRESSES
from tests.webapp.house import House
from tests.workers.work import diagram

HOOK = "https://oapi.dingtalk.com/robot/send?access_token=abcdef123456"
SYSTEM = system("test")


@pytest.fixture(autouse=True)
def offered() -> Iterator[None]:
    notification_channels.offer({"email": "", **CHAT_ADDRESSES})
    yield
    notification_channels.offer({})


def reaching(house: House, person: str) -> tuple[str, ...]:
    with house.unit_of_work.read() as session:
        return notification_channels.reaching(session, person)


def test_a_robot_is_given_kept_and_thrown_away_and_never_shown(either_house: House):
    person = either_house.person("U19")
    page = person.post("/account/told/dingtalk", {"webhook": HOOK, "secret": "SECabcdef", "enabled": "1"})
    assert (page.status, page.path) == (200, "/account/told")
    assert "abcdef" not in page.text
    assert reaching(either_house, "U19") == ("dingtalk",)
    assert "abcdef" not in person.get("/account/told").text
    person.post("/account/told/dingtalk", {"webhook": "", "secret": ""})  # switched off, kept
    assert reaching(either_house, "U19") == ()
    person.post("/account/told/dingtalk", {"enabled": "1"})
    assert reaching(either_house, "U19") == ("dingtalk",)
    person.post("/account/told/dingtalk", {"act": "forget"})
    assert person.post("/account/told/dingtalk", {"enabled": "1"}).status == 422
    assert reaching(either_house, "U16") == ()


@pytest.mark.parametrize(
    "webhook", ["http://169.254.169.254/", "https://evil.example.org/robot/send?access_token=abcdefgh"]
)
def test_an_address_of_something_else_is_explained_and_not_repeated(house: House, webhook: str):
    page = house.person("U19", "en").post("/account/told/dingtalk", {"webhook": webhook, "enabled": "1"})
    assert page.status == 422
    assert "https://oapi.dingtalk.com/robot/send?access_token=…" in page.words
    assert webhook not in page.text
    assert reaching(house, "U19") == ()


def test_what_is_not_offered_is_not_there(house: House):
    notification_channels.offer({})
    person = house.person("U19", "en")
    assert "Nothing else is set up here." in person.get("/account/told").words
    assert person.post("/account/told/dingtalk", {"webhook": HOOK, "enabled": "1"}).status == 404


def test_strangers_choose_nothing(house: House):
    assert house.stranger().get("/account/told").path == "/sign-in"


def test_a_matter_shows_what_it_started_and_what_started_it(house: House):
    sources = {
        "begun": diagram("begun", "write_ledger", {"ledger": "visits"}),
        "opening": diagram("opening", "start_process", {"process": "begun"}),
    }
    pack = content.Pack("linked", {f"bpmn/linked/{name}.bpmn": source for name, source in sources.items()})
    house.unit_of_work.run(deployments.deploy, pack, SYSTEM)
    first = house.unit_of_work.run(process_instances.start, "opening", SYSTEM, {}, "S01", starter="U19").key
    with house.unit_of_work.read() as session:
        (link,) = process_instances.linked(session, first, SYSTEM)
    person = house.person("U19", "en")
    here, there = person.get(f"/matters/{first}"), person.get(f"/matters/{link.matter.key}")
    assert f"/matters/{link.matter.key}" in here.tree.xpath("//section[@class='s-linked']//a/@href")
    assert f"/matters/{first}" in there.tree.xpath("//section[@class='s-linked']//a/@href")
    assert "It was started by another matter." in there.words

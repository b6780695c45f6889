"""http_request against a real server on loopback: allowed by the setting, and refused without."""

from __future__ import annotations

import ipaddress
import os
import socket
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text

from engine import clock, incidents
from engine.errors import DeploymentRefused, Refused
from engine.models import Base, Incident
from engine.models.job import CREATED
from engine.topics import TryAgain
from tests.engine.conftest import NOON
from tests.workers.servers import Reply
from tests.workers.work import LOOPBACK, House
from workers.outbound import Origin, Outbound
from workers.secrets import Secrets


@pytest.fixture
def house(sqlite_office, tmp_path):
    return House(sqlite_office, tmp_path / "secrets")


def incident(house, root) -> Incident:
    (found,) = house.office.read(incidents.listed, house.office.actor("U15"), root_key=root)
    return found


def outbound(web, **given) -> Outbound:
    return Outbound((Origin.parse(web.origin),), LOOPBACK, **given)


def test_it_sends_and_receives_json_with_decimals_digit_for_digit(house, web):
    house.allow(web.origin)
    body = b'{"total": 12345678901234567.10, "lines": [{"@type": "date", "n": 1e2}], "none": null}'
    web.replies = [Reply(body=body, headers={"Content-Type": "application/json; charset=utf-8"})]
    headers = {"method": "POST", "url": f"{web.origin}/orders", "header.X-Branch": "S01"}
    inputs = {"body": '={price: price, on: date("2026-11-23"), for: duration("PT36H")}', "query": '={q: ["甲", "b"]}'}
    house.deploy("asking", "http_request", headers, inputs, outputs={"answer": "=response"})
    root = house.start("asking", price=Decimal("0.10"))
    house.work()
    (request,) = web.requests
    assert (request.method, request.path) == ("POST", "/orders?q=%E7%94%B2&q=b")
    assert request.body == b'{"price": 0.10, "on": "2026-11-23", "for": "P1DT12H"}'
    assert (request.headers["x-branch"], request.headers["idempotency-key"]) == (
        "S01",
        str(house.office.jobs(root)[0].key),
    )
    answer = house.office.variables(root)["answer"]
    assert answer["status"] == 200
    assert answer["body"]["total"] == Decimal("12345678901234567.10")
    assert answer["body"]["lines"] == [{"@type": "date", "n": Decimal(100)}]
    assert house.office.waits(root) == ["wait"]


def test_nothing_is_called_that_no_setting_allows(house, web):
    house.deploy("asking", "http_request", {"url": web.origin})
    root = house.start("asking")
    house.work()
    assert web.requests == []
    assert "BANLI_HTTP_HOSTS" in str(incident(house, root).sentence)


def test_a_private_address_is_refused_unless_its_network_is_allowed(house, web):
    house.equip(outbound=Outbound((Origin.parse(f"http://localhost:{web.port}"),)))
    house.deploy("asking", "http_request", {"url": f"http://localhost:{web.port}/"})
    root = house.start("asking")
    house.work()
    assert web.requests == []
    assert "BANLI_HTTP_NETWORKS" in str(incident(house, root).sentence)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "0.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",
        "::1", "::", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
        "2002:7f00:1::", "2001:0:7f00:1::", "ff02::1", "240.0.0.1", "255.255.255.255", "2001:db8::1",
    ],
)  # fmt: skip
def test_addresses_that_lead_inside_are_refused(address):
    assert not Outbound()._is_allowed(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::6810:84e5", "64:ff9b::5db8:d822"])
def test_public_addresses_are_allowed(address):
    assert Outbound()._is_allowed(ipaddress.ip_address(address))


def test_a_name_that_changes_its_address_is_connected_where_it_was_checked(web, monkeypatch):
    """DNS rebinding: the second answer leads to another address, and is never asked for."""
    asked = []

    def rebinding(host, port, *_given, **_named):
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "127.0.0.2"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, port, *a, **k: (
            rebinding(host, port) if host == "api.example.org" else _RESOLVE(host, port, *a, **k)
        ),
    )
    allowed = Outbound((Origin.parse(f"http://api.example.org:{web.port}"),), (ipaddress.ip_network("127.0.0.1/32"),))
    assert allowed.request("GET", f"http://api.example.org:{web.port}/x").status == 200
    assert asked == ["api.example.org"]
    assert web.requests[0].headers["host"] == f"api.example.org:{web.port}"


_RESOLVE = socket.getaddrinfo


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch):
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_given, **_named: both)
    with pytest.raises(Refused, match=r"10\.0\.0\.1"):
        Outbound((Origin.parse("api.example.org"),)).request("GET", "https://api.example.org/")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://127.0.0.1/", "file:///etc/passwd", "http://user:pw@127.0.0.1/", "http://127.0.0.1\\@example.org/",
        "//x/", "http://", "http://127.0.0.1:99999/", "http://a b/", "http://127.0.0.1/\r\nX: y", "", "http://[::1",
    ],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused(url):
    with pytest.raises(Refused):
        Outbound((Origin("http", "127.0.0.1", 80),), LOOPBACK).request("GET", url)


def test_an_allowed_host_is_not_all_that_ends_like_it():
    listed = Outbound((Origin.parse("*.example.org"), Origin.parse("api.example.com:8443")))
    for url in (
        "https://example.org/",
        "https://badexample.org/",
        "https://api.example.com/",
        "http://a.example.org/",
    ):
        with pytest.raises(Refused, match="BANLI_HTTP_HOSTS"):
            listed._checked(url)
    assert listed._checked("https://A.Example.ORG./x")[1].host == "a.example.org"


def test_a_redirect_to_another_host_is_not_followed(web):
    web.replies = [Reply(302, {"Location": f"http://localhost:{web.port}/secret"})]
    both = Outbound((Origin.parse(web.origin), Origin.parse(f"http://localhost:{web.port}")), LOOPBACK)
    with pytest.raises(Refused, match="another host"):
        both.request("GET", f"{web.origin}/")
    assert len(web.requests) == 1


def test_a_redirect_within_the_host_is_followed_a_few_times(web):
    web.replies = [Reply(302, {"Location": "/there"}), Reply(body=b"[]")]
    assert outbound(web).request("GET", f"{web.origin}/here").body == b"[]"
    assert [request.path for request in web.requests] == ["/here", "/there"]
    web.replies = [Reply(302, {"Location": "/again"})]
    with pytest.raises(Refused, match="next"):
        outbound(web).request("GET", f"{web.origin}/here")
    web.replies = [Reply(303, {"Location": "/again"})]
    assert outbound(web).request("POST", f"{web.origin}/here").status == 303


def test_an_answer_that_is_too_long_is_refused(web):
    web.replies = [Reply(body=b"x" * 2000)]
    with pytest.raises(Refused, match="1000 bytes"):
        outbound(web, maximum_answer=1000).request("GET", f"{web.origin}/")


def test_an_answer_that_never_ends_is_cut_off_in_time(web):
    def drip(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        try:
            while True:  # ends when the other side hangs up
                handler.wfile.write(b"X-More: yes\r\n")
        except OSError:
            return

    def wait(handler):
        handler.rfile.read(1)

    for act in (drip, wait):
        web.replies = [Reply(act=act)]
        with pytest.raises(TryAgain):
            outbound(web).request("GET", f"{web.origin}/", seconds=0.3)


def test_an_answer_that_was_cut_off_is_no_answer(web):
    def cut(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")

    web.replies = [Reply(act=cut)]
    with pytest.raises(TryAgain):
        outbound(web).request("GET", f"{web.origin}/")


def test_a_compressed_answer_is_refused(web):
    web.replies = [Reply(headers={"Content-Encoding": "gzip"}, body=b"\x1f\x8b")]
    with pytest.raises(Refused, match="compressed"):
        outbound(web).request("GET", f"{web.origin}/")


def test_a_busy_server_is_asked_again_when_it_says(house, web):
    house.allow(web.origin)
    web.replies = [Reply(503, {"Retry-After": "120"}), Reply()]
    house.deploy("asking", "http_request", {"url": web.origin})
    root = house.start("asking")
    house.work()
    (job,) = house.office.jobs(root, CREATED)
    assert (job.retries, job.due_at) == (1, NOON + timedelta(seconds=120))
    with clock.pinned(NOON + timedelta(seconds=121)):
        house.work()
    assert house.office.waits(root) == ["wait"]
    assert web.requests[0].headers["idempotency-key"] == web.requests[1].headers["idempotency-key"]


def test_a_status_that_the_diagram_foresees_is_its_error(house, web):
    house.allow(web.origin)
    web.replies = [Reply(404, body=b'{"why": "gone"}')]
    house.deploy("asking", "http_request", {"url": web.origin, "errors": "404=not_found"}, error="not_found")
    root = house.start("asking")
    house.work()
    assert house.office.matter(root).outcome == "caught"


def test_a_status_that_nobody_foresees_is_an_incident_at_once(house, web):
    house.allow(web.origin)
    web.replies = [Reply(403)]
    house.deploy("asking", "http_request", {"url": web.origin})
    root = house.start("asking")
    house.work()
    assert "403" in str(incident(house, root).sentence)
    assert len(web.requests) == 1


@pytest.mark.parametrize("body", [b"{", b'{"a": NaN}', b"\xff", b"[" * 100_000, b"9" * 10_000])
def test_what_says_that_it_is_json_and_is_not_is_an_incident(house, web, body):
    house.allow(web.origin)
    web.replies = [Reply(body=body)]
    house.deploy("asking", "http_request", {"url": web.origin})
    root = house.start("asking")
    house.work()
    assert incident(house, root).kind == "job"


@pytest.mark.parametrize("name", ["Host", "Content-Length", "Idempotency-Key", "X Y", "X:Y"])
def test_headers_that_are_ours_cannot_be_set(house, web, name):
    house.allow(web.origin)
    house.deploy("asking", "http_request", {"url": web.origin, f"header.{name}": "x"})
    root = house.start("asking")
    house.work()
    assert name in str(incident(house, root).sentence)
    assert web.requests == []


# -- secrets ----------------------------------------------------------------------------------------------------


def test_a_secret_is_sent_and_stands_nowhere(house, web, caplog):
    house.allow(web.origin)
    house.equip(secrets=Secrets(house.surroundings.secrets.folder, {"BANLI_SECRET_SMS": "hunter2-hunter2"}))
    said_back = [Reply(500, body=b"no hunter2-hunter2"), Reply(body=b'{"echo": "Bearer hunter2-hunter2"}')]
    web.replies = said_back
    headers = {"url": f"{web.origin}/secret:SMS/x", "header.Authorization": "Bearer secret:SMS"}
    house.deploy("asking", "http_request", headers)
    root = house.start("asking")
    with caplog.at_level("DEBUG"):
        house.work()
        with clock.pinned(NOON + timedelta(minutes=1)):
            house.work()
    assert [request.headers["authorization"] for request in web.requests] == ["Bearer hunter2-hunter2"] * 2
    assert web.requests[0].path == "/hunter2-hunter2/x"
    assert house.office.variables(root)["response"]["body"] == {"echo": "Bearer •••"}
    assert "hunter2" not in caplog.text
    with house.office.unit_of_work.read() as session:
        rows = [str(row) for table in Base.metadata.sorted_tables for row in session.execute(select(table))]
        states = session.execute(text("SELECT state_bytes FROM process_instance")).scalars().all()
    assert rows
    assert not any("hunter2" in row for row in rows)
    assert not any(b"hunter2" in state for state in states if state)


def test_a_secret_cannot_be_asked_for_by_a_variable(house, web):
    house.allow(web.origin)
    house.equip(secrets=Secrets(house.surroundings.secrets.folder, {"BANLI_SECRET_SMS": "hunter2-hunter2"}))
    house.deploy("asking", "http_request", inputs={"url": "=address", "body": "=address"}, headers={"method": "POST"})
    house.start("asking", address=f"{web.origin}/secret:SMS")
    house.work()
    assert (web.requests[0].path, web.requests[0].body.count(b"hunter2")) == ("/secret:SMS", 0)


def test_the_key_of_sessions_is_no_secret_to_send(tmp_path):
    with pytest.raises(Refused, match="system"):
        Secrets(tmp_path, {"BANLI_SECRET_KEY": "x" * 40}).value("KEY")


def test_a_secret_in_a_file_is_for_its_owner_alone(tmp_path):
    file = tmp_path / "SMS"
    file.write_text("hunter2\n", encoding="utf-8")
    file.chmod(0o600)
    found = Secrets(tmp_path, {})
    assert found.value("SMS") == "hunter2"
    file.chmod(0o640)
    with pytest.raises(Refused, match="chmod 600"):
        found.value("SMS")
    (tmp_path / "LINK").symlink_to("/etc/hostname")
    for name in ("LINK", "NONE"):
        with pytest.raises(Refused, match="no secret"):
            found.value(name)
    assert "hunter2" not in repr(Secrets(tmp_path, {"BANLI_SECRET_SMS": "hunter2"}))
    assert os.environ.get("BANLI_SECRET_SMS") is None


# -- what a deployment refuses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"url": "https://x", "methode": "GET"}, "unknown-header"),
        ({"url": "https://x", "method": "FETCH"}, "wrong-header"),
        ({"url": "https://x", "timeout": "600"}, "wrong-header"),
        ({"url": "https://x", "timeout": "soon"}, "wrong-header"),
        ({"url": "https://x", "errors": "secret:SMS"}, "wrong-header"),
    ],
)
def test_headers_are_checked_at_deployment(house, headers, code):
    with pytest.raises(DeploymentRefused) as refused:
        house.deploy("asking", "http_request", headers)
    assert [problem.code for problem in refused.value.problems if problem.severity == "error"] == [code]


def test_a_missing_input_is_named(house):
    house.deploy("asking", "http_request")
    root = house.start("asking")
    house.work()
    assert "url" in str(incident(house, root).sentence)

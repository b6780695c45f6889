"""Chats against a real HTTP server on loopback: what each robot is told, and what its answers mean."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from urllib.parse import parse_qs, urlsplit

import pytest

from engine import clock
from engine.errors import Refused
from engine.topics import TryAgain
from tests.engine.conftest import NOON
from tests.workers.servers import Reply
from tests.workers.work import LOOPBACK
from workers import chat
from workers.outbound import Outbound

TOKEN = "abcDEF-123456"
SUCCESS = {"wecom": b'{"errcode": 0}', "dingtalk": b'{"errcode": 0}', "feishu": b'{"code": 0}'}


def send(web, channel, text="订单已到\nhttps://banli.example.org/x", **address):
    with clock.pinned(NOON):
        chat.send(Outbound((), LOOPBACK), channel, web.origin, {"token": TOKEN, **address}, "", text)


@pytest.mark.parametrize(
    ("channel", "path", "payload"),
    [
        ("wecom", f"/cgi-bin/webhook/send?key={TOKEN}", {"msgtype": "text", "text": {"content": "订单"}}),
        ("feishu", f"/open-apis/bot/v2/hook/{TOKEN}", {"msg_type": "text", "content": {"text": "订单"}}),
    ],
)
def test_each_robot_is_told_in_its_own_way(web, channel, path, payload):
    web.replies = [Reply(body=SUCCESS[channel])]
    send(web, channel, "订单")
    (request,) = web.requests
    assert (request.method, request.path, json.loads(request.body)) == ("POST", path, payload)


def test_dingtalk_is_told_with_its_signature(web):
    web.replies = [Reply(body=SUCCESS["dingtalk"])]
    with clock.pinned(NOON):
        address = {"token": "abcdef123456", "secret": "SECdef123"}
        chat.send(Outbound((), LOOPBACK), "dingtalk", web.origin, address, "", "订单")
    (request,) = web.requests
    query = parse_qs(urlsplit(request.path).query)
    stamp = str(int(NOON.timestamp() * 1000))
    mac = hmac.new(b"SECdef123", f"{stamp}\nSECdef123".encode(), hashlib.sha256).digest()
    expected = {"access_token": ["abcdef123456"], "timestamp": [stamp], "sign": [base64.b64encode(mac).decode()]}
    assert query == expected
    assert json.loads(request.body) == {"msgtype": "text", "text": {"content": "订单"}}


def test_feishu_is_told_with_its_signature(web):
    web.replies = [Reply(body=SUCCESS["feishu"])]
    send(web, "feishu", "订单", secret="abcdefgh")
    stamp = str(int(NOON.timestamp()))
    mac = hmac.new(f"{stamp}\nabcdefgh".encode(), b"", hashlib.sha256).digest()
    told = json.loads(web.requests[0].body)
    assert (told["timestamp"], told["sign"]) == (stamp, base64.b64encode(mac).decode())


@pytest.mark.parametrize(
    ("channel", "body", "error"),
    [
        ("wecom", b'{"errcode": 93000, "errmsg": "invalid webhook url"}', Refused),
        ("wecom", b'{"errcode": 45009}', TryAgain),
        ("feishu", b'{"code": 19021, "msg": "sign match fail"}', Refused),
        ("feishu", b'{"code": 9499}', TryAgain),
        ("feishu", b"<html>", TryAgain),
        ("wecom", b"[]", TryAgain),
        ("wecom", b'{"errcode": "0"}', TryAgain),
        ("wecom", b"{}", TryAgain),
    ],
)
def test_a_refusal_with_the_status_200_is_a_refusal(web, channel, body, error, caplog):
    web.replies = [Reply(body=body)]
    with caplog.at_level("DEBUG"), pytest.raises(error) as failed:
        send(web, channel)
    assert TOKEN not in str(failed.value)
    assert TOKEN not in caplog.text


def test_a_server_that_fails_is_tried_again(web):
    web.replies = [Reply(502)]
    with pytest.raises(TryAgain, match="502"):
        send(web, "wecom")


def test_a_long_text_is_cut_and_sent_once(web):
    web.replies = [Reply(body=SUCCESS["wecom"])]
    send(web, "wecom", "长" * 5000)
    (request,) = web.requests
    assert 0 < len(json.loads(request.body)["text"]["content"]) <= 2048


def test_a_private_address_is_refused_here_too(web):
    with pytest.raises(Refused, match="private"):
        chat.send(Outbound(), "wecom", web.origin, {"token": TOKEN}, "", "x")

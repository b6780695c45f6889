"""Chat robots of 企业微信, 钉钉 and 飞书: what they understand comes from apprise, the way to them is our own.

Apprise knows the addresses, the signatures and how long a message may be, but takes every answer with status 200 for
a success; these chats answer 200 with an error code inside when they refuse. So each answer is read here, and the
request goes through :class:`workers.outbound.Outbound` with its bounds.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from urllib.parse import urlencode

import simplejson

from engine import clock
from engine.errors import Refused
from engine.notification_channels import CHAT_PATHS
from engine.topics import TryAgain
from feel.sentences import Sentence
from workers.outbound import Origin, Outbound

SECONDS = 10.0
NAMES: Mapping[str, Sentence] = {
    "wecom": Sentence("WeCom"),
    "dingtalk": Sentence("DingTalk"),
    "feishu": Sentence("Feishu"),
}
_OK = 200
_BUSY = frozenset({-1, 45009, 130101, 410100, 9499, 11232})
"""Codes of "too often" and "busy": later it may work."""

_CODES = ("errcode", "code", "StatusCode")


def send(outbound: Outbound, channel: str, home: str, address: Mapping[str, str], title: str, text: str) -> None:
    """Send a message to a robot. Raises :class:`TryAgain` if it may work later, :class:`Refused` if it will not."""

    def post(token: str, payload: Mapping[str, Any]) -> None:
        _post(outbound, channel, home, token, address.get("secret", ""), payload)

    robot = _robots()[channel](address["token"], post)
    robot.notify(body=text, title=title)


def _post(outbound: Outbound, channel: str, home: str, token: str, secret: str, payload: Mapping[str, Any]) -> None:
    path, parameter = CHAT_PATHS[channel]
    query = {parameter: token} if parameter else {}
    signed, in_payload = _signature(channel, secret)
    url = f"{home}{path}" + ("" if parameter else token) + (f"?{urlencode(query | signed)}" if parameter else "")
    bounded = Outbound((Origin.parse(home),), outbound.networks)
    answer = bounded.request(
        "POST",
        url,
        headers={"Content-Type": "application/json; charset=utf-8"},
        body=json.dumps({**payload, **in_payload}, ensure_ascii=False).encode(),
        seconds=SECONDS,
    )
    if answer.status != _OK:
        sentence = Sentence("{chat} answered with the status {status}.", chat=NAMES[channel], status=answer.status)
        raise TryAgain(sentence)
    code = _code(answer.body)
    if code is None:
        raise TryAgain(Sentence("{chat} answered something that nobody understands.", chat=NAMES[channel]))
    if code in _BUSY:
        raise TryAgain(Sentence("{chat} is busy (code {code}).", chat=NAMES[channel], code=code))
    if code:
        raise Refused(Sentence("{chat} refused the message (code {code}).", chat=NAMES[channel], code=code))


def _code(body: bytes) -> int | None:
    """The code inside an answer, 0 for success; None if there is none."""
    try:
        answer = simplejson.loads(body)
    except ValueError:
        return None
    if not isinstance(answer, dict):
        return None
    found = next((answer[name] for name in _CODES if name in answer), None)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def _signature(channel: str, secret: str) -> tuple[dict[str, str], dict[str, str]]:
    """What a robot with a secret asks for: parameters of the address (钉钉), or of the message (飞书)."""
    if not secret:
        return {}, {}
    now = clock.now().timestamp()
    if channel == "dingtalk":
        stamp = str(round(now * 1000))
        mac = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256)
        return {"timestamp": stamp, "sign": base64.b64encode(mac.digest()).decode()}, {}
    stamp = str(round(now))
    mac = hmac.new(f"{stamp}\n{secret}".encode(), b"", hashlib.sha256)
    return {}, {"timestamp": stamp, "sign": base64.b64encode(mac.digest()).decode()}


Post = Callable[[str, Mapping[str, Any]], None]


@cache
def _robots() -> Mapping[str, Callable[[str, Post], Any]]:
    """Apprise's robots, sending by ours; it is large, so it is read when the first message goes out."""
    from apprise.plugins.dingtalk import NotifyDingTalk  # noqa: PLC0415 - see above
    from apprise.plugins.feishu import NotifyFeishu  # noqa: PLC0415
    from apprise.plugins.wecombot import NotifyWeComBot  # noqa: PLC0415

    class DingTalk(NotifyDingTalk):  # type: ignore[misc] # apprise has no types
        def send(self, body: str, title: str = "", **_given: Any) -> bool:
            content = f"{title}\n{body}" if title else body
            self.post(self.token, {"msgtype": "text", "text": {"content": content}})
            return True

    class WeCom(NotifyWeComBot):  # type: ignore[misc] # the same
        def send(self, body: str, title: str = "", **_given: Any) -> bool:  # noqa: ARG002 - it is in the body
            self.post(self.key, {"msgtype": "text", "text": {"content": body}})
            return True

    class Feishu(NotifyFeishu):  # type: ignore[misc] # the same
        def send(self, body: str, title: str = "", **_given: Any) -> bool:  # noqa: ARG002 - it is in the body
            self.post(self.token, {"msg_type": "text", "content": {"text": body}})
            return True

    def made(robot: Any, parameter: str) -> Callable[[str, Post], Any]:
        def make(token: str, post: Post) -> Any:
            one = robot(**{parameter: token}, overflow="truncate")
            one.post = post
            return one

        return make

    return {"dingtalk": made(DingTalk, "token"), "wecom": made(WeCom, "key"), "feishu": made(Feishu, "token")}

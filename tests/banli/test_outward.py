"""What may leave the house is said in settings; a wrong one stops the start, and no password is repeated."""

from __future__ import annotations

from pathlib import Path

import pytest

from banli import settings
from banli.composition import compose
from engine import notification_channels, topics
from engine.errors import SettingRefused
from workers.outbound import Origin


@pytest.fixture
def forgotten(monkeypatch):
    for name in topics.SHIPPED:
        monkeypatch.setattr(topics.find(name), "function", None)
    yield
    notification_channels.offer({})


def test_without_any_setting_nothing_leaves_but_to_the_chats_of_people():
    outward = settings.read({}).outward
    assert (outward.mailer, outward.public_url, outward.outbound.origins, outward.outbound.networks) == (
        None,
        "",
        (),
        (),
    )
    assert dict(outward.chats) == dict(notification_channels.CHAT_ADDRESSES)


def test_what_is_said_is_read():
    outward = settings.read(
        {
            "BANLI_PUBLIC_URL": "https://banli.example.org/",
            "BANLI_SMTP_URL": "smtps://me:pass%40word@mail.example.org",
            "BANLI_MAIL_FROM": "办理 <banli@example.org>",
            "BANLI_CHATS": "feishu=https://feishu.example.org, wecom",
            "BANLI_HTTP_HOSTS": "api.example.com, *.example.org:8443, http://10.0.0.5:8080",
            "BANLI_HTTP_NETWORKS": "10.0.0.0/24, fd00::/8",
            "BANLI_SECRET_SMS": "hunter2",
        }
    ).outward
    assert outward.public_url == "https://banli.example.org"
    assert outward.mailer.domain == "example.org"
    assert outward.chats == {"feishu": "https://feishu.example.org", "wecom": "https://qyapi.weixin.qq.com"}
    assert outward.outbound.origins == (
        Origin("https", "api.example.com", 443),
        Origin("https", "*.example.org", 8443),
        Origin("http", "10.0.0.5", 8080),
    )
    assert len(outward.outbound.networks) == 2
    assert "pass" not in repr(outward)
    assert settings.read({"BANLI_CHATS": "none"}).outward.chats == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BANLI_PUBLIC_URL", "banli.example.org"),
        ("BANLI_PUBLIC_URL", "javascript:alert(1)"),
        ("BANLI_SMTP_URL", "http://me:hunter2@mail.example.org"),
        ("BANLI_SMTP_URL", "smtp://me:hunter2@mail.example.org:99999"),
        ("BANLI_SMTP_URL", "smtp://me:hunter2@mail.example.org?tls=perhaps"),
        ("BANLI_CHATS", "telegram"),
        ("BANLI_CHATS", "feishu=ftp://here"),
        ("BANLI_HTTP_HOSTS", "*"),
        ("BANLI_HTTP_HOSTS", "https://api.example.com/path"),
        ("BANLI_HTTP_HOSTS", "me:hunter2@api.example.com"),
        ("BANLI_HTTP_NETWORKS", "10.0.0.1/24"),
        ("BANLI_HTTP_NETWORKS", "everything"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(name, value):
    with pytest.raises(SettingRefused) as refused:
        settings.read({"BANLI_MAIL_FROM": "banli@example.org", name: value})
    assert name in str(refused.value)
    assert "\n" not in str(refused.value)
    assert name != "BANLI_SMTP_URL" or "hunter2" not in str(refused.value)


@pytest.mark.parametrize("sender", ["", "banli", "a@b@c"])
def test_a_mail_needs_a_sender(sender):
    with pytest.raises(SettingRefused, match="BANLI_MAIL_FROM"):
        settings.read({"BANLI_SMTP_URL": "smtp://mail.example.org", "BANLI_MAIL_FROM": sender})


@pytest.mark.usefixtures("forgotten")
def test_a_composition_has_a_worker_for_every_topic(tmp_path: Path):
    composition = compose(
        settings.read(
            {"BANLI_HOME": str(tmp_path), "BANLI_SMTP_URL": "smtp://localhost", "BANLI_MAIL_FROM": "a@example.org"}
        )
    )
    try:
        assert [name for name in topics.SHIPPED if topics.find(name).function is None] == []
        assert set(notification_channels.offered()) == {"email", "wecom", "dingtalk", "feishu"}
    finally:
        composition.dispose()

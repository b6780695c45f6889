"""The settings: read once from the environment, each with a bound; a wrong one stops the start with one line.

The table of all settings in ``docs/settings.md`` is kept equal to :data:`DESCRIPTIONS` by a test.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from banli import outward
from banli.outward import Outward
from banli.outward import refused as _refused
from feel.sentences import Sentence

DEMO_PASSWORD = "banli-demo"  # noqa: S105 - printed at every start of the demo, and useless beyond loopback
DESCRIPTIONS: Mapping[str, str] = {
    "BANLI_HOME": "folder of the content (bpmn/, dmn/, forms/) and of var/; default: the checkout",
    "BANLI_DATABASE_URL": "sqlite:///… or postgresql://…; default: var/banli.sqlite3 in BANLI_HOME",
    "BANLI_BROKER_URL": "memory://localhost (one process), amqp://… or redis://…; default: memory://localhost",
    "BANLI_HOST": "address to listen on; default: 127.0.0.1",
    "BANLI_PORT": "port to listen on, 1 to 65535; default: 8080",
    "BANLI_THREADS": "web threads of one process, 2 to 256; default: 32",
    "BANLI_SECRET_KEY": "signs sessions, at least 32 characters; default: made once and kept in var/secret_key",
    "BANLI_TIME_ZONE": "the organisation's zone; default: Asia/Shanghai",
    "BANLI_LANGUAGE": "language when neither person nor browser says one, zh or en; default: zh",
    "BANLI_SECURE_COOKIES": "1 where people come by https; default: 0 on loopback, 1 elsewhere",
    "BANLI_DEMO": "1 loads fictitious people and listens on loopback only; default: 0",
    "BANLI_DEMO_PASSWORD": f"password of the fictitious people; default: {DEMO_PASSWORD}",
    "BANLI_TRUSTED_PROXIES": "reverse proxies of yours in front that set X-Forwarded-*, 0 to 5; default: 0",
    "BANLI_METRICS_TOKEN": "who sends it as a bearer token may read /metrics; default: loopback alone may",
    "BANLI_ALLOW_CLOCK": "1 lets administrators set the clock through the API, for tests in one process; default: 0",
    "BANLI_PUBLISH_APPROVAL": "1 lets a draft be published only when a second process owner agreed; default: 0",
    "BANLI_REMOTE_TOKEN": "access token of another server, for `banli deploy --to`; never written or logged",
    "BANLI_LOG_LEVEL": "debug, info, warning or error; default: info",
    "BANLI_LOG_FORMAT": "text, or json for one object a line; default: text",
    **outward.DESCRIPTIONS,
}
_SECRET_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says, checked. ``secret_key`` never appears in a representation or a log."""

    home: Path
    database_url: str
    broker_url: str
    host: str
    port: int
    threads: int
    time_zone: str
    language: str
    secure_cookies: bool
    demo: bool
    demo_password: str
    trusted_proxies: int
    metrics_token: str = field(repr=False)
    allow_clock: bool
    publish_approval: bool
    log_level: str
    log_format: Literal["text", "json"]
    outward: Outward

    @property
    def var(self) -> Path:
        """The folder of everything that this installation writes itself."""
        return self.home / "var"

    def secret_key(self, environment: Mapping[str, str] = os.environ) -> str:
        """The key that signs sessions: the setting, or one made at the first start and kept for this user alone."""
        given = environment.get("BANLI_SECRET_KEY", "")
        if given:
            if len(given) < _SECRET_LENGTH:
                raise _refused(
                    "BANLI_SECRET_KEY", Sentence("it needs at least {count} characters", count=_SECRET_LENGTH)
                )
            return given
        kept = self.var / "secret_key"
        self.var.mkdir(parents=True, exist_ok=True)
        if not kept.exists():
            _keep(kept, secrets.token_urlsafe(48))
        key = kept.read_text(encoding="ascii").strip()
        if len(key) < _SECRET_LENGTH:
            raise _refused(
                "BANLI_SECRET_KEY",
                Sentence("the file {file} holds no key; remove it, and the next start makes one", file=kept),
            )
        return key


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of ``environment``; raises :class:`SettingRefused` naming the first one that is wrong."""
    for name in environment:
        if (
            name.startswith("BANLI_")
            and name not in DESCRIPTIONS
            and not name.startswith(("BANLI_TEST_", "BANLI_CHROMIUM", outward.SECRETS))
        ):
            raise _refused(name, Sentence("there is no setting of this name"))
    home = Path(environment.get("BANLI_HOME") or Path(__file__).resolve().parent.parent).expanduser().absolute()
    if not home.is_dir():
        raise _refused("BANLI_HOME", Sentence("the folder {folder} does not exist", folder=home))
    host = environment.get("BANLI_HOST") or "127.0.0.1"
    demo = _flag(environment, "BANLI_DEMO", default=False)
    loopback = _is_loopback(host)
    if demo and not loopback:
        raise _refused("BANLI_HOST", Sentence("the demo listens on loopback only, not on {host}", host=host))
    return Settings(
        home=home,
        database_url=_database_url(environment, home),
        broker_url=_url(
            environment, "BANLI_BROKER_URL", "memory://localhost", ("memory", "amqp", "amqps", "redis", "rediss")
        ),
        host=host,
        port=_number(environment, "BANLI_PORT", 8080, 1, 65535),
        threads=_number(environment, "BANLI_THREADS", 32, 2, 256),
        time_zone=_time_zone(environment),
        language=_choice(environment, "BANLI_LANGUAGE", "zh", ("zh", "en")),
        secure_cookies=_flag(environment, "BANLI_SECURE_COOKIES", default=not loopback),
        demo=demo,
        demo_password=environment.get("BANLI_DEMO_PASSWORD") or DEMO_PASSWORD,
        trusted_proxies=_number(environment, "BANLI_TRUSTED_PROXIES", 0, 0, 5),
        metrics_token=_metrics_token(environment),
        allow_clock=_allow_clock(environment),
        publish_approval=_flag(environment, "BANLI_PUBLISH_APPROVAL", default=False),
        log_level=_choice(environment, "BANLI_LOG_LEVEL", "info", ("debug", "info", "warning", "error")),
        log_format="json" if _choice(environment, "BANLI_LOG_FORMAT", "text", ("text", "json")) == "json" else "text",
        outward=outward.read(environment),
    )


def _keep(file: Path, text: str) -> None:
    """Write a new file for this user alone; it appears whole, and one that is there meanwhile stays.

    Processes that start at once agree on the one that was first, and nobody ever reads half of it.
    """
    with tempfile.NamedTemporaryFile("w", encoding="ascii", dir=file.parent, prefix=".secret_key-") as made:
        made.write(text)
        made.flush()
        os.fsync(made.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(made.name, file)


def page() -> str:
    """The text of ``docs/settings.md``; ``make docs`` writes it."""
    rows = "".join(f"| `{name}` | {text} |\n" for name, text in DESCRIPTIONS.items())
    return (
        "# Settings\n\nRead from the environment at the start; a wrong one stops it with one line that names it.\n\n"
        f"| setting | meaning |\n|---|---|\n{rows}"
    )


def _number(environment: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = environment.get(name) or str(default)
    if not (text.isascii() and text.isdigit()) or not least <= int(text) <= most:
        raise _refused(
            name,
            Sentence("{text} is not a whole number from {least} to {most}", text=text[:40], least=least, most=most),
        )
    return int(text)


def _flag(environment: Mapping[str, str], name: str, *, default: bool) -> bool:
    return _choice(environment, name, "1" if default else "0", ("0", "1")) == "1"


def _choice(environment: Mapping[str, str], name: str, default: str, allowed: tuple[str, ...]) -> str:
    text = environment.get(name) or default
    if text not in allowed:
        raise _refused(name, Sentence("{text} is none of {allowed}", text=text[:40], allowed=", ".join(allowed)))
    return text


def _url(environment: Mapping[str, str], name: str, default: str, schemes: tuple[str, ...]) -> str:
    url = environment.get(name) or default
    scheme, separator, _rest = url.partition("://")
    # The address may hold a password, so the message names the scheme alone.
    if not separator or scheme not in schemes:
        raise _refused(
            name, Sentence("it must begin with one of {schemes}", schemes=", ".join(f"{s}://" for s in schemes))
        )
    return url


def _database_url(environment: Mapping[str, str], home: Path) -> str:
    default = f"sqlite:///{home / 'var' / 'banli.sqlite3'}"
    schemes = ("sqlite", "postgresql", "postgresql+psycopg")
    return _url(environment, "BANLI_DATABASE_URL", default, schemes)


def _metrics_token(environment: Mapping[str, str]) -> str:
    token = environment.get("BANLI_METRICS_TOKEN", "")
    if token and (len(token) < _SECRET_LENGTH or not token.isascii()):
        raise _refused("BANLI_METRICS_TOKEN", Sentence("it needs at least {count} characters", count=_SECRET_LENGTH))
    return token


def _allow_clock(environment: Mapping[str, str]) -> bool:
    allowed = _flag(environment, "BANLI_ALLOW_CLOCK", default=False)
    if allowed and not (environment.get("BANLI_BROKER_URL") or "memory://").startswith("memory://"):
        # other processes would go on with the real time, and the same matter would have two clocks
        raise _refused("BANLI_ALLOW_CLOCK", Sentence("the clock can be set only where one process does everything"))
    return allowed


def _time_zone(environment: Mapping[str, str]) -> str:
    name = environment.get("BANLI_TIME_ZONE") or "Asia/Shanghai"
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise _refused("BANLI_TIME_ZONE", Sentence("there is no zone {name}", name=name[:40])) from error
    return name


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

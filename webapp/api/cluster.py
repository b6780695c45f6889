"""What the installation is, and who asks: topology, status, licence, person; the clock, where tests may set it."""

from __future__ import annotations

import importlib.metadata
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from flask import request
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from engine import clock, models
from engine.access_tokens import OPERATE, READ
from engine.errors import NotAllowed
from feel.sentences import Sentence
from webapp.api.identity import actor
from webapp.api.operations import serves
from webapp.api.problems import NotServed, problem
from webapp.api.schema import TENANT, Answer, InstantOut, Request
from webapp.languages import gettext as _
from webapp.surroundings import reading, surroundings

SPOKEN = "8.10.0"
"""The version of the API that clients know by this number; Banli's own stands beside it in the OpenAPI document."""

_LATEST = 253_402_300_799_000  # the end of the year 9999, in milliseconds


class Partition(Answer):
    """The one there is."""

    partition_id: int = 1
    role: Literal["leader"] = "leader"
    health: Literal["healthy"] = "healthy"
    state: Literal["active"] = "active"


class Broker(Answer):
    """This installation, in the words of a cluster."""

    node_id: int = 0
    broker_id: str = "0"
    host: str
    port: int
    partitions: list[Partition]
    version: str


class Topology(Answer):
    """A cluster of one."""

    brokers: list[Broker]
    cluster_id: str | None
    cluster_size: int = 1
    partitions_count: int = 1
    replication_factor: int = 1
    gateway_version: str
    last_completed_change_id: str = "0"


class License(Answer):
    """Free software, for ever."""

    valid_license: bool = True
    license_type: str = "Apache-2.0"
    is_commercial: bool = False
    expires_at: InstantOut | None = None


class TenantOut(Answer):
    """The one there is."""

    tenant_id: str = TENANT
    name: str = "Default"
    description: str | None = None


class Me(Answer):
    """Who asks."""

    username: str
    display_name: str | None
    email: str | None
    authorized_components: list[str]
    tenants: list[TenantOut]
    groups: list[str]
    roles: list[str]
    sales_plan_type: str | None = None
    c8_links: dict[str, str] = Field(default_factory=dict)
    can_logout: bool = False


class Pin(Request):
    """An instant in milliseconds since 1970."""

    timestamp: Annotated[int, Field(ge=0, le=_LATEST)]


@serves("GET", "/topology", right=READ, answer=Topology)
def get_topology() -> Topology:
    """The topology: one node, one partition."""
    host, _separator, port = request.host.rpartition(":")
    number = int(port) if host and port.isdigit() else {"https": 443}.get(request.scheme, 80)
    broker = Broker(host=host or request.host, port=number, partitions=[Partition()], version=SPOKEN)
    return Topology(brokers=[broker], cluster_id="banli", gateway_version=SPOKEN)


@serves("GET", "/status", right=None, errors=(503,))
def get_status() -> Any:
    """Whether the database answers."""
    try:
        current = surroundings().database.is_current()
    except SQLAlchemyError:
        current = False
    return None if current else problem(503, _("The database does not answer, or is not of this version."))


@serves("GET", "/license", right=None, answer=License)
def get_license() -> License:
    """The licence: Apache 2.0."""
    return License()


@serves("GET", "/authentication/me", right=READ, answer=Me)
def get_authentication() -> Me:
    """The person who asks, with the posts held today."""
    asking, table = actor(), models.Person
    row = reading().execute(select(table.name, table.email).where(table.id == asking.person)).one()
    return Me(
        username=asking.person,
        display_name=row.name,
        email=row.email,
        authorized_components=["*"],
        tenants=[TenantOut()],
        groups=sorted(asking.groups),
        roles=sorted(asking.posts),
    )


@serves("PUT", "/clock", right=OPERATE, body=Pin, errors=(501,))
def pin_clock(body: Pin) -> None:
    """Set the clock of the whole installation; only where BANLI_ALLOW_CLOCK=1."""
    _refuse_clock()
    clock.pin_everywhere(datetime.fromtimestamp(body.timestamp / 1000, UTC))


@serves("POST", "/clock/reset", right=OPERATE, errors=(501,))
def reset_clock() -> None:
    """Let the clock go on with the real time; only where BANLI_ALLOW_CLOCK=1."""
    _refuse_clock()
    clock.pin_everywhere(None)


def version() -> str:
    """Banli's own version."""
    return importlib.metadata.version("banli")


def _refuse_clock() -> None:
    if not surroundings().settings.allow_clock:
        raise NotServed(Sentence("The clock is not set from outside here; BANLI_ALLOW_CLOCK=1 would allow it."))
    if not actor().is_administrator:
        raise NotAllowed(Sentence("Only an administrator may set the clock."))


OPERATIONS = (get_topology, get_status, get_license, get_authentication, pin_clock, reset_clock)

"""Messages and signals from outside: correlated with who waits, published for who will, broadcast to everybody."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from engine import messages
from engine.access_tokens import MESSAGES
from engine.keys import new_key
from webapp.api.identity import actor
from webapp.api.operations import serves
from webapp.api.schema import TENANT, Answer, KeyOut, Request, Tenant, Text, Variables, optional
from webapp.surroundings import write

_LONGEST_MS = 366 * 86_400_000


class Correlation(Request):
    """A message for who waits for it now."""

    name: Text = Field(min_length=1)
    correlation_key: Text = ""
    variables: Variables = Field(default_factory=dict)
    tenant_id: Tenant = optional()


class Correlated(Answer):
    """Who took it."""

    tenant_id: str = TENANT
    message_key: KeyOut
    process_instance_key: KeyOut


class Publication(Request):
    """A message for who waits, or comes to wait within ``timeToLive`` milliseconds; one with an id is taken once."""

    name: Text = Field(min_length=1)
    correlation_key: Text = ""
    time_to_live: Annotated[int, Field(ge=0, le=_LONGEST_MS)] = 0
    message_id: Text = optional(max_length=200)
    variables: Variables = Field(default_factory=dict)
    tenant_id: Tenant = optional()


class Published(Answer):
    """A number for it."""

    tenant_id: str = TENANT
    message_key: KeyOut


class Broadcast(Request):
    """A signal for everybody who waits for it at this moment."""

    signal_name: Text = Field(min_length=1)
    variables: Variables = Field(default_factory=dict)
    tenant_id: Tenant = optional()


class Broadcasted(Answer):
    """A number for it."""

    tenant_id: str = TENANT
    signal_key: KeyOut


@serves("POST", "/messages/correlation", right=MESSAGES, body=Correlation, answer=Correlated, errors=(404, 409))
def correlate_message(body: Correlation) -> Correlated:
    """Give a message to who waits for it now."""
    root = write(messages.correlate, body.name, body.correlation_key, body.variables, actor())
    return Correlated(message_key=new_key(), process_instance_key=root)


@serves("POST", "/messages/publication", right=MESSAGES, body=Publication, answer=Published, errors=(409,))
def publish_message(body: Publication) -> Published:
    """Publish a message."""
    write(
        messages.publish,
        body.name,
        body.correlation_key,
        body.variables,
        actor(),
        time_to_live=timedelta(milliseconds=body.time_to_live),
        message_id=body.message_id,
    )
    return Published(message_key=new_key())


@serves("POST", "/signals/broadcast", right=MESSAGES, body=Broadcast, answer=Broadcasted, errors=(409,))
def broadcast_signal(body: Broadcast) -> Broadcasted:
    """Broadcast a signal."""
    write(messages.broadcast, body.signal_name, body.variables, actor())
    return Broadcasted(signal_key=new_key())


OPERATIONS = (correlate_message, publish_message, broadcast_signal)

"""Forms as they were deployed: their schema, by the key of their version."""

from __future__ import annotations

from pydantic import Field

from engine import deployments
from engine.models import FormDefinition
from webapp.api.schema import TENANT, Answer, KeyOut
from webapp.surroundings import reading


class FormOut(Answer):
    """A form, as it was deployed."""

    tenant_id: str = TENANT
    form_id: str
    schema_: str = Field(serialization_alias="schema")
    version: int
    form_key: KeyOut


def form_of(form_key: int) -> FormOut:
    """A form definition with its schema."""
    row = reading().get_one(FormDefinition, form_key)
    schema = deployments.form_source(reading(), form_key).decode()
    return FormOut(form_id=row.form_id, schema_=schema, version=row.version, form_key=form_key)

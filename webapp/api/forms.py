"""Forms as they were deployed: their schema, by the key of their version."""

from __future__ import annotations

from pydantic import Field

from engine import deployments
from engine.access_tokens import READ
from engine.errors import NotFound
from engine.models import FormDefinition
from feel.sentences import Sentence
from webapp.api.operations import serves
from webapp.api.schema import TENANT, Answer, Key, KeyOut
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


@serves("GET", "/forms/{formKey}", right=READ, answer=FormOut, errors=(404,))
def get_form_by_key(form_key: Key) -> FormOut:
    """A form."""
    if reading().get(FormDefinition, form_key) is None:
        raise NotFound(Sentence("There is no definition {key}.", key=str(form_key)))
    return form_of(form_key)


OPERATIONS = (get_form_by_key,)

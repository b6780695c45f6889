"""Variables of the matters that the actor may see, and matters and tasks by the values of their variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, literal, select, true, type_coerce
from sqlalchemy.orm import Session, aliased

from engine.actor import Actor
from engine.models import ProcessInstance, Variable
from engine.search.criteria import Column, Operator, conditions
from engine.search.paging import Asked, Catalogue, Found, Rows, find
from engine.search.visible import Matter, visible

INSTANCE = aliased(ProcessInstance, name="instance")
ROOT = aliased(ProcessInstance, name="root")
_VALUE = Column(type_coerce(Variable.value, Text))

_SORTS: dict[str, Column] = {
    "name": Column(Variable.name),
    "value": _VALUE,
    "variable_key": Column(Variable.key),
    "process_instance_key": Column(Variable.process_instance_key),
    "scope": Column(Variable.scope),
}
CATALOGUE = Catalogue("variables", fields={**_SORTS}, sorts=_SORTS, keys=(Variable.key,))


def statement() -> Rows:
    """A variable with the matter that it belongs to."""
    return (
        select(Variable, INSTANCE.root_key.label("root_key"))
        .join(INSTANCE, INSTANCE.key == Variable.process_instance_key)
        .join(ROOT, ROOT.key == INSTANCE.root_key)
    )


def search(session: Session, actor: Actor, asked: Asked) -> Found:
    """A page of variables; each row has ``Variable`` and ``root_key``."""
    readable = visible(session, actor, statement(), Matter.of(ROOT))
    return find(session, CATALOGUE, statement(), readable, asked)


def with_values(
    instance_key: Any, wanted: Sequence[tuple[str, Mapping[Operator, Any]]], scope: Any = None
) -> ColumnElement[bool]:
    """Whether the instance has all of these variables (name, what its value must be as JSON text)."""
    found: list[ColumnElement[bool]] = [true()]
    for name, operators in wanted:
        variable = aliased(Variable)
        value = Column(type_coerce(variable.value, Text))
        matches = conditions({"value": value}, {"value": operators})
        found.append(
            select(literal(1))
            .where(
                variable.process_instance_key == instance_key,
                variable.scope == ("" if scope is None else scope),
                variable.name == name,
                matches,
            )
            .exists()
        )
    return and_(*found)

"""What is done to running instances: cancel, suspend, resume, modify, migrate, by the commands of the pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import Field

from engine import element_instances, process_instances
from engine.access_tokens import OPERATE
from engine.errors import FormRefused, NotFound
from engine.runtime import Activation
from feel.sentences import Sentence
from webapp.api.identity import actor
from webapp.api.operations import serves
from webapp.api.schema import ElementInstance, Key, Request, Tenant, Text, Variables, Whole, optional
from webapp.surroundings import reading, write

REASON = "API"
_MOST_INSTRUCTIONS = 200


class Reference(Request):
    """Nothing but a number of the client's, which is not kept."""

    operation_reference: Whole | None = None
    tenant_id: Tenant = optional()


class VariableInstruction(Request):
    """Variables for an element that begins; ``scopeId`` names the element itself, or nothing."""

    variables: Variables
    scope_id: Text = ""


class ActivateInstruction(Request):
    """An element to begin."""

    element_id: Text
    variable_instructions: list[VariableInstruction] = Field(default_factory=list)
    ancestor_element_instance_key: ElementInstance = optional()


class TerminateInstruction(Request):
    """An occurrence to end, or all of an element."""

    element_id: Text = optional()
    element_instance_key: ElementInstance = optional()


class SourceInstruction(Request):
    """Where a move begins: an occurrence, or all of an element."""

    source_type: Literal["byId", "byKey"] = Field(default="byId")
    source_element_id: Text = optional()
    source_element_instance_key: ElementInstance = optional()


class AncestorScope(Request):
    """Where the target begins: in the open scope around it, or in this one."""

    ancestor_scope_type: Literal["inferred", "direct"] = "inferred"
    ancestor_element_instance_key: ElementInstance = optional()


class MoveInstruction(Request):
    """Occurrences to end, and the element to begin for each."""

    source_element_instruction: SourceInstruction
    target_element_id: Text
    ancestor_scope_instruction: AncestorScope = Field(default_factory=AncestorScope)
    variable_instructions: list[VariableInstruction] = Field(default_factory=list)


class Modification(Request):
    """What to begin and what to end, in one act."""

    operation_reference: Whole | None = None
    activate_instructions: list[ActivateInstruction] = Field(default_factory=list, max_length=_MOST_INSTRUCTIONS)
    move_instructions: list[MoveInstruction] = Field(default_factory=list, max_length=_MOST_INSTRUCTIONS)
    terminate_instructions: list[TerminateInstruction] = Field(default_factory=list, max_length=_MOST_INSTRUCTIONS)


class MappingInstruction(Request):
    """An element and what it is called in the other version."""

    source_element_id: Text
    target_element_id: Text


class Migration(Request):
    """The version to go to."""

    target_process_definition_key: Key
    mapping_instructions: list[MappingInstruction] = Field(default_factory=list, max_length=10_000)
    operation_reference: Whole | None = None


@serves(
    "POST",
    "/process-instances/{processInstanceKey}/cancellation",
    right=OPERATE,
    body=Reference,
    errors=(404, 409),
)
def cancel_process_instance(process_instance_key: Key, body: Reference) -> None:  # noqa: ARG001 - it says nothing
    """Cancel a matter; its own starter withdraws it, or throws his draft away."""
    asking, matter = actor(), process_instances.get(reading(), process_instance_key, actor())
    if asking.person != matter.starter:
        write(process_instances.cancel, process_instance_key, asking, REASON)
    elif matter.submitted_at is None:
        write(process_instances.discard, process_instance_key, asking)
    else:
        write(process_instances.withdraw, process_instance_key, asking, REASON)


@serves(
    "POST", "/process-instances/{processInstanceKey}/suspension", right=OPERATE, body=Reference, errors=(404, 409)
)
def suspend_process_instance(process_instance_key: Key, body: Reference) -> None:  # noqa: ARG001 - it says nothing
    """Suspend a matter: nothing in it moves until it is resumed."""
    write(process_instances.suspend, process_instance_key, actor(), REASON)


@serves(
    "POST", "/process-instances/{processInstanceKey}/resumption", right=OPERATE, body=Reference, errors=(404, 409)
)
def resume_process_instance(process_instance_key: Key, body: Reference) -> None:  # noqa: ARG001 - it says nothing
    """Let a suspended matter go on."""
    write(process_instances.resume, process_instance_key, actor(), REASON)


@serves(
    "POST",
    "/process-instances/{processInstanceKey}/modification",
    right=OPERATE,
    body=Modification,
    errors=(404, 409),
)
def modify_process_instance(process_instance_key: Key, body: Modification) -> None:
    """Begin elements and end occurrences of elements, in one act."""
    instance = process_instances.get(reading(), process_instance_key, actor())
    standing = element_instances.active(reading(), process_instance_key, actor())
    activate = [_activation(process_instance_key, one) for one in body.activate_instructions]
    terminate = [found for one in body.terminate_instructions for found in _meant_by(one, standing)]
    for move in body.move_instructions:
        source = move.source_element_instruction
        sources = _occurrences(source.source_element_id, source.source_element_instance_key, standing)
        variables = _variables(move.target_element_id, move.variable_instructions)
        scope = _scope(process_instance_key, move.ancestor_scope_instruction.ancestor_element_instance_key)
        terminate += sources
        activate += [Activation(move.target_element_id, variables, scope) for _source in sources]
    write(
        process_instances.modify,
        instance.root_key,
        actor(),
        REASON,
        terminate=tuple(dict.fromkeys(terminate)),
        activate=activate,
        process_instance_key=process_instance_key,
    )


@serves("POST", "/process-instances/{processInstanceKey}/migration", right=OPERATE, body=Migration, errors=(404, 409))
def migrate_process_instance(process_instance_key: Key, body: Migration) -> None:
    """Bring an instance to another version of its process."""
    mapping = {
        one.source_element_id: one.target_element_id
        for one in body.mapping_instructions
        if one.source_element_id != one.target_element_id
    }
    write(
        process_instances.migrate,
        process_instance_key,
        actor(),
        REASON,
        definition_key=body.target_process_definition_key,
        mapping=mapping,
    )


def _activation(process_instance: int, one: ActivateInstruction) -> Activation:
    scope = _scope(process_instance, one.ancestor_element_instance_key)
    return Activation(one.element_id, _variables(one.element_id, one.variable_instructions), scope)


def _scope(process_instance: int, ancestor: tuple[int, str] | None) -> str | None:
    """The occurrence to begin in, as the runtime knows it."""
    if ancestor is None:
        return None
    if ancestor[0] != process_instance:
        raise NotFound(Sentence("The ancestor belongs to another instance."))
    return ancestor[1] or None


def _variables(element_id: str, instructions: Sequence[VariableInstruction]) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for one in instructions:
        if one.scope_id not in ("", element_id):
            sentence = Sentence("Variables are set where the element begins; leave the scope out.")
            raise FormRefused({"variableInstructions.scopeId": [sentence]})
        found |= one.variables
    return found


def _meant_by(one: TerminateInstruction, standing: Sequence[element_instances.ElementInstance]) -> list[str]:
    return _occurrences(one.element_id, one.element_instance_key, standing)


def _occurrences(
    element_id: str | None,
    key: tuple[int, str] | None,
    standing: Sequence[element_instances.ElementInstance],
) -> list[str]:
    """The occurrences that are meant, as the runtime knows them."""
    if key is not None:
        found = [one.id for one in standing if (one.process_instance_key, one.id) == key]
    else:
        found = [one.id for one in standing if one.element_id == element_id]
    if not found:
        raise NotFound(Sentence("Nothing of this element is active in the instance."))
    return found


OPERATIONS = (
    cancel_process_instance,
    suspend_process_instance,
    resume_process_instance,
    modify_process_instance,
    migrate_process_instance,
)

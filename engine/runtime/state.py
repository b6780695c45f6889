"""The state of an instance as bytes: living tokens and variables, without the diagram; versioned.

Format 1 is two lines of JSON. The first is the shape: ``[format, last id, scopes]``, a scope being
``[host token id, last end, tokens, undoable]`` and a token ``[id, element, state, flow, host, body's id]`` without
the trailing empty parts. The second has the values: variables by scope, and what tokens remember by id.
Order and numbers are exact, so it is stored as bytes, never as a database's own JSON.
"""

from __future__ import annotations

from typing import Any

import orjson
from SpiffWorkflow.util.task import TaskState

from engine import values
from engine.errors import Conflict
from engine.runtime.instance import Instance
from engine.runtime.token import Token
from engine.runtime.variables import Variables
from feel.sentences import Sentence

FORMAT = 1
_STATES = {"s": TaskState.STARTED, "w": TaskState.WAITING}
_BODY = 2  # where the body's id stands behind the id, element and state
_LETTERS = {state: letter for letter, state in _STATES.items()}


def save(instance: Instance) -> bytes:
    """The bytes of an instance that is at rest."""
    scopes, memories = [], {}
    for scope in instance.scopes():
        tokens = []
        for token in scope.living():
            tokens.append(_token(token))
            if token.internal_data:
                memories[token.id] = token.internal_data
        scopes.append([scope.parent_task_id or "", scope.last_end, tokens, scope.undoable])
    variables = {scope: held for scope, held in instance.variables.scopes.items() if held}
    shape = orjson.dumps([FORMAT, instance.last_id, scopes])
    return b"%b\n%b" % (shape, values.dumps([variables, memories]).encode())


def restore(instance: Instance, state: bytes) -> None:
    """Fill a new instance with a saved state."""
    first, _newline, second = state.partition(b"\n")
    shape = orjson.loads(first)
    if not isinstance(shape, list) or not shape or shape[0] != FORMAT:
        raise Conflict(Sentence("The state of this matter was saved in a format that this version cannot read."))
    _format, last_id, scopes = shape
    variables, memories = values.loads(second.decode())
    for host, last_end, tokens, undoable in scopes:
        scope: Any = instance
        if host:
            scope = instance.open_scope(instance.tokens[host], instance.tokens[host].task_spec.spec)
        element_id, kind, code = last_end
        scope.last_end = (element_id, kind, code)
        scope.undoable = [(activity, handler) for activity, handler in undoable]
        for token in tokens:
            _restore_token(instance, scope, token)
    for token_id, memory in memories.items():
        instance.tokens[token_id].internal_data = memory
    instance.last_id = last_id
    instance.variables = Variables(variables)


def _token(token: Token) -> list[str]:
    body = token.body
    packed = [
        token.id,
        token.task_spec.name[1:],
        _LETTERS[token._state],  # noqa: SLF001 - SpiffWorkflow's own attribute; its property is slow
        token.flow,
        token.host,
        "" if body is None else body.id,
    ]
    while not packed[-1]:
        packed.pop()
    return packed


def _restore_token(instance: Instance, scope: Any, packed: list[str]) -> None:
    token_id, element, letter, *more = packed
    spec = scope.spec.task_specs.get(f"#{element}")
    if spec is None:
        raise Conflict(Sentence("The matter waits at {element}, which its diagram does not have.", element=element))
    parent = instance.tokens[more[2]] if len(more) > _BODY else scope.task_tree
    token = instance.tokens[token_id] = Token(scope, spec, parent, _STATES[letter], token_id)
    if more:
        token.flow = more[0]
        if len(more) > 1:
            token.host = more[1]

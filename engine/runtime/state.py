"""The state of an instance as bytes: living tokens and variables, without the diagram; versioned.

Layout of format 1, a JSON array: ``[format, last id, scopes, variables]``;
a scope is ``[host token id, last end, tokens, undoable]``;
a token is ``[id, element, state, flow, host, body's id, memory]`` without the trailing empty parts.
Order and numbers are exact, so it is stored as bytes, never as a database's own JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine import values
from engine.errors import Conflict
from engine.runtime.instance import Instance
from engine.runtime.token import Token
from engine.runtime.variables import Variables
from feel.sentences import Sentence

FORMAT = 1
_STATES = {"s": TaskState.STARTED, "w": TaskState.WAITING}
_LETTERS = {state: letter for letter, state in _STATES.items()}


def save(instance: Instance) -> bytes:
    """The bytes of an instance that is at rest."""
    scopes = [
        [
            scope.parent_task_id or "",
            list(scope.last_end),
            [_token(token) for token in scope.living()],
            scope.undoable,
        ]
        for scope in instance.scopes()
    ]
    variables = {scope: held for scope, held in instance.variables.scopes.items() if held}
    return values.dumps([FORMAT, instance.last_id, scopes, variables]).encode()


def restore(instance: Instance, state: bytes) -> None:
    """Fill a new instance with a saved state."""
    content = values.loads(state.decode())
    if not isinstance(content, list) or not content or content[0] != FORMAT:
        raise Conflict(Sentence("The state of this matter was saved in a format that this version cannot read."))
    _format, last_id, scopes, variables = content
    for host, last_end, tokens, undoable in scopes:
        scope: Any = instance
        if host:
            scope = instance.open_scope(instance.tokens[host], instance.tokens[host].task_spec.spec)
        element_id, kind, code = last_end
        scope.last_end = (element_id, kind, code)
        scope.undoable = [(activity, handler) for activity, handler in undoable]
        for token in tokens:
            _restore_token(instance, scope, token)
    instance.last_id = last_id
    instance.variables = Variables(variables)


def _token(token: Token) -> list[Any]:
    body = token.body
    packed = [
        token.id,
        token.task_spec.name[1:],
        _LETTERS[token.state],
        token.flow,
        token.host,
        "" if body is None else body.id,
        token.internal_data or "",
    ]
    while packed[-1] == "":
        packed.pop()
    return packed


def _restore_token(instance: Instance, scope: Any, packed: list[Any]) -> None:
    token_id, element, letter, flow, host, body, memory = [*packed, "", "", "", ""][:7]
    spec = scope.spec.task_specs.get(f"#{element}")
    if spec is None:
        raise Conflict(Sentence("The matter waits at {element}, which its diagram does not have.", element=element))
    parent = instance.tokens[body] if body else scope.task_tree
    token = Token(scope, spec, parent, _STATES[letter], token_id)
    token.flow, token.host = flow, host
    if isinstance(memory, Mapping):
        token.internal_data = dict(memory)
    instance.tokens[token_id] = token

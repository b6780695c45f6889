"""Multi-instance activities and loops: a body that makes instances of its activity and gathers what they give."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import (
    ParallelMultiInstanceTask,
    SequentialMultiInstanceTask,
    StandardLoopTask,
)

from engine.errors import ExecutionFailed
from engine.runtime.dialect.model import MultiInstance, Settings, StandardLoop, Value
from engine.runtime.specs.node import CHILD, Node
from engine.runtime.token import Token
from feel.sentences import Sentence

MAXIMUM_INSTANCES = 10_000
_TOTAL, _NEXT, _DONE, _CANCELLED = "total", "next", "done", "cancelled"


class _Body(Node):
    """The occurrence around the instances: it has the boundary events and outgoing flows; each instance has mappings.

    ``internal_data``: how many there are to be (None: not known before), the next one's index, how many are done.
    """

    def __init__(self, wf_spec: Any, settings: Settings, **kwargs: Any) -> None:
        super().__init__(wf_spec, settings, **kwargs)
        self.element_type = "multiInstanceBody" if settings.multi_instance is not None else "loopBody"
        self.inputs_mapped = self.outputs_mapped = ()

    def begin_instance(self, body: Token, local: dict[str, Any]) -> None:
        """One more instance."""
        instance, index = body.instance, body.internal_data[_NEXT]
        body.internal_data[_NEXT] = index + 1
        spec = body.workflow.spec.task_specs[f"#{self.bpmn_id}{CHILD}"]
        child = instance.add(body.workflow, spec, parent=body)
        child.internal_data["index"] = index
        instance.set_local(child.id, {**local, "loopCounter": index + 1})
        instance.arrive(child)

    def send_copies(self, token: Token) -> None:
        """Each instance sends its own."""

    def cancel_content(self, token: Token) -> None:
        """Cancel the instances."""
        for child in token.children:
            child.cancel()

    def collect(self, body: Token, child: Token) -> None:
        """An instance is done: keep what it gives."""

    def finish(self, body: Token) -> None:
        """No more instances are wanted."""
        self.cancel_content(body)
        body.complete()

    def do_without(self, token: Token, child: Token) -> None:  # noqa: ARG002 - the same call for all that has content
        """The last instance was skipped."""
        self.finish(token)


class MultiInstanceBody(_Body):
    """One instance an item of a collection, together or one after another."""

    def behave(self, token: Token) -> bool | None:
        """Read the collection and begin."""
        loop = self._loop
        items = self._items(token, loop)
        token.internal_data.update({_TOTAL: len(items), _NEXT: 0, _DONE: 0})
        if loop.output_collection is not None:
            token.instance.set_local(token.id, {loop.output_collection: [None] * len(items)})
        if not items:
            return True
        if loop.sequential and loop.input_collection is not None:
            token.internal_data["items"] = items  # a later change of the variable must not change what is to be done
        for item in items[:1] if loop.sequential else items:
            self.begin_instance(token, self._local(loop, item))
        return None

    def collect(self, body: Token, child: Token) -> None:
        """Put the instance's output at its index."""
        loop = self._loop
        body.internal_data[_DONE] += 1
        if loop.output_collection is not None and loop.output_element is not None:
            value = child.instance.script_engine.evaluate(child, loop.output_element)
            outputs = list(child.instance.variables.scopes[body.id][loop.output_collection])
            index = child.internal_data["index"]
            outputs += [None] * (index + 1 - len(outputs))
            outputs[index] = value
            child.instance.set_local(body.id, {loop.output_collection: outputs})
        if loop.completion_condition is not None:
            body.internal_data["enough"] = child.instance.script_engine.condition(
                child, loop.completion_condition, self.bpmn_id, self._counters(body)
            )

    def child_over(self, body: Token, child: Token) -> None:  # noqa: ARG002 - the same call as for loops
        """Go on to the next, or end."""
        state, loop = body.internal_data, self._loop
        if state.get("enough") or state[_DONE] + state.get(_CANCELLED, 0) >= state[_TOTAL]:
            self.finish(body)
        elif loop.sequential:
            items = state.get("items")
            self.begin_instance(body, self._local(loop, None if items is None else items[state[_NEXT]]))

    def map_outputs(self, token: Token, payload: Any) -> None:  # noqa: ARG002 - instances have mapped their own
        """The output collection leaves the body."""
        name = self._loop.output_collection
        if name is not None:
            value = token.instance.variables.scopes[token.id][name]
            token.instance.set_variables(token.chain()[1:], {name: value})

    def add_instance(self, body: Token, local: Mapping[str, Any]) -> None:
        """One more instance of a running activity; in a sequence, it is the last."""
        state, loop = body.internal_data, self._loop
        state[_TOTAL] += 1
        if loop.sequential:
            if "items" in state and loop.input_element is not None:
                state["items"] = [*state["items"], local.get(loop.input_element)]
            return
        self.begin_instance(body, dict(local))

    def instance_cancelled(self, body: Token) -> bool:
        """The body goes on with the others, and ends when those that are left are done."""
        state, loop = body.internal_data, self._loop
        state[_CANCELLED] = state.get(_CANCELLED, 0) + 1
        over = state[_DONE] + state[_CANCELLED]
        if over < state[_TOTAL]:
            if loop.sequential:
                items = state.get("items")
                self.begin_instance(body, self._local(loop, None if items is None else items[state[_NEXT]]))
            return True
        if state[_DONE]:
            self.finish(body)
            return True
        return False

    @property
    def _loop(self) -> MultiInstance:
        loop = self.settings.multi_instance
        if loop is None:
            raise ValueError(self.bpmn_id)  # the builder makes bodies of such settings only
        return loop

    @staticmethod
    def _local(loop: MultiInstance, item: Any) -> dict[str, Any]:
        return {} if loop.input_element is None else {loop.input_element: item}

    def _counters(self, body: Token) -> dict[str, int]:
        state = body.internal_data
        counters = {
            "Instances": state[_TOTAL],
            "CompletedInstances": state[_DONE],
            "ActiveInstances": state[_NEXT] - state[_DONE] - state.get(_CANCELLED, 0),
            "TerminatedInstances": state.get(_CANCELLED, 0),
        }
        return {prefix + name: value for name, value in counters.items() for prefix in ("numberOf", "nrOf")}

    def _items(self, token: Token, loop: MultiInstance) -> list[Any]:
        value: Value | None = loop.input_collection or loop.cardinality
        result = None if value is None else token.instance.script_engine.evaluate(token, value)
        if loop.input_collection is None:
            if isinstance(result, int | Decimal) and not isinstance(result, bool) and 0 <= result == int(result):
                result = [None] * int(min(result, MAXIMUM_INSTANCES + 1))
            else:
                raise self._failed(Sentence("The number of instances must be a whole number from 0."), value, result)
        elif not isinstance(result, list | tuple):
            raise self._failed(Sentence("The input collection must be a list."), value, result)
        if len(result) > MAXIMUM_INSTANCES:
            raise self._failed(
                Sentence("An activity may have {limit} instances at most.", limit=MAXIMUM_INSTANCES),
                value,
                len(result),
            )
        return list(result)

    def _failed(self, sentence: Sentence, value: Value | None, result: Any) -> ExecutionFailed:
        expression = value.text if value is not None else ""
        return ExecutionFailed(
            sentence, element_id=self.bpmn_id, kind="expression", values={"expression": expression, "value": result}
        )


class ParallelBody(MultiInstanceBody, ParallelMultiInstanceTask):  # type: ignore[misc]
    """All instances at once."""

    def __init__(self, wf_spec: Any, settings: Settings) -> None:
        super().__init__(wf_spec, settings, task_spec=f"#{settings.id}{CHILD}")


class SequentialBody(MultiInstanceBody, SequentialMultiInstanceTask):  # type: ignore[misc]
    """One instance after another."""

    def __init__(self, wf_spec: Any, settings: Settings) -> None:
        super().__init__(wf_spec, settings, task_spec=f"#{settings.id}{CHILD}")


class LoopBody(_Body, StandardLoopTask):  # type: ignore[misc]
    """Again and again while the condition holds."""

    def __init__(self, wf_spec: Any, settings: Settings) -> None:
        loop = settings.loop
        if loop is None:
            raise ValueError(settings.id)  # the builder makes bodies of such settings only
        super().__init__(
            wf_spec,
            settings,
            task_spec=f"#{settings.id}{CHILD}",
            maximum=loop.maximum,
            condition=loop.condition,
            test_before=loop.test_before,
        )
        self._settings_of_loop: StandardLoop = loop

    def behave(self, token: Token) -> bool | None:
        """Begin, unless the condition forbids even the first round."""
        token.internal_data.update({_NEXT: 0, _DONE: 0})
        if self._settings_of_loop.test_before and not self._again(token):
            return True
        self.begin_instance(token, {})
        return None

    def child_over(self, body: Token, child: Token) -> None:  # noqa: ARG002 - the same call as for multi-instance
        """One round is over."""
        body.internal_data[_DONE] += 1
        if self._again(body):
            self.begin_instance(body, {})
        else:
            self.finish(body)

    def _again(self, body: Token) -> bool:
        loop, done = self._settings_of_loop, body.internal_data[_DONE]
        if loop.maximum is not None and done >= loop.maximum:
            return False
        if loop.condition is None:
            return True
        holds: bool = body.instance.script_engine.condition(body, loop.condition, self.bpmn_id, {"loopCounter": done})
        return holds

"""What a process binds, through the processes that it calls, in one hash: it changes when any of that changes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from engine import values
from engine.content import Content
from engine.content.pack import sha256
from engine.runtime import Process


class Bindings:
    """The hashes of everything in a pack that is published in versions."""

    def __init__(self, content: Content) -> None:
        files = content.pack.files
        # what is run; scenarios are only played
        self._whole = tuple(
            (path, sha256(content)) for path, content in sorted(files.items()) if not path.endswith(".yaml")
        )
        self._processes = {
            process_id: (sha256(files[path]), process)
            for path, diagram in content.diagrams.items()
            for process_id, process in diagram.processes.items()
        }
        self.forms: Mapping[str, str] = {form.id: sha256(files[path]) for path, form in content.forms.items()}
        self.decisions: Mapping[str, str] = {
            decision_id: _with_imports(files[path], content.imports[path])
            for path, found in content.decisions.items()
            for decision_id in (*found.decisions, *found.services.values())
        }

    def of_process(self, process_id: str) -> str:
        """The hash of a process: its diagram, its forms and decisions, and the same of all processes it can reach."""
        bound = sorted(set(self._bound(process_id)))
        return hashlib.sha256(values.canonical([process_id, bound]).encode()).hexdigest()

    def _bound(self, start: str) -> Iterator[tuple[str, str, str]]:
        # processes may call one another in circles, so each is visited once
        reached, waiting = {start}, [start]
        while waiting:
            process_id = waiting.pop()
            diagram_hash, process = self._processes[process_id]
            references = process.references
            yield "process", process_id, diagram_hash
            if _computes_what_it_binds(process):
                yield from (("file", path, hash_) for path, hash_ in self._whole)
            yield from (("form", form_id, self.forms[form_id]) for form_id in references.form_ids)
            yield from (("decision", name, self.decisions[name]) for name in references.decisions.values())
            new = set(references.called.values()) - reached
            reached |= new
            waiting.extend(new)


def _computes_what_it_binds(process: Process) -> bool:
    """Whether an expression names a decision or a called process: it may then be any of the pack."""
    named = process.references
    written_out = {
        "businessRuleTask": {*named.decisions, *named.topics, *named.external},
        "callActivity": named.called,
    }
    return any(id_ not in written_out.get(element.type, (id_,)) for id_, element in process.elements.items())


def _with_imports(content: bytes, imports: Mapping[str, bytes]) -> str:
    """A file's hash, or one of it and all that it imports."""
    if not imports:
        return sha256(content)
    hashes = [sha256(content), *(sha256(other) for _, other in sorted(imports.items()))]
    return hashlib.sha256(":".join(hashes).encode()).hexdigest()

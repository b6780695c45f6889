"""YAML as plain values with the line of each, read safely: no tags, no key twice, numbers exact."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import yaml

from banli.scenarios.model import Fault, Place, ScenarioFileRefused
from feel.sentences import Sentence

MAXIMUM_LENGTH = 1_000_000


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc] # in C where libyaml is there
    """The safe loader with exact numbers, and with keys that may stand only once."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        written = [key.value for key, _value in node.value if key.tag != "tag:yaml.org,2002:merge"]
        twice = next((key for key in written if written.count(key) > 1), None)
        if twice is not None:
            raise yaml.constructor.ConstructorError(None, None, f"the key {twice} stands twice", node.start_mark)
        made: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return made


def _decimal(loader: _Loader, node: yaml.ScalarNode) -> Decimal:
    return Decimal(str(loader.construct_scalar(node)).replace("_", ""))


_Loader.add_constructor("tag:yaml.org,2002:float", _decimal)
# YAML 1.1 takes "on", "no" and "12:30" for something else than they say, so plain words stay words here.
_PLAIN = {
    "tag:yaml.org,2002:bool": (re.compile(r"true|false"), "tf"),
    "tag:yaml.org,2002:int": (re.compile(r"-?(?:0|[1-9][0-9]*)"), "-0123456789"),
    "tag:yaml.org,2002:float": (re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+"), "-0123456789"),
}
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _PLAIN]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _tag, (_pattern, _first) in _PLAIN.items():
    _Loader.add_implicit_resolver(_tag, re.compile(f"^(?:{_pattern.pattern})$"), list(_first))


@dataclass(frozen=True, slots=True)
class Located:
    """A value of the file and where it stands."""

    value: Any
    node: yaml.Node
    place: Place

    def items(self) -> Iterator[Located]:
        """The items of a list, each with its place."""
        if isinstance(self.node, yaml.SequenceNode):
            for value, node in zip(self.value, self.node.value, strict=True):
                yield Located(value, node, Place(self.place.file, node.start_mark.line + 1))

    def get(self, key: str) -> Located | None:
        """The value of a key of a mapping, with its place."""
        if isinstance(self.node, yaml.MappingNode) and key in self.value:
            for name, node in self.node.value:
                if name.value == key:
                    return Located(self.value[key], node, Place(self.place.file, name.start_mark.line + 1))
        return None


def read(text: str, file: str) -> Located:
    """The document; raises :class:`ScenarioFileRefused` with the line where it is not YAML as we read it."""
    if len(text) > MAXIMUM_LENGTH:
        sentence = Sentence("The file is longer than {maximum} characters.", maximum=MAXIMUM_LENGTH)
        raise ScenarioFileRefused((Fault(Place(file, 1), "", "", sentence),))
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        value = None if node is None else loader.construct_document(node)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error)
        sentence = Sentence("This is not YAML that can be read: {reason}.", reason=reason)
        place = Place(file, 1 if mark is None else mark.line + 1)
        raise ScenarioFileRefused((Fault(place, "", "", sentence),)) from error
    finally:
        loader.dispose()
    if not isinstance(value, dict) or node is None:
        sentence = Sentence("A scenario file is a mapping with process, defaults and scenarios.")
        raise ScenarioFileRefused((Fault(Place(file, 1), "", "", sentence),))
    return Located(value, node, Place(file, 1))

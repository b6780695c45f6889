"""DMN files for tests, written from lists instead of by hand."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"

Row = tuple[Sequence[str], Sequence[str]]


def definitions(content: str, *, namespace: str = NAMESPACE, name: str = "文件", own: str = "urn:test") -> bytes:
    """A file with this content."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="{namespace}" id="file" '
        f"name={quoteattr(name)} namespace={quoteattr(own)}>{content}</definitions>"
    ).encode()


def input_data(name: str, type_: str = "") -> str:
    named = quoteattr(name)
    return f'<inputData id="in_{name}" name={named}><variable name={named} {typed(type_)}/></inputData>'


def typed(type_: str) -> str:
    return f"typeRef={quoteattr(type_)}" if type_ else ""


def text(element: str, content: str, attributes: str = "") -> str:
    return f"<{element} {attributes}><text>{escape(content)}</text></{element}>"


def decision_table(  # noqa: PLR0913 - each is a part of a table that some test needs
    inputs: Sequence[tuple[str, str]],
    outputs: Sequence[str],
    rules: Sequence[Row],
    *,
    hit_policy: str = "UNIQUE",
    aggregation: str = "",
    allowed_inputs: dict[str, str] | None = None,
    allowed_outputs: dict[str, str] | None = None,
    output_types: dict[str, str] | None = None,
    defaults: dict[str, str] | None = None,
) -> str:
    """A decision table called t with the columns c_<input> and o_<output> and the rules r1, r2 and so on."""
    aggregated = f'aggregation="{aggregation}"' if aggregation else ""
    parts = [f'<decisionTable id="t" hitPolicy={quoteattr(hit_policy)} {aggregated}>']
    for name, type_ in inputs:
        parts.append(f"<input id={quoteattr('c_' + name)}>{text('inputExpression', name, typed(type_))}")
        if allowed_inputs and name in allowed_inputs:
            parts.append(text("inputValues", allowed_inputs[name]))
        parts.append("</input>")
    for name in outputs:
        type_ = (output_types or {}).get(name, "")
        parts.append(f"<output id={quoteattr('o_' + name)} name={quoteattr(name)} {typed(type_)}>")
        if allowed_outputs and name in allowed_outputs:
            parts.append(text("outputValues", allowed_outputs[name]))
        if defaults and name in defaults:
            parts.append(text("defaultOutputEntry", defaults[name]))
        parts.append("</output>")
    for number, (tests, results) in enumerate(rules, 1):
        parts.append(f'<rule id="r{number}">')
        parts.extend(text("inputEntry", cell, f'id="r{number}i{i}"') for i, cell in enumerate(tests, 1))
        parts.extend(text("outputEntry", cell, f'id="r{number}o{i}"') for i, cell in enumerate(results, 1))
        parts.append("</rule>")
    parts.append("</decisionTable>")
    return "".join(parts)


def decision(
    logic: str, *, id_: str = "d", name: str = "决定", inputs: Sequence[str] = (), requires: str = ""
) -> str:
    """A decision that requires the input data of these names."""
    required = "".join(
        f'<informationRequirement><requiredInput href="#in_{each}"/></informationRequirement>' for each in inputs
    )
    return f'<decision id="{id_}" name={quoteattr(name)}>{required}{requires}{logic}</decision>'


def table_file(
    inputs: Sequence[tuple[str, str]], outputs: Sequence[str], rules: Sequence[Row], **options: object
) -> bytes:
    """A file with one decision d, a table over input data."""
    return definitions(
        "".join(input_data(name, type_) for name, type_ in inputs)
        + decision(
            decision_table(inputs, outputs, rules, **options),  # type: ignore[arg-type]
            inputs=[name for name, _ in inputs],
        )
    )

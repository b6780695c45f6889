"""Bytes to a DMN element tree, safely: no DOCTYPE, no entities, no network, bounded size, known namespace.

Nothing here knows what the elements mean; :mod:`feel.decisions.reader` does.
"""

from __future__ import annotations

import re

from lxml import etree

from feel.decisions.problems import ProblemList
from feel.sentences import Sentence

MAXIMUM_SIZE = 1024 * 1024
"""Bytes of one file."""

VERSIONS: dict[str, str] = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
}
"""Namespace of the model → version of DMN."""

_DECLARED_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']""")
_ENCODINGS = frozenset({b"utf-8", b"utf8", b"us-ascii", b"ascii"})


def parse(xml: bytes, problems: ProblemList, *, maximum_size: int = MAXIMUM_SIZE) -> etree._Element | None:
    """The root ``definitions`` element, or None when ``problems`` says why there is none."""
    if not _is_acceptable_text(xml, problems, maximum_size):
        return None
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        problems.error(
            "",
            "malformed_xml",
            Sentence(
                "The file is no well-formed XML: {reason} (line {line}, column {column}). Save it again with a "
                "DMN editor.",
                reason=str(error.msg).partition(", line ")[0],
                line=line,
                column=column,
            ),
        )
        return None
    name = etree.QName(root)
    if name.localname != "definitions" or name.namespace not in VERSIONS:
        problems.error(
            root.get("id") or "",
            "unknown_namespace",
            Sentence(
                "The file starts with the element {element} of the namespace {namespace}; expected is "
                "definitions in a namespace of DMN 1.1 to 1.5.",
                element=name.localname,
                namespace=name.namespace or "-",
            ),
        )
        return None
    return root


def _is_acceptable_text(xml: bytes, problems: ProblemList, maximum_size: int) -> bool:
    if len(xml) > maximum_size:
        problems.error(
            "",
            "too_large",
            Sentence(
                "The file has {size} bytes; at most {maximum} are accepted. Split it into several files.",
                size=len(xml),
                maximum=maximum_size,
            ),
        )
        return False
    declared = _DECLARED_ENCODING.match(xml.removeprefix(b"\xef\xbb\xbf"))
    if b"\0" in xml or (declared and declared.group(1).lower() not in _ENCODINGS):
        problems.error(
            "",
            "encoding",
            Sentence("The file is not encoded in UTF-8. Save it in UTF-8."),
        )
        return False
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        problems.error(
            "",
            "doctype",
            Sentence("The file declares a DOCTYPE or entities, which is not accepted. Remove the declaration."),
        )
        return False
    return True

"""What every reader asks of an XML element: its DMN children, its text, its name, its type reference."""

from __future__ import annotations

from lxml import etree


def children(element: etree._Element, name: str = "") -> list[etree._Element]:
    """The child elements in the element's own namespace, in order; only those called ``name`` if given.

    Elements of other namespaces (extensions of editors, the diagram) carry no decision.
    """
    namespace = etree.QName(element).namespace
    prefix = f"{{{namespace}}}"
    if name:
        return list(element.iterchildren(prefix + name))
    return [child for child in element.iterchildren(prefix + "*") if isinstance(child.tag, str)]


def local_name(element: etree._Element) -> str:
    """The element's name without its namespace."""
    return etree.QName(element).localname


def text_of(element: etree._Element, child: str) -> str:
    """The stripped text of the first child called ``child``, "" without one."""
    found = next(iter(children(element, child)), None)
    return "" if found is None else "".join(map(str, found.itertext())).strip()


def name_of(element: etree._Element, attribute: str = "name") -> str:
    """The element's name with single spaces, as FEEL writes names."""
    return " ".join((element.get(attribute) or "").split())


def type_of(element: etree._Element | None) -> str:
    """The type reference of an element, "" for any."""
    return "" if element is None else plain_type(element.get("typeRef") or "")


def plain_type(reference: str) -> str:
    """A type reference without the prefix that DMN 1.1 wrote (``feel:string``)."""
    text = " ".join(reference.split())
    prefix, colon, rest = text.partition(":")
    return rest.strip() if colon and " " not in prefix and "<" not in prefix else text


def owner_id(element: etree._Element) -> str:
    """The id of the element or of the nearest one around it that has an id."""
    for candidate in (element, *element.iterancestors()):
        identifier = candidate.get("id")
        if identifier:
            return identifier
    return ""

"""Which files of decisions import which, by the namespaces that they name."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from feel.decisions import document
from feel.decisions.problems import ProblemList


def imports_of(files: Mapping[str, bytes]) -> Mapping[str, Mapping[str, bytes]]:
    """For each file, the others that it imports, directly or through them: path → {path: bytes}.

    What cannot be read imports nothing here; compiling it says why.
    """
    namespaces: dict[str, str] = {}
    named: dict[str, set[str]] = {}
    for path, content in files.items():
        root = document.parse(content, ProblemList())
        if root is not None:
            namespaces.setdefault(root.get("namespace", ""), path)
            named[path] = {
                child.get("namespace", "")
                for child in root.iterchildren()
                if etree.QName(child).localname == "import"
            }
    direct = {
        path: {namespaces[namespace] for namespace in named.get(path, ()) if namespace in namespaces}
        for path in files
    }
    return {path: {other: files[other] for other in sorted(_reached(path, direct))} for path in files}


def _reached(start: str, direct: Mapping[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        for other in direct[waiting.pop()] - reached - {start}:
            reached.add(other)
            waiting.append(other)
    return reached

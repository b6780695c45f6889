"""Every operation of the official client is either served or told not to be, with the reason."""

from __future__ import annotations

import re
from pathlib import Path

import camunda_orchestration_sdk

from banli import api_page
from webapp.api import OPERATIONS, unserved

ROOT = Path(__file__).parents[3]
METHOD = re.compile(r'"method": "(\w+)"')
ADDRESS = re.compile(r'"url": f?"([^"]+)"')
OWN = {"GET /deployments/packs"}


def bare(path: str) -> str:
    return re.sub(r"{\w+}", "{}", path)


def of_the_client() -> set[str]:
    """Method and address of every operation of the SDK."""
    found = set()
    for file in (Path(camunda_orchestration_sdk.__file__).parent / "api").glob("*/*.py"):
        text = file.read_text(encoding="utf-8")
        if file.name != "__init__.py":
            found.add(f"{METHOD.search(text)[1].upper()} {bare(ADDRESS.search(text)[1])}")
    return found


def test_each_operation_of_the_client_is_served_or_said_not_to_be() -> None:
    served = {f"{operation.method} {bare(operation.path)}" for operation in OPERATIONS}
    refused = set(unserved.addresses())
    assert served & refused == set()
    assert served - OWN <= of_the_client()
    assert (served - OWN) | refused == of_the_client()


def test_the_page_is_what_the_code_says() -> None:
    assert (ROOT / "docs/api.md").read_text(encoding="utf-8") == api_page.page(), "run `make docs`"

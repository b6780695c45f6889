"""Deployments: files by multipart, published into a pack as ``banli deploy`` does, all or nothing.

Which pack, nobody who only knows the API says; so it is found: the query ``pack`` names it; else the folder of the
file's name ("bpmn/chain_store/…"); else the pack that has one of these files now; else ``default``, which the folders
of the installation's home never take back at a start. What was not sent stays, unless the query says ``whole=true``.
"""

from __future__ import annotations

import re

from flask import request
from sqlalchemy.orm import Session

from engine import content, deployments
from engine.access_tokens import DEPLOY
from engine.actor import Actor
from engine.content import Pack
from engine.deployments import files, owners
from engine.errors import FormRefused, Refused
from engine.models import Deployment
from feel.sentences import Sentence
from webapp.api.deployed import DeploymentOut, deployed
from webapp.api.identity import actor
from webapp.api.operations import serves
from webapp.api.schema import TENANT, Answer, KeyOut, Request, Text, optional
from webapp.surroundings import reading, surroundings, write

DEFAULT_PACK = "default"
_FOLDERED = re.compile(r"(?:.*/)?(?:bpmn|dmn|forms)/([a-z][a-z0-9_]{0,63})/[^/]+")


class Placing(Request):
    """Into which pack, whether that is all of it, and why."""

    pack: Text = optional(pattern=r"^[a-z][a-z0-9_]{0,63}$")
    whole: bool = False
    comment: Text = optional(max_length=1000)


class DeployedFile(Answer):
    """A file of the deployment in use, by the digest of its bytes."""

    path: str
    sha256: str


class PackOut(Answer):
    """A pack as it is in use."""

    pack: str
    deployment_key: KeyOut
    files: list[DeployedFile]


class Packs(Answer):
    """The packs in use."""

    items: list[PackOut]


@serves("POST", "/deployments", right=DEPLOY, query=Placing, answer=DeploymentOut, files=True, errors=(413,))
def create_deployment(query: Placing) -> DeploymentOut:
    """Deploy files: diagrams, tables, forms."""
    sent = _uploaded()
    name = query.pack or _pack_of(reading(), list(sent))
    pack = content.pack_of(name, {path.rpartition("/")[2]: found for path, found in sent.items()})
    if query.whole:
        pack = Pack(pack.name, pack.files, is_whole=True)
    deployment: Deployment = write(_deploy, pack, actor(), query.comment)
    return DeploymentOut(
        deployment_key=deployment.key, deployments=deployed(reading(), deployment.key, set(pack.files))
    )


@serves("GET", "/deployments/packs", right=DEPLOY, answer=Packs)
def list_packs() -> Packs:
    """The packs in use with their files, so that a deployment can be compared before it is made (Banli's own)."""
    owners.check(reading(), actor(), None, ())
    return Packs(
        items=[
            PackOut(
                pack=current.pack,
                deployment_key=current.key,
                files=[
                    DeployedFile(path=path, sha256=sha256)
                    for path, sha256 in sorted(files.hashes(reading(), current.key).items())
                ],
            )
            for current in deployments.current_deployments(reading())
        ]
    )


def _deploy(session: Session, pack: Pack, acting: Actor, comment: str | None) -> Deployment:
    return deployments.deploy(session, pack, acting, comment)


def _uploaded() -> dict[str, bytes]:
    request.max_content_length = surroundings().settings.maximum_deployment
    unknown = sorted({str(name) for name in (*request.form, *request.files)} - {"resources", "tenantId"})
    if unknown:
        raise FormRefused({unknown[0][:80]: [Sentence("This field is not known here.")]})
    if request.form.get("tenantId", TENANT) != TENANT:
        raise FormRefused({"tenantId": [Sentence("There is one tenant here: {tenant}.", tenant=TENANT)]})
    found: dict[str, bytes] = {}
    for file in request.files.getlist("resources"):
        name = (file.filename or "").replace("\\", "/")
        if not name or name in found:
            raise FormRefused({"resources": [Sentence("Each file needs a name of its own.")]})
        found[name] = file.stream.read(content.MAXIMUM_FILE_SIZE + 1)
    if not found:
        raise FormRefused({"resources": [Sentence("Send at least one file.")]})
    return found


def _pack_of(session: Session, names: list[str]) -> str:
    named = {found.group(1) for name in names if (found := _FOLDERED.fullmatch(name))}
    if not named:
        rows = deployments.packs_with(session, {name.rpartition("/")[2] for name in names})
        named = set(rows)
    if not named:
        named = {DEFAULT_PACK}
    if len(named) > 1:
        raise Refused(
            Sentence(
                "These files may belong to several packs ({packs}). Say which by the query ?pack=…",
                packs=", ".join(sorted(named)),
            )
        )
    return named.pop()


OPERATIONS = (create_deployment, list_packs)

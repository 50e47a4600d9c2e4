"""The documents behind a zone's givens: read from the zone's own folder, compared with their digests, parsed."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from clover.zones.attestation import STACK_LIMIT
from clover.zones.check import Check
from clover.zones.document import SIZE_LIMIT
from clover.zones.problems import shown
from clover.zones.register_checks import ATTACHED_KINDS
from clover.zones.vocabulary import GivenKind, OrganisationLevel
from clover.zones.zone_file import ZoneFile

Policy = Mapping[str, Any]

POLICY_KINDS = ATTACHED_KINDS | {GivenKind.IDENTITY_POLICY, GivenKind.TRUST_POLICY, GivenKind.BREAK_GLASS_TRUST}
"""The kinds of given whose document is an IAM policy."""


def read_foundation(check: Check, folder: Path) -> dict[str, Policy]:
    """Return the document of every given by the given's id, noting in `check` what cannot stand.

    Documents lie in `folder`, symbolic links included, and nowhere else.
    """
    documents: dict[str, Policy] = {}
    for index, given in enumerate(check.zone.foundation):
        try:
            raw = _read(folder, given.document)
        except ValueError as error:
            check.problem(f"document {shown(given.document)} {error}", "foundation", index, "document")
            continue
        actual = hashlib.sha256(raw).hexdigest()
        if actual != given.sha256:
            message = f"document {shown(given.document)} has the sha256 {actual}: it is not what was attested"
            check.problem(message, "foundation", index, "sha256")
        try:
            documents[given.id] = _parse(raw, given.kind)
        except ValueError as error:
            check.problem(f"document {shown(given.document)} {error}", "foundation", index, "document")
    return documents


def read_gateways(check: Check, folder: Path) -> dict[str, bytes]:
    """Return the signed envelope of every site's gateway, noting in `check` what cannot be read.

    What an envelope says, and who signed it, is judged where it is used.
    """
    found: dict[str, bytes] = {}
    for index, gateway in enumerate(check.zone.auditor.gateways):
        try:
            found[gateway.site] = _read(folder, gateway.document)
        except ValueError as error:
            message = f"document {shown(gateway.document)} {error}"
            check.problem(message, "auditor", "gateways", index, "document")
    return found


def read_signed_stack(check: Check, folder: Path) -> bytes | None:
    """Return the signed envelope of the auditor's own stack, noting in `check` what cannot be read; the same holds."""
    document = check.zone.auditor.signed_stack
    if document is None:
        return None
    try:
        return _read(folder, document, STACK_LIMIT)
    except ValueError as error:
        check.problem(f"document {shown(document)} {error}", "auditor", "signed_stack")
        return None


def policies_on_path(
    zone: ZoneFile, documents: Mapping[str, Policy], site: str, kind: GivenKind
) -> tuple[tuple[Policy, ...], ...]:
    """Return the policies of `kind` on the site's account path, one tuple for each level from the root down.

    A level without a policy is an empty tuple, which denies; no tuple at all says that the zone gives none of the kind.
    """
    givens = [given for given in zone.foundation if given.kind is kind and site in given.scope]
    levels = OrganisationLevel if givens else ()
    return tuple(tuple(documents[given.id] for given in givens if given.level is level) for level in levels)


def _read(folder: Path, document: str, limit: int = SIZE_LIMIT) -> bytes:
    """Return the bytes of `document` in `folder`; ValueError says in plain words why it cannot be read."""
    path = (folder / document).resolve()
    if ".." in Path(document).parts or not path.is_relative_to(folder.resolve()):
        raise ValueError("lies outside the zone's folder")
    if not path.is_file():
        raise ValueError("is not a file in the zone's folder")
    try:
        with path.open("rb") as file:
            raw = file.read(limit + 1)
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from None
    if len(raw) > limit:
        raise ValueError(f"is larger than {limit // 1024} KiB")
    return raw


def _parse(raw: bytes, kind: GivenKind) -> Policy:
    """Return the JSON object in `raw`; ValueError says in plain words why it is none, or no policy where `kind` is."""
    try:
        data: object = json.loads(raw.decode("utf-8"), object_pairs_hook=_without_doubles)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        raise ValueError("is not JSON") from None
    if not isinstance(data, dict):
        raise ValueError("is not a JSON object")
    policy = cast("Policy", data)
    if kind in POLICY_KINDS and not ("Version" in policy and isinstance(policy.get("Statement"), list)):
        raise ValueError("is not a policy with Version and a list of Statement")
    return policy


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        raise ValueError("has a key that stands twice")
    return data

"""A loaded zone: a zone file, read, checked and tied to its foundation documents."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from clover.errors import BadInput, Place
from clover.zones import backup_checks, geography_checks, hand_checks, party_checks, register_checks
from clover.zones.attestation import Attestations
from clover.zones.check import Check
from clover.zones.document import Document, read_bytes, read_document
from clover.zones.foundation import Policy, policies_on_path, read_foundation, read_gateways, read_signed_stack
from clover.zones.problems import nearest, shown
from clover.zones.structure import structured
from clover.zones.vocabulary import GivenKind
from clover.zones.zone_file import ZoneFile


class Zone(Struct, frozen=True):
    """A zone's content, where everything stands, its digest, its givens' documents by id, and what the auditor signed.

    The digest is the sha256 of the zone file. The file holds the sha256 of every foundation document, and loading
    compares them, so that the one digest binds them all.
    """

    file: ZoneFile
    document: Document
    digest: str
    documents: Mapping[str, Policy]
    attestations: Attestations

    @property
    def name(self) -> str:
        """The zone's name."""
        return self.file.name

    def policies_on_path(self, site: str, kind: GivenKind) -> tuple[tuple[Policy, ...], ...]:
        """Return the organisation's policies of `kind` on the site's account path, level by level from the root."""
        return policies_on_path(self.file, self.documents, site, kind)


def load_zone(path: Path) -> Zone:
    """Read the zone file at `path` with the foundation in the folder beside it that has the zone's name.

    Raises BadInput, with its place, for anything that does not hold together.
    """
    name = f"{path.parent.name}/{path.name}"
    raw = read_bytes(path, name)
    document = read_document(raw, name)
    content = structured(document, ZoneFile)
    check = Check(content, document)
    if content.name != path.stem:
        check.problem(f"zone {shown(content.name)} stands in a file called {shown(path.name)}", "name")
    for checks in (geography_checks, party_checks, hand_checks, backup_checks, register_checks):
        checks.examine(check)
    documents = read_foundation(check, path.parent / path.stem)
    attestations = _attestations(check, path.parent / path.stem)
    check.problems.refuse_if_any()
    return Zone(content, document, hashlib.sha256(raw).hexdigest(), documents, attestations)


def _attestations(check: Check, folder: Path) -> Attestations:
    """What the auditor signed, with the key that the zone names."""
    key = check.zone.auditor.gateway_key
    return Attestations(key, read_gateways(check, folder), read_signed_stack(check, folder))


def find_zone(folder: Path, name: object, place: Place | None = None) -> Zone:
    """Load the zone called `name` from `folder`; raises BadInput at `place` when it is not named or there is none."""
    if name is None:
        raise BadInput("key 'clover:zone' is missing", place)
    known = [path.stem for path in sorted(folder.glob("*.yaml"))]
    if name not in known:
        raise BadInput(f"zone {shown(name)} is not known; {nearest(name, known)}", place)
    return load_zone(folder / f"{name}.yaml")

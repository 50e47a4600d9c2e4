"""The lab's own auditor: a key that stays in the lab, and what it signs of the sites' gateways and of its own stack.

Nothing that it signs is evidence, and it counts only for what the lab deployed.
"""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clover.errors import BadInput, Place
from clover.lab.folder import LabFolder
from clover.sources.auditor_stack import handed_over
from clover.zones.attestation import Attestations, Gateway, opened, overlay_file, signed
from clover.zones.attestation import read_overlay as read
from clover.zones.attestation import write_overlay as write

VALID_DAYS = 365
"""For how long a signature of the lab's auditor counts."""


def settle(folder: LabFolder, outputs: dict[str, Any]) -> str:
    """Sign the rules of a site that came up for the first time; a line on what is, or has to be, signed."""
    site = outputs["site"]["name"]
    digest = signed_digest(folder, outputs)
    if digest is None:
        attest(folder, outputs)
        return "  rules signed by the lab's own auditor"
    if digest == outputs["egress"]["rule_set_digest"]:
        return "  rules are those that the lab's own auditor signed"
    return f"  rules are not those that the lab's own auditor signed: clover lab attest {site} signs them"


def attest(folder: LabFolder, outputs: dict[str, Any]) -> str:
    """Sign the rules that a site's exports name; returns their digest, BadInput where the site is not up."""
    if "egress" not in outputs:
        raise BadInput("the stack is no site that is up: there are no rules to sign")
    key, today = _key(folder.path / "auditor.key"), datetime.now(UTC).date()
    zone, site = outputs["site"]["zone"], outputs["site"]["name"]
    gateway = Gateway(
        zone=zone,
        site=site,
        rule_set_digest=outputs["egress"]["rule_set_digest"],
        attested_on=today,
        valid_until=today + timedelta(days=VALID_DAYS),
    )
    public = _public(key)
    file = overlay_file(zone, folder.root)
    earlier = read(file) or Attestations()
    envelopes = {**earlier.envelopes, site: signed(gateway, public, key.sign)}
    write(file, Attestations(public, envelopes, earlier.stack))
    return gateway.rule_set_digest


def hand_over(folder: LabFolder, export: Mapping[str, Any]) -> str:
    """Sign what an export of the auditor's own stack declares; the document's digest, BadInput for another stack."""
    key, today = _key(folder.path / "auditor.key"), datetime.now(UTC).date()
    stack = handed_over(export, Place("the auditor's stack"), today, today + timedelta(days=VALID_DAYS))
    public, file = _public(key), overlay_file(stack.zone, folder.root)
    earlier = read(file) or Attestations()
    envelope = signed(stack, public, key.sign)
    write(file, Attestations(public, earlier.envelopes, envelope))
    return sha256(envelope).hexdigest()


def signed_digest(folder: LabFolder, outputs: dict[str, Any]) -> str | None:
    """The digest that the lab's auditor signed for a site; None where it signed none."""
    held = read(overlay_file(outputs["site"]["zone"], folder.root))
    raw = held.envelopes.get(outputs["site"]["name"]) if held else None
    return opened(raw, held.key).rule_set_digest if held and held.key and raw else None


def _key(file: Path) -> Ed25519PrivateKey:
    """The auditor's private key, made where there is none, readable to its owner alone."""
    if not file.exists():
        file.touch(mode=0o600)
        file.write_bytes(Ed25519PrivateKey.generate().private_bytes_raw())
    return Ed25519PrivateKey.from_private_bytes(file.read_bytes())


def _public(key: Ed25519PrivateKey) -> str:
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()

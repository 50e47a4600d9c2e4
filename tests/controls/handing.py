"""A test's own auditor: it signs a gateway's rules, and what the sample auditors' stacks declare."""

import base64
from datetime import date, timedelta
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clover.errors import Place
from clover.sources.auditor_stack import handed_over
from clover.zones import attestation
from clover.zones.attestation import Attestations, AuditorStack, Gateway
from tests.data import state
from tests.mutants.site import AUDITORS, DAY, zone

KEY = Ed25519PrivateKey.generate()
PUBLIC = base64.b64encode(KEY.public_key().public_bytes_raw()).decode()
UNTIL = DAY + timedelta(days=90)


def stack_of(site: str, **instead: Any) -> AuditorStack:
    """What the auditor of a site's zone hands over, with other members."""
    return msgspec.structs.replace(of_export(state(AUDITORS[zone(site).name])), **instead)


def of_export(export: Any, until: date = UNTIL) -> AuditorStack:
    """What the auditor hands over of an export."""
    return handed_over(export, Place("auditor.json"), DAY, until)


def signed(content: AuditorStack | Gateway, by: Ed25519PrivateKey = KEY) -> bytes:
    """The envelope of something, under the name of the test's auditor."""
    return attestation.signed(content, PUBLIC, by.sign)


def attestations(site: str, stack: bytes | None) -> Attestations:
    """The auditor's signature of a site's gateway as it is, and of its own stack."""
    digest = state(site)["deployment"]["resources"][0]["outputs"]["egress"]["rule_set_digest"]
    gateway = Gateway(zone=zone(site).name, site=site, rule_set_digest=digest, attested_on=DAY, valid_until=UNTIL)
    return Attestations(PUBLIC, {site: signed(gateway)}, stack)

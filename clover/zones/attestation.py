"""What the auditor signed of a gateway: the digest of its rules, for one site and some time.

The form is a DSSE envelope with one Ed25519 signature
(https://github.com/secure-systems-lab/dsse/blob/master/protocol.md).
"""

import base64
import json
import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

PAYLOAD_TYPE = "application/vnd.clover.gateway+json"

OVERLAY = Path(".lab", "attestations")
"""Where the lab keeps what its own auditor signed, beside `zones`; it counts for what the lab deployed alone."""

OVERLAY_SETTING = "CLOVER_LAB_ATTESTATIONS"
"""The environment variable that names another folder for it, such as an empty one."""


class Gateway(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The content of an attestation: these are the rules that the auditor has read."""

    schema: Literal["clover.gateway/1"] = "clover.gateway/1"
    zone: str
    site: str
    rule_set_digest: str
    attested_on: date
    valid_until: date


class Attestations(Struct, frozen=True):
    """The auditor's public key (base64), and the signed envelope of each site's gateway."""

    key: str | None = None
    envelopes: Mapping[str, bytes] = {}


class _Signature(Struct, frozen=True):
    keyid: str
    sig: str


class _Envelope(Struct, frozen=True, rename="camel"):
    payload_type: str
    payload: str
    signatures: tuple[_Signature]


class UnsignedError(Exception):
    """An envelope is not one that the key signed; says in plain words why."""


def encoded(payload: bytes) -> bytes:
    """What is signed: DSSE's pre-authentication encoding, which binds the payload's type."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def envelope(gateway: Gateway, keyid: str, signature: bytes) -> bytes:
    """The signed document of `gateway`, whose encoded payload has `signature`."""
    signed = _Signature(keyid, base64.b64encode(signature).decode())
    return msgspec.json.encode(_Envelope(PAYLOAD_TYPE, base64.b64encode(payload_of(gateway)).decode(), (signed,)))


def payload_of(gateway: Gateway) -> bytes:
    """The canonical bytes of an attestation."""
    return json.dumps(msgspec.to_builtins(gateway), sort_keys=True, separators=(",", ":")).encode()


def opened(raw: bytes, key: str) -> Gateway:
    """Return what `key` signed in the envelope `raw`; UnsignedError otherwise, ImportError without `cryptography`."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        read = msgspec.json.decode(raw, type=_Envelope)
        payload = base64.b64decode(read.payload, validate=True)
        signature = base64.b64decode(read.signatures[0].sig, validate=True)
        if read.payload_type != PAYLOAD_TYPE:
            raise UnsignedError("it is an envelope of another kind")
        Ed25519PublicKey.from_public_bytes(base64.b64decode(key)).verify(signature, encoded(payload))
        return msgspec.json.decode(payload, type=Gateway)
    except InvalidSignature:
        raise UnsignedError("its signature is not of the auditor's key") from None
    except (msgspec.MsgspecError, ValueError):
        raise UnsignedError("it is no signed attestation of a gateway") from None


def overlay_file(zone: str, root: Path = Path()) -> Path:
    """Where the lab of the project in `root` keeps what its auditor signed for a zone."""
    return root / os.environ.get(OVERLAY_SETTING, OVERLAY) / f"{zone}.json"


def read_overlay(file: Path) -> Attestations | None:
    """What the lab's own auditor signed; None where there is no lab, or it signed nothing that reads."""
    try:
        held = msgspec.json.decode(file.read_bytes(), type=_Overlay)
    except (OSError, msgspec.MsgspecError):
        return None
    return Attestations(held.key, {site: bytes(raw) for site, raw in held.envelopes.items()})


def write_overlay(file: Path, attestations: Attestations) -> None:
    """Keep what the lab's auditor signed."""
    raw = {site: msgspec.Raw(one) for site, one in attestations.envelopes.items()}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(msgspec.json.encode(_Overlay(attestations.key or "", raw)))


class _Overlay(Struct, frozen=True):
    key: str
    envelopes: dict[str, msgspec.Raw]

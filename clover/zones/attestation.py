"""What the auditor signed, for some time: the digest of a gateway's rules, or what its own stack declares.

The form is a DSSE envelope with one Ed25519 signature
(https://github.com/secure-systems-lab/dsse/blob/master/protocol.md).
"""

import base64
import json
import os
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

import msgspec
from msgspec import UNSET, Struct, UnsetType

STACK_LIMIT = 8 * 1024 * 1024
"""Bytes of an envelope on a stack: a resource takes about 3 KiB."""

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


class AuditorStack(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The content of what the auditor hands over of its own stack: these resources of it are deployed.

    `resources` are those of a stack export, as far as proofs need them; `lab` says that they are a lab's.
    """

    schema: Literal["clover.auditor-stack/1"] = "clover.auditor-stack/1"
    zone: str
    lab: bool
    attested_on: date
    valid_until: date
    resources: tuple[dict[str, Any], ...]


class Attestations(Struct, frozen=True):
    """The auditor's public key (base64), the signed envelope of each site's gateway, and that of its own stack."""

    key: str | None = None
    envelopes: Mapping[str, bytes] = {}
    stack: bytes | None = None


class _Kind(NamedTuple):
    """The type that an envelope of some content names, and what such content is called."""

    payload_type: str
    told: str


Content = TypeVar("Content", Gateway, AuditorStack)

_KINDS: Mapping[type[Struct], _Kind] = {
    Gateway: _Kind("application/vnd.clover.gateway+json", "attestation of a gateway"),
    AuditorStack: _Kind("application/vnd.clover.auditor-stack+json", "stack of the auditor's"),
}


class _Signature(Struct, frozen=True):
    keyid: str
    sig: str


class _Envelope(Struct, frozen=True, rename="camel"):
    payload_type: str
    payload: str
    signatures: tuple[_Signature]


class UnsignedError(Exception):
    """An envelope is not one that the key signed; says in plain words why."""


def signed(content: Gateway | AuditorStack, keyid: str, sign: Callable[[bytes], bytes]) -> bytes:
    """The envelope of `content`, as `sign` signs it."""
    kind, payload = _KINDS[type(content)], _canonical(content)
    by = _Signature(keyid, base64.b64encode(sign(_encoded(kind, payload))).decode())
    return msgspec.json.encode(_Envelope(kind.payload_type, base64.b64encode(payload).decode(), (by,)))


def _encoded(kind: _Kind, payload: bytes) -> bytes:
    """What is signed: DSSE's pre-authentication encoding, which binds the payload's type."""
    name = kind.payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(name), name, len(payload), payload)


def _canonical(content: Gateway | AuditorStack) -> bytes:
    return json.dumps(msgspec.to_builtins(content), sort_keys=True, separators=(",", ":")).encode()


def opened(raw: bytes, key: str) -> Gateway:
    """Return what `key` signed in the envelope `raw`; UnsignedError otherwise, ImportError without `cryptography`."""
    return _opened(raw, key, Gateway)


def opened_stack(raw: bytes, key: str) -> AuditorStack:
    """The same of an envelope on the auditor's stack."""
    return _opened(raw, key, AuditorStack)


def _opened(raw: bytes, key: str, content: type[Content]) -> Content:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    kind = _KINDS[content]
    try:
        read = msgspec.json.decode(raw, type=_Envelope)
        payload = base64.b64decode(read.payload, validate=True)
        signature = base64.b64decode(read.signatures[0].sig, validate=True)
        if read.payload_type != kind.payload_type:
            raise UnsignedError("it is an envelope of another kind")
        Ed25519PublicKey.from_public_bytes(base64.b64decode(key)).verify(signature, _encoded(kind, payload))
        return msgspec.json.decode(payload, type=content)
    except InvalidSignature:
        raise UnsignedError("its signature is not of the auditor's key") from None
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise UnsignedError(f"it is no signed {kind.told}") from None


def overlay_file(zone: str, root: Path = Path()) -> Path:
    """Where the lab of the project in `root` keeps what its auditor signed for a zone."""
    return root / os.environ.get(OVERLAY_SETTING, OVERLAY) / f"{zone}.json"


def read_overlay(file: Path) -> Attestations | None:
    """What the lab's own auditor signed; None where there is no lab, or it signed nothing that reads."""
    try:
        held = msgspec.json.decode(file.read_bytes(), type=_Overlay)
    except (OSError, msgspec.MsgspecError):
        return None
    stack = None if held.stack is UNSET else bytes(held.stack)
    return Attestations(held.key, {site: bytes(raw) for site, raw in held.envelopes.items()}, stack)


def write_overlay(file: Path, attestations: Attestations) -> None:
    """Keep what the lab's auditor signed."""
    raw = {site: msgspec.Raw(one) for site, one in attestations.envelopes.items()}
    file.parent.mkdir(parents=True, exist_ok=True)
    stack = msgspec.Raw(attestations.stack) if attestations.stack else UNSET
    file.write_bytes(msgspec.json.encode(_Overlay(attestations.key or "", raw, stack)))


class _Overlay(Struct, frozen=True):
    key: str
    envelopes: dict[str, msgspec.Raw]
    stack: msgspec.Raw | UnsetType = UNSET

"""DSSE envelopes (https://github.com/secure-systems-lab/dsse/blob/master/protocol.md): read, opened and checked."""

import base64
import binascii

import msgspec

from clover.dossier.keys import PublicKey, fingerprint, is_signature

PAYLOAD_TYPE = "application/vnd.in-toto+json"


class Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One signature of an envelope."""

    keyid: str
    sig: str


class Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """A signed payload."""

    payload_type: str
    payload: str
    signatures: tuple[Signature, ...]


def encoded(payload_type: str, payload: bytes) -> bytes:
    """What is signed: DSSE's pre-authentication encoding, which binds the type to the payload."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def read_envelope(content: bytes) -> Envelope | None:
    """The envelope in a file, or None where there is none."""
    try:
        return msgspec.json.decode(content, type=Envelope)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def opened(envelope: Envelope) -> bytes | None:
    """The payload, or None for an envelope that is not one of a dossier: another type, or no base64."""
    try:
        payload = base64.b64decode(envelope.payload, validate=True)
    except (binascii.Error, ValueError):
        return None
    return payload if envelope.payload_type == PAYLOAD_TYPE and len(envelope.signatures) == 1 else None


def signed_by(envelope: Envelope, key: PublicKey) -> bool:
    """Whether the envelope names the key, and its signature is the key's."""
    payload = opened(envelope)
    if payload is None or envelope.signatures[0].keyid != fingerprint(key):
        return False
    try:
        signature = base64.b64decode(envelope.signatures[0].sig, validate=True)
    except (binascii.Error, ValueError):
        return False
    return is_signature(key, signature, encoded(envelope.payload_type, payload))

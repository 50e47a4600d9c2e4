"""Ed25519 signatures over DSSE envelopes (https://github.com/secure-systems-lab/dsse/blob/master/protocol.md)."""

import base64
import binascii
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from clover.dossier.layout import digest
from clover.errors import BadInput

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


def sign(payload: bytes, key: Ed25519PrivateKey) -> Envelope:
    """The envelope of a payload, with one signature."""
    signature = base64.b64encode(key.sign(encoded(PAYLOAD_TYPE, payload))).decode()
    named = Signature(keyid=fingerprint(key.public_key()), sig=signature)
    return Envelope(payload_type=PAYLOAD_TYPE, payload=base64.b64encode(payload).decode(), signatures=(named,))


def opened(envelope: Envelope) -> bytes | None:
    """The payload, or None for an envelope that is not one of a dossier: another type, or no base64."""
    try:
        payload = base64.b64decode(envelope.payload, validate=True)
    except (binascii.Error, ValueError):
        return None
    return payload if envelope.payload_type == PAYLOAD_TYPE and len(envelope.signatures) == 1 else None


def signed_by(envelope: Envelope, key: Ed25519PublicKey) -> bool:
    """Whether the envelope names the key, and its signature is the key's."""
    payload = opened(envelope)
    if payload is None or envelope.signatures[0].keyid != fingerprint(key):
        return False
    try:
        signature = base64.b64decode(envelope.signatures[0].sig, validate=True)
        key.verify(signature, encoded(envelope.payload_type, payload))
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def fingerprint(key: Ed25519PublicKey) -> str:
    """The name of a key: the SHA-256 of its 32 bytes."""
    return digest(key.public_bytes(Encoding.Raw, PublicFormat.Raw))


def as_pem(key: Ed25519PublicKey) -> bytes:
    """A public key as text."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def private_key(path: Path) -> Ed25519PrivateKey:
    """The Ed25519 private key of a PEM file without passphrase; BadInput for anything else."""
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm):
        raise BadInput(f"{path} holds no private key in PEM that can be read without a passphrase") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise BadInput(f"{path} holds no Ed25519 key")
    return key


def public_key(path: Path) -> Ed25519PublicKey:
    """The Ed25519 public key of a PEM file; BadInput for anything else."""
    try:
        return read_public_key(path.read_bytes())
    except (OSError, ValueError):
        raise BadInput(f"{path} holds no Ed25519 public key in PEM") from None


def read_public_key(content: bytes) -> Ed25519PublicKey:
    """The Ed25519 public key in PEM; ValueError for anything else."""
    try:
        key = load_pem_public_key(content)
    except UnsupportedAlgorithm:
        raise ValueError("no such algorithm") from None
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("no Ed25519 key")
    return key

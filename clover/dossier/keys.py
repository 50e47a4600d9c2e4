"""Public keys that signatures are checked with: Ed25519, ECDSA on a NIST curve, RSA (PSS).

The kinds are those that a file, AWS KMS or Azure Key Vault can hold. A key is named by the SHA-256 of its DER form,
which `openssl pkey -pubin -outform DER | sha256sum` prints too.
"""

from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from clover.dossier.layout import digest
from clover.errors import BadInput

PublicKey = Ed25519PublicKey | ec.EllipticCurvePublicKey | RSAPublicKey

CURVES = {"secp256r1": SHA256, "secp384r1": SHA384, "secp521r1": SHA512}
"""The curves that are known, each with the digest that is signed on it (FIPS 186-5)."""

SMALLEST_RSA = 2048
"""Bits of an RSA key that is still believed (NIST SP 800-131A)."""


def read_public_key(content: bytes) -> PublicKey:
    """The public key in PEM; ValueError for anything else, and for a key that is too weak."""
    try:
        key = load_pem_public_key(content)
    except UnsupportedAlgorithm:
        raise ValueError("no such algorithm") from None
    known = (
        isinstance(key, Ed25519PublicKey)
        or (isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in CURVES)
        or (isinstance(key, RSAPublicKey) and key.key_size >= SMALLEST_RSA)
    )
    if not known:
        raise ValueError("no Ed25519, ECDSA or RSA key")
    return key  # pyright: ignore[reportReturnType] (what is left after the check)


def public_key(path: Path) -> PublicKey:
    """The public key of a PEM file; BadInput for anything else."""
    try:
        return read_public_key(path.read_bytes())
    except (OSError, ValueError):
        raise BadInput(f"{path} holds no Ed25519, ECDSA or RSA public key in PEM") from None


def fingerprint(key: PublicKey) -> str:
    """The name of a key: the SHA-256 of its DER form."""
    return digest(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def as_pem(key: PublicKey) -> bytes:
    """A public key as text."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def is_signature(key: PublicKey, signature: bytes, text: bytes) -> bool:
    """Whether the key made the signature of the text."""
    try:
        if isinstance(key, Ed25519PublicKey):
            key.verify(signature, text)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, text, ec.ECDSA(CURVES[key.curve.name]()))
        else:
            key.verify(signature, text, padding.PSS(padding.MGF1(SHA256()), padding.PSS.AUTO), SHA256())
    except InvalidSignature:
        return False
    return True

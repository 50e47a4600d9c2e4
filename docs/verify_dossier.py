"""A second, short checker of a dossier, for those who do not trust Clover's own: `python verify_dossier.py DIR PUB…`.

Needs nothing but `cryptography`. Exit 0: every file is the one that the statement names, nothing else is there, every
signature fits the key beside it, and one of these is a key that you gave (PEM: Ed25519, ECDSA or RSA). Exit 1: not so,
with the first reason.
"""

import base64
import hashlib
import json
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

NAMES = ("statement.json", "declaration.dsse.json", "attestation.dsse.json", "operator.pub.pem", "auditor.pub.pem")
BESIDE = {f"evidence/{name}" for name in NAMES}
HASHES = {"secp256r1": SHA256(), "secp384r1": SHA384(), "secp521r1": SHA512()}


def refuse(why):
    """End with one line."""
    sys.exit(f"refused: {why}")


def hashed(path):
    """The SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def how(key):
    """What else a key of its kind is to be told when it checks a signature."""
    if isinstance(key, ec.EllipticCurvePublicKey):
        return [ec.ECDSA(HASHES[key.curve.name])]
    if isinstance(key, rsa.RSAPublicKey):
        return [padding.PSS(padding.MGF1(SHA256()), padding.PSS.AUTO), SHA256()]
    return []


def payload_of(envelope, key):
    """The payload of a DSSE envelope that is whole and signed by the key; else None."""
    payload = base64.b64decode(envelope["payload"], validate=True)
    kind = envelope["payloadType"].encode()
    (signature,) = envelope["signatures"]
    named = hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()
    if sorted(envelope) != ["payload", "payloadType", "signatures"] or sorted(signature) != ["keyid", "sig"]:
        return None
    text = b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)
    try:
        key.verify(base64.b64decode(signature["sig"], validate=True), text, *how(key))
    except (InvalidSignature, ValueError):
        return None
    return payload if signature["keyid"] == named else None


def main(folder, key_files):
    """Check the folder against the keys."""
    keys = [load_pem_public_key(Path(name).read_bytes()) for name in key_files]
    if any(path.is_symlink() for path in folder.rglob("*")):
        refuse("it holds a link")
    statement_file = folder / "evidence/statement.json"
    statement = json.loads(statement_file.read_bytes())
    named = {one["name"]: one["digest"]["sha256"] for one in statement["subject"]}
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    for name in sorted((found - BESIDE) ^ set(named)):
        refuse(f"{name} is {'missing' if name in named else 'not named by the statement'}")
    for name, expected in named.items():
        if hashed(folder / name) != expected:
            refuse(f"{name} was altered")
    accepted = []
    for name, who in (("declaration", "operator"), ("attestation", "auditor")):
        if not (folder / f"evidence/{name}.dsse.json").is_file() and not (folder / f"evidence/{who}.pub.pem").is_file():
            continue
        text, pem = ((folder / f"evidence/{one}").read_bytes() for one in (f"{name}.dsse.json", f"{who}.pub.pem"))
        key, envelope = load_pem_public_key(pem), json.loads(text)
        payload = payload_of(envelope, key)
        if payload is None:
            refuse(f"the {name} does not fit the {who}'s key")
        written = json.dumps(envelope, indent=2, ensure_ascii=False).encode() + b"\n"
        if (text, pem) != (written, key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)):
            refuse(f"the {name} or the {who}'s key has bytes that nobody signed")
        about = json.loads(payload)["subject"][0]["digest"]["sha256"]
        if payload != statement_file.read_bytes() and (name, about) != ("attestation", hashed(statement_file)):
            refuse(f"the {name} is of another dossier")
        if any(key == one for one in keys):
            accepted.append(name)
    if not accepted:
        refuse("no signature of this dossier is by a key that you gave")
    return f"accepted: {' and '.join(accepted)} by a key that you gave; judged on {statement['predicate']['as_of']}"


if __name__ == "__main__":
    try:
        sys.stdout.write(main(Path(sys.argv[1]), sys.argv[2:]) + "\n")
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as why:
        refuse(f"a file is missing or malformed: {why}")

"""A second, short checker of a dossier, for those who do not trust Clover's own: `python verify_dossier.py DIR PUB…`.

Needs nothing but `cryptography`. Exit 0: every file is the one that the statement names, nothing else is there, and one
of the Ed25519 public keys (PEM) has signed the statement, or has attested it. Exit 1: not so; the first reason is said.
"""

import base64
import hashlib
import json
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_pem_public_key

BESIDE = {
    "evidence/statement.json",
    "evidence/declaration.dsse.json",
    "evidence/attestation.dsse.json",
    "evidence/operator.pub.pem",
    "evidence/auditor.pub.pem",
}


def refuse(why):
    """End with one line."""
    sys.exit(f"refused: {why}")


def hashed(path):
    """The SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def signed_payload(envelope, keys):
    """The payload of a DSSE envelope, if one of the keys signed it; else None."""
    payload = base64.b64decode(envelope["payload"], validate=True)
    kind = envelope["payloadType"].encode()
    text = b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)
    for key in keys:
        for signature in envelope["signatures"]:
            try:
                key.verify(base64.b64decode(signature["sig"], validate=True), text)
            except (InvalidSignature, ValueError):
                continue
            return payload
    return None


def main(folder, key_files):
    """Check the folder against the keys."""
    keys = [load_pem_public_key(Path(name).read_bytes()) for name in key_files]
    if any(path.is_symlink() for path in folder.rglob("*")):
        refuse("it holds a link")
    statement_file = folder / "evidence/statement.json"
    if not statement_file.is_file():
        refuse("evidence/statement.json is missing")
    statement = json.loads(statement_file.read_bytes())
    named = {one["name"]: one["digest"]["sha256"] for one in statement["subject"]}
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    for name in sorted(set(named) - found):
        refuse(f"{name} is missing")
    for name in sorted(found - set(named) - BESIDE):
        refuse(f"{name} is not named by the statement")
    for name, expected in named.items():
        if hashed(folder / name) != expected:
            refuse(f"{name} was altered")
    for name in ("declaration", "attestation"):
        path = folder / f"evidence/{name}.dsse.json"
        payload = signed_payload(json.loads(path.read_bytes()), keys) if path.is_file() else None
        if payload == statement_file.read_bytes():
            return f"accepted: declared, signed by a key that you gave; judged on {statement['predicate']['as_of']}"
        if payload and json.loads(payload)["subject"][0]["digest"]["sha256"] == hashed(statement_file):
            return f"accepted: attested, signed by a key that you gave; judged on {statement['predicate']['as_of']}"
    return refuse("no signature of this dossier is by a key that you gave")


if __name__ == "__main__":
    sys.stdout.write(main(Path(sys.argv[1]), sys.argv[2:]) + "\n")

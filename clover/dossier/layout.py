"""Which files a dossier has, and how their bytes are made the same everywhere."""

import json
from hashlib import sha256
from typing import Any

STATEMENT = "evidence/statement.json"
DECLARATION = "evidence/declaration.dsse.json"
ATTESTATION = "evidence/attestation.dsse.json"
KEYS = {DECLARATION: "evidence/operator.pub.pem", ATTESTATION: "evidence/auditor.pub.pem"}
"""The public key that comes with each envelope, so that a reader without any can at least compare it."""

VERDICTS = "verdicts.json"
HISTORY = "evidence/history.json"
SIGNED_LATER = frozenset({STATEMENT, *KEYS, *KEYS.values()})
"""What stands beside the statement and is not named in it."""


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no spaces, as UTF-8, and a newline at the end: one text for one value."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "backslashreplace") + b"\n"


def compact(value: Any) -> bytes:
    """JSON for programs, with keys in their given order."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"


def pretty(value: Any) -> bytes:
    """JSON for people, with keys in their given order."""
    return json.dumps(value, indent=2, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"


def digest(content: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal."""
    return sha256(content).hexdigest()

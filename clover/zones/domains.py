"""Host names that a gateway may let out: exact, or everything below a name that belongs to one party."""

import re

LONGEST = 253
"""Characters of a host name (RFC 1035)."""

_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def domain_fault(name: str, shared: dict[str, str]) -> str | None:
    """Return in plain words why `name` may not be let out, or None; `shared` maps shared domains to their reason."""
    wildcard = name.startswith("*.")
    base = name.removeprefix("*.")
    labels = base.split(".")
    faults = (
        (not name.isascii(), "is not ASCII"),
        ("*" in base, "has a star elsewhere than before its first dot, or nothing else"),
        (labels[-1].isdigit() or ":" in base, "is an address, not a host name"),
        (not all(map(_LABEL.fullmatch, labels)), "is not a host name of lower-case letters, digits and hyphens"),
        (len(name) > LONGEST, f"is longer than {LONGEST} characters"),
        (any(label.startswith("xn--") for label in labels), "is punycode, which hides the letters that people read"),
        (len(labels) < 2, "covers a whole top-level domain" if wildcard else "has no domain"),
    )
    fault = next((words for faulty, words in faults if faulty), None)
    return fault or (_shared_fault(base, shared) if wildcard else None)


def _shared_fault(base: str, shared: dict[str, str]) -> str | None:
    for suffix, why in shared.items():
        if f".{base}".endswith(f".{suffix}") or f".{suffix}".endswith(f".{base}"):
            return f"is too wide below {suffix}: {why}"
    return None

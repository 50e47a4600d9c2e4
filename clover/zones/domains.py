"""Host names that a gateway may let out: exact, or everything below a name that belongs to one party."""

import re
from collections.abc import Iterable

from clover.zones.registers import SharedDomain

LONGEST = 253
"""Characters of a host name (RFC 1035)."""

_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def domain_fault(name: str, shared: Iterable[SharedDomain]) -> str | None:
    """Return in plain words why `name` may not be let out, or None; no wildcard may cover a `shared` domain."""
    wildcard = name.startswith("*.")
    base = name.removeprefix("*.")
    labels = base.split(".")
    faults = (
        (not name.isascii(), "is not ASCII"),
        ("*" in base, "may have a star only as its whole first part, before a domain"),
        (labels[-1].isdigit() or ":" in base, "is an address, not a host name"),
        (not all(map(_LABEL.fullmatch, labels)), "is not a host name of lower-case letters, digits and hyphens"),
        (len(name) > LONGEST, f"is longer than {LONGEST} characters"),
        (any(label.startswith("xn--") for label in labels), "is punycode, which hides the letters that people read"),
        (len(labels) < 2, "covers a whole top-level domain" if wildcard else "has no domain"),
    )
    fault = next((words for faulty, words in faults if faulty), None)
    return fault or (_shared_fault(base, shared) if wildcard else None)


def _shared_fault(base: str, shared: Iterable[SharedDomain]) -> str | None:
    for domain in shared:
        covers = f".{domain.suffix}".endswith(f".{base}")
        below = base.endswith(f".{domain.suffix}") and not domain.owned_below
        if covers or below:
            return f"is too wide below {domain.suffix}: {domain.why}"
    return None

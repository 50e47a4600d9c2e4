"""What the guardrails of all clouds agree on: the organisation that the accounts stand in, and what is printed."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypedDict

from components.refusal import Refusal


class OrganisationArgs(TypedDict):
    """The organisation that the sites' accounts stand in."""

    zone: str
    """The name of the zone whose sites are bound."""
    account: str
    """AWS: the management account; Azure: the tenant."""
    root: str
    """AWS: the organisation's root; Azure: the management group above that of the sites."""
    unit: str
    """AWS: the sites' organisational unit; Azure: the sites' management group."""
    region: str
    """Where the stack's own resources that have a region lie."""
    partition: str
    """The partition of that region."""
    controller: str
    """The only principal that writes guardrails: an ARN on AWS, an object id on Azure."""


class Guardrail(NamedTuple):
    """One policy as it is sent: its name, what it is attached to, its text, and how much its cloud takes."""

    name: str
    target: str
    text: str
    limit: int

    @property
    def digest(self) -> str:
        """The sha256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def digests(guardrails: Iterable[Guardrail]) -> dict[str, str]:
    """The digest of each policy by its name."""
    return {each.name: each.digest for each in guardrails}


def sizes(guardrails: Iterable[Guardrail]) -> dict[str, str]:
    """How much of its limit each policy uses, by its name."""
    return {each.name: f"{len(each.text)} of {each.limit}" for each in guardrails}


def refuse_unbound(args: Mapping[str, Any]) -> None:
    """Raise Refusal without a site, for two sites of one name or account, and for a controller that deploys a site."""
    sites, place = [guarded["site"] for guarded in args["sites"]], args.get("declared_at")
    if not sites:
        raise Refusal("sites: there is none whose account could be bound", place)
    for what in ("name", "account"):
        found = Counter(str(site[what]) for site in sites)
        if twice := [each for each, count in found.items() if count > 1]:
            raise Refusal(f"sites: {what} {twice[0]!r} stands twice", place)
    controller = args["organisation"]["controller"]
    if controller in {site["deployer"] for site in sites}:
        raise Refusal(f"controller: {controller!r} deploys a site, whose own guardrails it would write", place)

"""The access register on Azure: nobody is permitted what no role grants, and no role helps past a closed network."""

from collections.abc import Iterator, Sequence
from ipaddress import ip_address, ip_network
from typing import Any, NamedTuple

from clover.controls.azure_requests import Asked, Auditor, Permissions, auditor
from clover.controls.case import Case
from clover.controls.proof import SiteProof
from clover.controls.verdict import Claim, Outcome
from clover.dossier.access.register import VERBS, Looked, Reach, Row
from clover.model.azure import stores
from clover.model.azure.declared_roles import ANYBODY
from clover.model.azure.networks_in import let_in
from clover.model.azure.stores import Store
from clover.model.resources import value
from clover.sources import Unknown
from clover.sources.plain import as_object

CLASS_TAG = "clover:data-class"
BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
LISTING = (f"{BLOBS}/filter/action", f"{BLOBS}/tags/read")
"""What shows names; a listing of a container is `blobs/read` itself
(https://learn.microsoft.com/rest/api/storageservices/list-blobs)."""
CONTROLS = {
    "auditor": ("AUD-1", "AUD-2", "AUD-3"),
    "trusted": ("RES-P1", "OPR-1"),
    "declared": ("RES-P1", "OPR-1"),
    "role": ("RES-3", "RES-P1"),
    "service": ("RES-P2", "EVD-1"),
    "anybody": ("RES-3", "RES-P1"),
}
HANDS_OUT = "hands-out"
"""The note on whoever may ask Azure Resource Manager for keys and signatures of the account."""


class Site(NamedTuple):
    """What is looked up once for every store."""

    case: Case
    proof: SiteProof
    permissions: Permissions
    auditor: Auditor
    identities: frozenset[str]


def looked(case: Case, proof: SiteProof) -> Iterator[Looked]:
    """Every storage account of the site with a row for each caller."""
    own = frozenset(stores.identities(case.resources))
    site = Site(case, proof, Permissions(case), auditor(case), own)
    for store in stores.stores(case.resources, case.site.account):
        tags = as_object(value(store.resource, "tags")) or {}
        rows = tuple(_rows(site, store))
        yield Looked(store.resource.name, str(tags.get(CLASS_TAG, "restricted")), str(store.role), rows)


def _rows(site: Site, store: Store) -> Iterator[Row]:
    for kind, principal in _callers(site):
        note = HANDS_OUT if store.id and _permitted(site, store, principal, "control") else ""
        yield Row(kind, principal, {verb: _reach(site, store, principal, verb) for verb in VERBS}, CONTROLS[kind], note)
    yield Row("service", "", _of_services(store), CONTROLS["service"])
    outside = _of_anybody(site, store)
    yield Row("anybody", "", dict.fromkeys(VERBS, outside), CONTROLS["anybody"])


def _callers(site: Site) -> Iterator[tuple[str, str]]:
    """The auditor, the trusted base, the stack's own identities, and whoever else holds a role, by object id."""
    kinds = dict.fromkeys(site.permissions.roles.principals, "role")
    kinds |= dict.fromkeys(site.identities, "declared")
    kinds |= {principal.lower(): "trusted" for principal in site.case.trusted}
    kinds |= {site.auditor.machine: "auditor", site.auditor.person: "auditor"}
    order = ("auditor", "trusted", "declared", "role")
    yield from sorted(((kind, who) for who, kind in kinds.items()), key=lambda each: (order.index(each[0]), each[1]))


def _reach(site: Site, store: Store, principal: str, verb: str) -> Reach:
    """How far a principal comes with a data request: what its roles permit, from where the network lets in."""
    if store.id is None or isinstance(store.settings, Unknown) or site.permissions.waiting() or principal == ANYBODY:
        return Reach.OPEN
    if not site.permissions.roles.given and not _permitted(site, store, principal, verb):
        return Reach.OPEN
    if not _permitted(site, store, principal, verb):
        return Reach.NOTHING
    return _from_where(site, store, let_in(store.settings), principal)


def _permitted(site: Site, store: Store, principal: str, verb: str) -> bool:
    found = stores.data_actions()["storage"]
    names = {"list": LISTING, "control": found["control"]}
    reading = [action for action in found["data"] if action.endswith("/read")]
    names |= {"read": reading, "write": [each for each in found["data"] if each not in (*reading, *LISTING)]}
    asked = [Asked(names[verb], str(store.id), verb != "control")]
    return any(True for _ in site.permissions.permitted(asked, [principal]))


def _from_where(site: Site, store: Store, origins: Sequence[dict[str, Any]], principal: str) -> Reach:
    """The widest of the places that the store lets in; a trusted service comes in as an identity of the stack."""
    ranks = (Reach.NOTHING, Reach.ENDPOINTS, Reach.AUDITOR_NETWORKS, Reach.ANYWHERE)
    own = {identifier.lower() for _, identifier in store.endpoints}
    found = [Reach.NOTHING]
    for origin in origins:
        match origin["kind"]:
            case "private_endpoint" if origin["id"].lower() in own:
                found.append(Reach.ENDPOINTS)
            case "internet" if _of_auditor(site, origin["address"]):
                found.append(Reach.AUDITOR_NETWORKS)
            case "trusted_service" if principal not in site.identities:
                continue
            case _:
                found.append(Reach.ANYWHERE)
    return max(found, key=ranks.index)


def _of_auditor(site: Site, address: str) -> bool:
    return any(ip_address(address) in network for network in map(ip_network, site.auditor.networks))


def _of_services(store: Store) -> dict[str, Reach]:
    """What services that Azure trusts do without a role: where they are let in, they write logs."""
    if isinstance(store.settings, Unknown):
        return dict.fromkeys(VERBS, Reach.OPEN)
    trusted = any(origin["kind"] == "trusted_service" for origin in let_in(store.settings))
    return {verb: Reach.ANYWHERE if trusted and verb == "write" else Reach.NOTHING for verb in VERBS}


def _of_anybody(site: Site, store: Store) -> Reach:
    """Whoever holds no role, as RES-3 decided of the store."""
    decided = {
        each.verdict
        for each in site.proof.verdicts
        if (each.control, each.claim, each.resource) == ("RES-3", Claim.HOLDS, store.resource.urn)
    }
    if decided == {Outcome.PROVED}:
        return Reach.NOTHING
    return Reach.ANYWHERE if Outcome.REFUTED in decided else Reach.OPEN

"""Whose tokens become an identity on Azure: its federated credentials, and which of them are a backend's runners'.

A credential names one issuer, one subject and its audiences, and Entra compares each whole
(https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations).
"""

from collections.abc import Sequence
from typing import Any

from clover.controls.azure_requests import property_of
from clover.controls.case import Case
from clover.controls.verdict import Answer, Ground, proved, refuted, unknown
from clover.model.azure.declared_roles import is_open
from clover.model.azure.stores import IDENTITY
from clover.model.resources import value
from clover.sources import Resource
from clover.zones.parties import Backend
from clover.zones.vocabulary import StackKind

FEDERATED = "azure-native:managedidentity:FederatedIdentityCredential"
OTHER_VERSIONS = "azure-native:managedidentity/"
"""How types of one API version begin, some of which hold a pattern in place of a subject."""
KINDS = ("deploys", "previews")
"""The two runners of a backend, and the ends of their identities' names."""


def runners(case: Case) -> list[Resource]:
    """The runners' identities that the stack declares."""
    return [each for each in case.resources.of(IDENTITY) if kind_of(each) is not None]


def kind_of(identity: Resource) -> str | None:
    """What a runner's identity is for; None for another identity."""
    return next((kind for kind in KINDS if str(value(identity, "resourceName")).endswith(f"-{kind}")), None)


def tokens_of(case: Case, identity: Resource) -> list[Resource]:
    """The credentials that make somebody the identity."""
    place = _place(identity)
    return [each for each in case.resources.of(FEDERATED) if not is_open(place) and _place(each) == place]


def unplaced(case: Case) -> list[Resource]:
    """The credentials of which it is not known whom they make somebody; types of one API version are not read."""
    unread = (each for each in case.resources.all if each.type.startswith(OTHER_VERSIONS))
    return [*(each for each in case.resources.of(FEDERATED) if is_open(_place(each))), *unread]


def _place(resource: Resource) -> list[Any]:
    """The group and the name of an identity, its own or that a credential is of, in lower case."""
    found = (value(resource, name) for name in ("resourceGroupName", "resourceName"))
    return [each if is_open(each) else str(each).lower() for each in found]


def becomes_a_runner(case: Case, credential: Resource) -> Answer:
    """Whether a credential is that of the zone's own runner of a backend, whole; in other stacks none is harmless."""
    about, backend = credential.urn, case.zone.file.backend(case.site.name)
    if case.hand is not StackKind.BACKEND or backend is None:
        example = property_of(about, "type", credential.type, "no resource of this type")
        return refuted(
            f"{credential.name} lets a workload outside of Azure become an identity", example, resource=about
        )
    own = [each for each in case.resources.of(IDENTITY) if credential in tokens_of(case, each)]
    if len(own) != 1:
        return unknown(f"whom {credential.name} lets a workload become is not known", resource=about)
    kind = kind_of(own[0])
    if kind is None:
        example = property_of(about, "resourceName", value(credential, "resourceName"), "the identity of a runner")
        return refuted(f"{credential.name} lets a workload become {own[0].name}", example, resource=about)
    return _of_the_zone(credential, _wanted(backend, kind))


def _wanted(backend: Backend, kind: str) -> Sequence[tuple[str, Any]]:
    subject = backend.deploys if kind == "deploys" else backend.previews
    return (("issuer", f"https://{backend.issuer}"), ("subject", subject), ("audiences", [backend.audience]))


def _of_the_zone(credential: Resource, wanted: Sequence[tuple[str, Any]]) -> Answer:
    """Whether each part of a credential is what the zone says."""
    for name, right in wanted:
        found = value(credential, name)
        if is_open(found):
            return unknown(f"{name} of {credential.name} is not known", resource=credential.urn)
        if found != right:
            told = f"{credential.name}: {name} is {found!r}, and the zone says {right!r}"
            return refuted(told, property_of(credential.urn, name, found, str(right)), resource=credential.urn)
    grounds = tuple(Ground(credential.urn, f"{name}={right}") for name, right in wanted)
    told = f"{credential.name} is for one subject, {wanted[1][1]}"
    return proved(told, resource=credential.urn, rests_on=grounds)

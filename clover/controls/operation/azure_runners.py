"""What OPS-1 asks of a backend on Azure: its runners sign in, come to state and secrets, and do what they are for."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from clover.controls.azure_requests import Request, property_of, request_of
from clover.controls.case import Case
from clover.controls.state.azure import DECRYPTS, ENCRYPTS, MAY, OWN_CONTAINER
from clover.controls.state.azure_tokens import kind_of, runners, tokens_of
from clover.controls.verdict import Answer, refuted, unknown
from clover.logic.azure import evaluate_network
from clover.model.azure import stores
from clover.model.azure.networks_in import Settings
from clover.model.azure.stores import Store
from clover.model.resources import value
from clover.sources import Resource, Unknown
from clover.zones.vocabulary import StoreRole


class Needed(NamedTuple):
    """What a caller has to be permitted, and what for."""

    about: str
    requests: tuple[Request, ...]
    told: str


class Caller(NamedTuple):
    """Who calls, by its object id where that is known, and what for."""

    name: str
    id: object
    may: Sequence[str]


def needed_by_runners(case: Case) -> Iterator[Needed | Answer]:
    """For each runner and each place that it comes to, what it asks for; an answer where it does not come there.

    The deployer of the backends keeps the state of their own stack in a container beside.
    """
    held = list(stores.keys(case.resources, case.site.account))
    stored = {key.resource.urn for each in case.resources.of(stores.ACCOUNT) if (key := stores.key_of(each, held))}
    accounts = stores.stores(case.resources, case.site.account)
    states = [each for each in accounts if each.role == StoreRole.STATE.value]
    for runner in runners(case):
        caller = Caller(runner.name, value(runner, "principalId"), MAY[str(kind_of(runner))])
        if not tokens_of(case, runner):
            example = property_of(runner.urn, "federatedIdentityCredentials", None, "one")
            yield refuted(f"nobody signs in as {runner.name}", example, resource=runner.urn)
        yield from (_of_state(case, caller, store, own=False) for store in states)
        for key in held:
            if key.resource.urn not in stored and key.vault:
                yield _asked(case, caller, key.resource, key.id, key.vault.settings)
    deployer = Caller("the deployer", case.deployer, MAY["deploys"])
    yield from (_of_state(case, deployer, store, own=True) for store in states)


def _of_state(case: Case, caller: Caller, store: Store, *, own: bool) -> Needed | Answer:
    """What a caller asks for of the container that Pulumi keeps states in, or of that of the backends' own stack."""
    name = str(value(store.resource, "accountName")).lower()
    found = [value(each, "containerName") for each in stores.containers(case.resources).get(name, [])]
    kept = next((each for each in found if (each == OWN_CONTAINER) is own), None)
    if kept is None:
        wanted = "a container for the backends' own state" if own else "a container that states are kept in"
        example = property_of(store.resource.urn, "container", None, wanted)
        return refuted(f"{store.resource.name} lacks {wanted}", example, resource=store.resource.urn)
    place = f"{store.id}/blobServices/default/containers/{kept}" if store.id and isinstance(kept, str) else None
    return _asked(case, caller, store.resource, place, store.settings)


def _asked(
    case: Case, caller: Caller, about: Resource, place: str | None, settings: Settings | Unknown
) -> Needed | Answer:
    """What a caller asks for at a place, once the network there lets it in."""
    who, backend = caller.id, case.zone.file.backend(case.site.name)
    if not isinstance(who, str) or place is None or isinstance(settings, Unknown) or backend is None:
        told = f"the principal of {caller.name}, or the place or network of {about.name}, is not known"
        return unknown(told, resource=about.urn)
    origin = {"kind": "internet", "address": backend.networks[0].partition("/")[0], "same_region": False}
    requests = tuple(
        request_of(case, who, action, place, is_data=True, origin=origin)
        for action in caller.may
        if (action in (DECRYPTS, ENCRYPTS)) is (about.type == stores.KEY)
    )
    if evaluate_network(origin, settings).decision != "allow":
        told = f"{about.name} does not let {caller.name} in from its network"
        return refuted(told, {"kind": "request", "request": requests[0]}, resource=about.urn)
    return Needed(about.urn, requests, f"{caller.name} does in {about.name} what it is for")

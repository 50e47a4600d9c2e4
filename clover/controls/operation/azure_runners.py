"""What OPS-1 asks of a backend on Azure: its runners sign in, come to state and secrets, and do what they are for."""

from collections.abc import Iterator
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
    """What a runner has to be permitted, and what for."""

    about: str
    requests: tuple[Request, ...]
    told: str


def needed_by_runners(case: Case) -> Iterator[Needed | Answer]:
    """For each runner and each place that it comes to, what it asks for; an answer where it does not come there."""
    held = list(stores.keys(case.resources, case.site.account))
    stored = {key.resource.urn for each in case.resources.of(stores.ACCOUNT) if (key := stores.key_of(each, held))}
    accounts = stores.stores(case.resources, case.site.account)
    states = [each for each in accounts if each.role == StoreRole.STATE.value]
    for runner in runners(case):
        if not tokens_of(case, runner):
            example = property_of(runner.urn, "federatedIdentityCredentials", None, "one")
            yield refuted(f"nobody signs in as {runner.name}", example, resource=runner.urn)
        for store in states:
            yield _of_state(case, runner, store)
        for key in held:
            if key.resource.urn not in stored and key.vault:
                yield _asked(case, runner, key.resource, key.id, key.vault.settings)


def _of_state(case: Case, runner: Resource, store: Store) -> Needed | Answer:
    """What a runner asks for of the container that Pulumi keeps states in."""
    name = str(value(store.resource, "accountName")).lower()
    found = [value(each, "containerName") for each in stores.containers(case.resources).get(name, [])]
    kept = next((each for each in found if each != OWN_CONTAINER), None)
    if kept is None:
        example = property_of(store.resource.urn, "container", None, "a container that states are kept in")
        return refuted(f"{store.resource.name} has no container for states", example, resource=store.resource.urn)
    place = f"{store.id}/blobServices/default/containers/{kept}" if store.id and isinstance(kept, str) else None
    return _asked(case, runner, store.resource, place, store.settings)


def _asked(
    case: Case, runner: Resource, about: Resource, place: str | None, settings: Settings | Unknown
) -> Needed | Answer:
    """What a runner asks for at a place, once the network there lets it in."""
    who, backend = value(runner, "principalId"), case.zone.file.backend(case.site.name)
    if not isinstance(who, str) or place is None or isinstance(settings, Unknown) or backend is None:
        told = f"the principal of {runner.name}, or the place or network of {about.name}, is not known"
        return unknown(told, resource=about.urn)
    origin = {"kind": "internet", "address": backend.networks[0].partition("/")[0], "same_region": False}
    requests = tuple(
        request_of(case, who, action, place, is_data=True, origin=origin)
        for action in MAY[str(kind_of(runner))]
        if (action in (DECRYPTS, ENCRYPTS)) is (about.type == stores.KEY)
    )
    if evaluate_network(origin, settings).decision != "allow":
        told = f"{about.name} does not let {runner.name} in from its network"
        return refuted(told, {"kind": "request", "request": requests[0]}, resource=about.urn)
    return Needed(about.urn, requests, f"{runner.name} does in {about.name} what it is for")

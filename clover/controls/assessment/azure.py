"""The controls of the auditor's workspace on Azure."""

from collections.abc import Iterator, Mapping
from ipaddress import ip_address, ip_network
from typing import Any

from clover.controls.assessment.published import is_let_out
from clover.controls.assessment.standing import ALONE, in_another_account, of_the_operator, without_a_store
from clover.controls.azure_requests import (
    ANYBODY_WITH_A_ROLE,
    Asked,
    Auditor,
    Permissions,
    Permitted,
    auditor,
    property_of,
    request_of,
    worst,
)
from clover.controls.case import Case, Question
from clover.controls.network.attested import deployed_on_azure
from clover.controls.residency.azure_copies import closed, opened
from clover.controls.residency.azure_reading import READS, data_of, stranger
from clover.controls.verdict import Answer, Ground, proved, refuted, unknown
from clover.model.aws.network_links import known
from clover.model.azure import stores
from clover.model.azure.networks_in import Settings, let_in
from clover.model.azure.stores import Store, key_of
from clover.model.resources import value
from clover.sources import Unknown
from clover.zones.vocabulary import StackKind, StoreRole


def is_the_auditors_alone(case: Case) -> Iterator[Answer]:
    """ASM-1: nobody but the auditor's two, from its networks, works in an account of its own, or with its key."""
    every = tuple(stores.stores(case.resources, case.site.account))
    found = [store for store in every if store.role == StoreRole.AUDITOR_OWNED.value]
    yield from (_of_no_role(store) for store in every if store.role is None)
    if not found:
        yield without_a_store(case)
    for store in found:
        if case.hand is StackKind.SITE:
            yield of_the_operator(case, store.resource)
        else:
            yield in_another_account(case, store.resource) or _of_the_auditor(case, store)


def _of_no_role(store: Store) -> Answer:
    return unknown(f"whether {store.resource.name} is the auditor's own is not known", resource=store.resource.urn)


def _of_the_auditor(case: Case, store: Store) -> Answer:
    """The first of the guarantees that does not hold, or that all do."""
    urn, name, settings = store.resource.urn, store.resource.name, store.settings
    if store.id is None or isinstance(settings, Unknown):
        return unknown(f"the id or the network of {name} is not known", resource=urn)
    its = auditor(case)
    elsewhere = next((origin for origin in let_in(settings) if not _is_the_auditors(origin, its)), None)
    if elsewhere:
        request = request_of(case, ANYBODY_WITH_A_ROLE, READS, store.id, is_data=True, origin=elsewhere)
        told = f"{name} lets in {elsewhere['kind'].replace('_', ' ')} beside the auditor's networks"
        return refuted(told, {"kind": "request", "request": request}, resource=urn)
    return opened(store.resource, "RES-3") or _under_its_key(case, store) or _worked_in(case, store, settings, its)


def _is_the_auditors(origin: dict[str, Any], its: Auditor) -> bool:
    if origin["kind"] != "internet":
        return False
    return any(ip_address(origin["address"]) in network for network in map(ip_network, its.networks))


def _under_its_key(case: Case, store: Store) -> Answer | None:
    """The answer where the account lies under no key of the part's own."""
    urn, name, path = store.resource.urn, store.resource.name, "encryption.keyVaultProperties"
    held = value(store.resource, path)
    if not known(held):
        return unknown(f"the key of {name} is not known", resource=urn)
    if key_of(store.resource, tuple(stores.keys(case.resources, case.site.account))):
        return None
    example = property_of(urn, path, held, "a key of the auditor's own stack")
    return refuted(f"{name} lies under no key of the auditor's", example, resource=urn)


def _worked_in(case: Case, store: Store, settings: Settings, its: Auditor) -> Answer:
    """Whether anybody but the auditor's two is permitted data, or anybody but its deployer what hands it out."""
    urn, name, identifier = store.resource.urn, store.resource.name, str(store.id)
    permissions, base = Permissions(case), [principal.lower() for principal in case.trusted]
    undecided = permissions.undecided(f"who works in {name} is not known", urn)
    if undecided:
        return undecided
    asked = data_of(identifier, keys=False)
    found = worst(_permitted(permissions, asked, (its.person, its.machine), base))
    if found:
        return stranger(found, let_in(settings), urn)
    rules = tuple(Ground(urn, f"{rule}={content}") for rule, content in settings["networkAcls"].items())
    grounds = (*rules, *closed(store.resource, "RES-3"), *permissions.grounds(identifier))
    return proved(ALONE.format(name), resource=urn, rests_on=grounds, given=permissions.given)


def _permitted(
    permissions: Permissions, asked: list[Asked], own: tuple[str, ...], base: list[str]
) -> Iterator[Permitted]:
    """The requests on data by others than its two, and those that hand it out by others than its deployer."""
    for each in asked:
        yield from permissions.permitted([each], None, own if each.is_data else base)


def what_is_published_is_let_out(case: Case) -> Iterator[Answer]:
    """ASM-2 on Azure."""
    return is_let_out(case, deployed_on_azure)


QUESTIONS: Mapping[str, Question] = {"ASM-1": is_the_auditors_alone, "ASM-2": what_is_published_is_let_out}
"""Each control's question on whether it holds."""

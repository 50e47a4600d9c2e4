"""Whose a store of the auditor's own is, whatever the cloud."""

import json

from clover.controls.case import Case
from clover.controls.network.counterexample import wrong
from clover.controls.verdict import Answer, proved, refuted, unknown
from clover.model.resources import value
from clover.sources import Resource, Unknown
from clover.zones.vocabulary import StoreRole

_PINNED = {"pulumi:providers:aws": "allowedAccountIds", "pulumi:providers:azure-native": "subscriptionId"}
"""Where a provider says which account it deploys into."""

ALONE = "nobody but the auditor, from its networks, reads or writes {}"


def without_a_store(case: Case) -> Answer:
    """The answer for a stack without a store of the auditor's own: wrong for the part that is to have one."""
    if not case.is_workspace:
        return proved(f"{case.stack} declares no store of the auditor's own, so nothing of one is reached through it")
    root = next((each.urn for each in case.resources.of("pulumi:pulumi:Stack")), "")
    example = wrong(root, "clover:store-role", None, f"a store of role {StoreRole.AUDITOR_OWNED.value}")
    return refuted(f"the zone names a workspace on {case.site.cloud.value}, and {case.stack} declares none", example)


def in_another_account(case: Case, store: Resource) -> Answer | None:
    """The answer where the part is deployed into an account beside the one that the zone names for assessments."""
    for kind, name in _PINNED.items():
        for provider in case.resources.of(kind):
            held = value(provider, name)
            if isinstance(held, Unknown):
                return unknown(f"the account that {provider.name} deploys into is not known", resource=store.urn)
            if isinstance(held, str) and held not in (case.site.account, json.dumps([case.site.account])):
                example = wrong(provider.urn, name, held, case.site.account)
                return refuted(f"{store.name} lies in {held}, not where it should", example, resource=store.urn)
    return None


def of_the_operator(case: Case, store: Resource) -> Answer:
    """The answer for a store of the auditor's own that a site's deployer makes."""
    example = wrong(store.urn, "tags", value(store, "tags"), "a role of a site's own stores")
    told = f"{store.name} is to be the auditor's own, and {case.site.title} deploys it"
    return refuted(told, example, resource=store.urn)

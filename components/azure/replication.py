"""Object replication: what a store holds, version by version, into a store of another hand.

https://learn.microsoft.com/azure/storage/blobs/object-replication-overview
"""

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any, NamedTuple

import pulumi
from pulumi_azure_native import storage

from clover.zones.vocabulary import StoreRole
from components.azure import site as names
from components.azure.containers import CONTAINER
from components.azure.site import SiteArgs

COPIES = "copies"
"""The name in `providers` of the provider of the subscription in which second copies lie."""

BEFORE_ALL = "1601-01-01T00:00:00Z"
"""A time before every blob: without one, a rule copies what is written after it alone
(`ObjectReplicationPolicyFilter.min_creation_time` of azure-mgmt-storage)."""

_RULE: Any = {
    "source_container": CONTAINER,
    "destination_container": CONTAINER,
    "filters": {"min_creation_time": BEFORE_ALL},
}


class Copying(NamedTuple):
    """The store that is copied, where its copy lies, and the provider of the copy's subscription."""

    store: str
    site: SiteArgs
    place: SiteArgs
    provider: pulumi.ProviderResource


def with_copies(
    opts: pulumi.ResourceOptions | None,
) -> tuple[pulumi.ResourceOptions | None, pulumi.ProviderResource | None]:
    """The options without the provider of the copies' subscription, and that: the SDK keeps one for each package."""
    given = opts.providers if opts else None
    if opts is None or not isinstance(given, Mapping) or COPIES not in given:
        return opts, None
    kept = copy(opts)
    kept.providers = [provider for name, provider in given.items() if name != COPIES]
    return kept, given[COPIES]


def replicate(
    parent: pulumi.Resource, name: str, copying: Copying, after: Sequence[pulumi.Resource]
) -> list[pulumi.Resource]:
    """The policy at the copy's account, which gives it and its rule their ids, and the store's own, which takes them.

    The first stays when the store is taken down: its account is another hand's, and locked against deletion.
    """
    ends: Any = {
        "source_account": names.account_id(copying.site, StoreRole.USER_DATA, copying.store),
        "destination_account": names.account_id(copying.place, StoreRole.USER_DATA, copying.store),
    }
    child = pulumi.ResourceOptions(parent=parent, depends_on=list(after))
    beyond = pulumi.ResourceOptions(provider=copying.provider, retain_on_delete=True)
    made = storage.ObjectReplicationPolicy(
        f"{name}-copies",
        object_replication_policy_id="default",
        **_account(copying.place, copying.store),
        **ends,
        rules=[_RULE],
        opts=pulumi.ResourceOptions.merge(child, beyond),
    )
    identified: Any = {**_RULE, "rule_id": made.rules.apply(_only_id)}
    taken = storage.ObjectReplicationPolicy(
        f"{name}-copied",
        object_replication_policy_id=made.policy_id,
        **_account(copying.site, copying.store),
        **ends,
        rules=[identified],
        opts=child,
    )
    return [made, taken]


def _account(place: SiteArgs, store: str) -> Any:
    """The account of a store of user data, as what lies in it names it."""
    role = StoreRole.USER_DATA
    return {"account_name": names.account_name(place, role, store), "resource_group_name": names.group(place, role)}


def _only_id(rules: Any) -> str:
    """The id that the copy's account gave the one rule."""
    return rules[0].rule_id

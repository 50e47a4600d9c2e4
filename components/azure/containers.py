"""Containers of a store: where data lies in an account."""

from collections.abc import Sequence
from typing import NamedTuple

import pulumi
from pulumi_azure_native import storage

from clover.zones.vocabulary import StoreRole
from components.azure import site as names
from components.azure.site import SiteArgs

CONTAINER = "data"
"""The container of a store of user data, and that of its second copy; log services make their own."""


class Place(NamedTuple):
    """Which account is meant: of which site and role, and what it is called."""

    site: SiteArgs
    role: StoreRole
    account: str


def declared_container(
    name: str, called: str, place: Place, after: Sequence[pulumi.Resource], parent: pulumi.Resource
) -> storage.BlobContainer:
    """Where data lies in an account; no upload can choose another key."""
    return storage.BlobContainer(
        name,
        container_name=called,
        account_name=place.account,
        resource_group_name=names.group(place.site, place.role),
        public_access=storage.PublicAccess.NONE,
        default_encryption_scope="$account-encryption-key",
        deny_encryption_scope_override=True,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=list(after)),
    )

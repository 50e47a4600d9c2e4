"""Locks: what Azure refuses to delete before somebody has taken the lock away."""

from collections.abc import Sequence

import pulumi
from pulumi_azure_native import authorization

from components.ordering import once_created


def lock(
    parent: pulumi.Resource, name: str, target: str, after: Sequence[pulumi.Resource]
) -> authorization.ManagementLockByScope:
    """Lock the resource with the id `target` against deletion, once `after` exists.

    It stops no change of a setting, and does not bind whoever may delete locks
    (https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources).
    """
    return authorization.ManagementLockByScope(
        f"{name}-lock",
        lock_name="clover",
        scope=once_created(target, after),
        level="CanNotDelete",
        notes="Part of the site's controls",
        opts=pulumi.ResourceOptions(parent=parent),
    )

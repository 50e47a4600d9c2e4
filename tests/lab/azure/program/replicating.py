"""A second account that the blobs of another are copied into."""

import pulumi
from pulumi_azure_native import storage


def replicate(
    store: storage.StorageAccount,
    container: storage.BlobContainer,
    blobs: storage.BlobServiceProperties,
    group: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> None:
    """Declare it beside the store."""
    copy = storage.StorageAccount(
        "copy",
        resource_group_name=group,
        account_name="everytypecopy",
        kind="StorageV2",
        sku={"name": "Standard_ZRS"},
        opts=opts,
    )
    copied = [
        storage.BlobServiceProperties(
            "copied-blobs",
            resource_group_name=group,
            account_name=copy.name,
            blob_services_name="default",
            is_versioning_enabled=True,
            opts=opts,
        ),
        storage.BlobContainer(
            "copied-data", container_name="data", resource_group_name=group, account_name=copy.name, opts=opts
        ),
    ]
    storage.ObjectReplicationPolicy(
        "copies",
        resource_group_name=group,
        account_name=copy.name,
        object_replication_policy_id="default",
        source_account=store.id,
        destination_account=copy.id,
        rules=[{"source_container": container.name, "destination_container": "data"}],
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[blobs, container, *copied])),
    )

"""Groups, identities, vaults, keys and stores."""

from tests.lab.azure.case import Case
from tests.lab.azure.world import World, vault_properties


def account(world: World) -> dict[str, object]:
    return world.grouped(
        accountName=world.name("caseaccount"),
        kind="StorageV2",
        sku={"name": "Standard_ZRS"},
        allowSharedKeyAccess=False,
        enableHttpsTrafficOnly=True,
        identity={"type": "UserAssigned", "userAssignedIdentities": [world.identity.id]},
        networkRuleSet={"bypass": "None", "defaultAction": "Deny"},
    )


def replication(world: World, container: str) -> dict[str, object]:
    source, destination = world.replicated
    return world.grouped(
        accountName=destination["name"],
        objectReplicationPolicyId="default",
        sourceAccount=source.id,
        destinationAccount=destination.id,
        rules=[{"sourceContainer": container, "destinationContainer": container}],
    )


CASES = [
    Case(
        "resources:ResourceGroup",
        inputs=lambda world: {"resourceGroupName": world.name("group"), "tags": {"site": "hamar"}},
        seen=lambda _: {"location": "norwayeast", "tags": {"site": "hamar"}},
        changed=lambda _: {"tags": {"site": "hamar", "more": "yes"}},
        seen_changed=lambda _: {"tags.more": "yes"},
        replaced=lambda _: {"location": "northeurope", "resourceGroupName": "other"},
        drift=("tags", {"site": "elsewhere"}),
        drifts="tags",
    ),
    Case(
        "managedidentity:UserAssignedIdentity",
        inputs=lambda world: world.grouped(resourceName=world.name("identity")),
        seen=lambda _: {"location": "norwayeast"},
        changed=lambda _: {"tags": {"role": "evidence"}},
        seen_changed=lambda _: {"tags.role": "evidence"},
        replaced=lambda _: {"resourceName": "other", "location": "northeurope"},
        drift=("tags", {"role": "else"}),
        drifts="tags",
    ),
    Case(
        "managedidentity:FederatedIdentityCredential",
        inputs=lambda world: world.grouped(
            resourceName=world.identity["name"],
            federatedIdentityCredentialResourceName=world.name("token"),
            issuer="https://token.example.com",
            subject="repo:example/clover:environment:hamar",
            audiences=["api://AzureADTokenExchange"],
        ),
        seen=lambda _: {
            "properties.issuer": "https://token.example.com",
            "properties.subject": "repo:example/clover:environment:hamar",
            "properties.audiences": ["api://AzureADTokenExchange"],
        },
        changed=lambda _: {"subject": "repo:example/clover:environment:dublin2"},
        seen_changed=lambda _: {"properties.subject": "repo:example/clover:environment:dublin2"},
        replaced=lambda _: {"federatedIdentityCredentialResourceName": "other", "resourceName": "another"},
        drift=("properties.audiences", ["api://elsewhere"]),
        drifts="audiences",
    ),
    Case(
        "keyvault:Vault",
        inputs=lambda world: world.grouped(vaultName=world.name("case-vault-"), properties=vault_properties()),
        seen=lambda _: {
            "properties.enableRbacAuthorization": True,
            "properties.networkAcls.bypass": "AzureServices",
            "properties.sku.name": "premium",
        },
        changed=lambda _: {"properties": vault_properties(publicNetworkAccess="Disabled")},
        seen_changed=lambda _: {"properties.publicNetworkAccess": "Disabled"},
        replaced=lambda _: {"vaultName": "another-vault"},
        drift=("properties.networkAcls.defaultAction", "Allow"),
        drifts="properties",
    ),
    Case(
        "keyvault:Key",
        inputs=lambda world: world.grouped(
            vaultName=world.vault["name"],
            keyName=world.name("key"),
            properties={"kty": "RSA-HSM", "keySize": 3072},
        ),
        seen=lambda _: {"properties.kty": "RSA-HSM", "properties.keySize": 3072},
        replaced=lambda _: {"keyName": "other", "vaultName": "another-vault"},
        stays_after_delete=True,
    ),
    Case(
        "storage:StorageAccount",
        inputs=account,
        seen=lambda world: {
            "properties.supportsHttpsTrafficOnly": True,
            "properties.networkAcls.bypass": "None",
            "properties.networkAcls.defaultAction": "Deny",
            "properties.allowSharedKeyAccess": False,
            "sku.name": "Standard_ZRS",
            "identity.type": "UserAssigned",
        },
        changed=lambda _: {"minimumTlsVersion": "TLS1_2", "tags": {"class": "restricted"}},
        seen_changed=lambda _: {"properties.minimumTlsVersion": "TLS1_2", "tags.class": "restricted"},
        replaced=lambda _: {"accountName": "another", "isHnsEnabled": True, "location": "northeurope"},
        drift=("properties.allowSharedKeyAccess", True),
        drifts="allowSharedKeyAccess",
    ),
    Case(
        "storage:BlobServiceProperties",
        inputs=lambda world: world.grouped(
            accountName=world.account["name"],
            blobServicesName="default",
            isVersioningEnabled=True,
            deleteRetentionPolicy={"enabled": True, "days": 14},
        ),
        seen=lambda _: {"properties.isVersioningEnabled": True, "properties.deleteRetentionPolicy.days": 14},
        changed=lambda _: {"deleteRetentionPolicy": {"enabled": True, "days": 30}},
        seen_changed=lambda _: {"properties.deleteRetentionPolicy.days": 30},
        replaced=lambda _: {"accountName": "another"},
        drift=("properties.isVersioningEnabled", False),
        drifts="isVersioningEnabled",
        stays_after_delete=True,
    ),
    Case(
        "storage:BlobContainer",
        inputs=lambda world: world.grouped(
            accountName=world.account["name"], containerName="logs", metadata={"class": "restricted"}
        ),
        seen=lambda _: {"properties.metadata": {"class": "restricted"}, "properties.publicAccess": "None"},
        changed=lambda _: {"metadata": {"class": "controlled"}},
        seen_changed=lambda _: {"properties.metadata": {"class": "controlled"}},
        replaced=lambda _: {"containerName": "other"},
        drift=("properties.metadata", {"class": "public"}),
        drifts="metadata",
    ),
    Case(
        "storage:ObjectReplicationPolicy",
        inputs=lambda world: replication(world, "photos"),
        seen=lambda world: {
            "properties.destinationAccount": world.replicated[1].id,
            "properties.rules.0.sourceContainer": "photos",
        },
        changed=lambda world: {"rules": replication(world, "videos")["rules"]},
        seen_changed=lambda _: {"properties.rules.0.sourceContainer": "videos"},
        replaced=lambda _: {"accountName": "another", "objectReplicationPolicyId": "another"},
        drift=("properties.metrics", {"enabled": True}),
        drifts="metrics",
        renamed="objectReplicationPolicyId",
    ),
]

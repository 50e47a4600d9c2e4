"""A small site on Azure with one component of each kind, as the tests of this room declare it."""

from clover.zones.vocabulary import DataClass, Immutability, StoreRole, TlsVersion
from components.azure import (
    AccessTrail,
    AuditorAccess,
    EgressGateway,
    EgressGatewayArgs,
    EncryptionKey,
    RegionLockedStore,
    RegionLockedStoreArgs,
    SiteArgs,
)
from tests.components.azure.answers import REGION, SUBSCRIPTION, TENANT

DEPLOYER = "00000000-0000-0000-0000-000000000121"
AUDITORS_TENANT = "00000000-0000-0000-0000-000000000400"
PERSON = "00000000-0000-0000-0000-000000000401"
MACHINE = "00000000-0000-0000-0000-000000000402"
NETWORKS = ["198.51.100.0/24"]

SITE: SiteArgs = {
    "name": "hamar",
    "account": SUBSCRIPTION,
    "tenant": TENANT,
    "region": REGION,
    "partition": "azurecloud",
    "deployer": DEPLOYER,
    "zone": "europe",
}


def evidence_args(key: EncryptionKey) -> RegionLockedStoreArgs:
    return {
        "site": SITE,
        "name": "logs",
        "data_class": DataClass.RESTRICTED,
        "role": StoreRole.EVIDENCE,
        "key": key.key,
        "auditor_networks": NETWORKS,
        "retention_days": 400,
        "declared_at": "Pulumi.hamar.yaml:27",
    }


def user_data_args(key: EncryptionKey, egress: EgressGateway, logs: RegionLockedStore) -> RegionLockedStoreArgs:
    return {
        "site": SITE,
        "name": "profiles",
        "data_class": DataClass.RESTRICTED,
        "role": StoreRole.USER_DATA,
        "key": key.key,
        "endpoints": egress.store_endpoints,
        "recorded_by": logs.store,
        "declared_at": "Pulumi.hamar.yaml:18",
    }


def egress_args(logs: RegionLockedStore) -> EgressGatewayArgs:
    return {
        "site": SITE,
        "cidr": "10.32.0.0/16",
        "availability_zones": ["1", "2"],
        "interface_endpoints": ["vault"],
        "allowed_domains": [
            {"name": "push.example.com", "reason": "Delivers push messages", "declared_at": "Pulumi.hamar.yaml:12"},
            {"name": "*.ocsp.example.org", "reason": "Certificate revocation", "declared_at": "Pulumi.hamar.yaml:14"},
        ],
        "evidence": logs.store,
        "protected": True,
        "declared_at": "Pulumi.hamar.yaml:8",
    }


def declare_site() -> None:
    """Declare keys, an evidence store, trail, network, two stores of user data and the auditor's access."""
    evidence_key = EncryptionKey("evidence", {"site": SITE, "role": StoreRole.EVIDENCE})
    logs = RegionLockedStore("logs", evidence_args(evidence_key))
    AccessTrail("trail", {"site": SITE, "evidence": logs.store, "key": evidence_key.key})
    key = EncryptionKey("user-data", {"site": SITE, "role": StoreRole.USER_DATA, "recorded_by": logs.store})
    egress = EgressGateway("egress", egress_args(logs))
    RegionLockedStore("profiles", user_data_args(key, egress, logs))
    RegionLockedStore(
        "drafts",
        {
            **user_data_args(key, egress, logs),
            "name": "drafts",
            "immutability": Immutability.GOVERNANCE,
            "retention_days": 30,
            "minimum_tls": TlsVersion.TLS_1_2,
        },
    )
    AuditorAccess(
        "auditor",
        {
            "site": SITE,
            "person": f"{AUDITORS_TENANT}/{PERSON}",
            "machine": MACHINE,
            "external_id": "clover-hamar-2026",
            "networks": NETWORKS,
        },
    )

"""A small site with one component of each kind, as the tests of this room declare it."""

from clover.zones.vocabulary import DataClass, Immutability, StoreRole, TlsVersion
from components.aws import (
    AccessTrail,
    AuditorAccess,
    EgressGateway,
    EgressGatewayArgs,
    EncryptionKey,
    RegionLockedStore,
    RegionLockedStoreArgs,
    SiteArgs,
)
from tests.components.answers import ACCOUNT, REGION

DEPLOYER = f"arn:aws:iam::{ACCOUNT}:role/clover/deployer"
PERSON = "arn:aws:iam::444455556666:user/examiner"
MACHINE = "arn:aws:iam::444455556666:role/clover-audit"
NETWORKS = ["198.51.100.0/24"]

SITE: SiteArgs = {
    "name": "dublin",
    "account": ACCOUNT,
    "region": REGION,
    "partition": "aws",
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
        "declared_at": "Pulumi.dublin.yaml:27",
    }


def user_data_args(key: EncryptionKey, egress: EgressGateway, trail: AccessTrail) -> RegionLockedStoreArgs:
    return {
        "site": SITE,
        "name": "profiles",
        "data_class": DataClass.RESTRICTED,
        "role": StoreRole.USER_DATA,
        "key": key.key,
        "endpoints": egress.store_endpoints,
        "recorded_by": trail.trail,
        "declared_at": "Pulumi.dublin.yaml:18",
    }


def egress_args(logs: RegionLockedStore) -> EgressGatewayArgs:
    return {
        "site": SITE,
        "cidr": "10.16.0.0/16",
        "availability_zones": [f"{REGION}a", f"{REGION}b"],
        "interface_endpoints": ["sts"],
        "allowed_domains": [
            {"name": "push.example.com", "reason": "Delivers push messages", "declared_at": "Pulumi.dublin.yaml:12"},
            {"name": "*.ocsp.example.org", "reason": "Certificate revocation", "declared_at": "Pulumi.dublin.yaml:14"},
        ],
        "evidence": logs.store,
        "protected": True,
        "declared_at": "Pulumi.dublin.yaml:8",
    }


def declare_site() -> None:
    """Declare keys, an evidence store, trail, network, two stores of user data and the auditor's roles."""
    evidence_key = EncryptionKey("evidence", {"site": SITE, "role": StoreRole.EVIDENCE})
    key = EncryptionKey("user-data", {"site": SITE, "role": StoreRole.USER_DATA})
    logs = RegionLockedStore("logs", evidence_args(evidence_key))
    trail = AccessTrail("trail", {"site": SITE, "evidence": logs.store, "key": evidence_key.key})
    egress = EgressGateway("egress", egress_args(logs))
    RegionLockedStore("profiles", user_data_args(key, egress, trail))
    RegionLockedStore(
        "drafts",
        {
            **user_data_args(key, egress, trail),
            "name": "drafts",
            "immutability": Immutability.GOVERNANCE,
            "retention_days": 30,
            "minimum_tls": TlsVersion.TLS_1_2,
        },
    )
    AuditorAccess(
        "auditor",
        {"site": SITE, "person": PERSON, "machine": MACHINE, "external_id": "dublin-2026", "networks": NETWORKS},
    )

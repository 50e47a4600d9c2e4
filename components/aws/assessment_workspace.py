"""The auditor's own store for assessments."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

import pulumi

from clover.zones.vocabulary import DataClass, Immutability, StoreRole, TlsVersion
from components.assessment import PublishedSite, digest, document
from components.aws import site as names
from components.aws.access_trail import AccessTrail
from components.aws.kept import KeptKey, KeptStore
from components.aws.records import owned_records
from components.aws.region_locked_store import RegionLockedStoreArgs
from components.aws.site import SiteArgs


class AssessmentWorkspaceArgs(TypedDict):
    """Where assessments are kept, by whom, for how long, and what is published to those who make them."""

    site: SiteArgs
    """The workspace's own place: the auditor's account, and its role that deploys there; no site's."""
    person: str
    """ARN of the one principal that a person of the auditor works as, with a second factor."""
    machine: str
    """ARN of the one principal that the auditor's tool works as."""
    networks: Sequence[str]
    """The networks (CIDR) that the auditor works from."""
    retention_days: int
    """Days for which nobody can delete an assessment, or a record of who read one."""
    published: Sequence[PublishedSite]
    """The hosts of each site that an app's traffic is compared with."""
    declared_at: NotRequired[str]
    """Where the workspace is declared, as `file:line`."""


class AssessmentWorkspace(pulumi.ComponentResource):
    """A locked store for assessments of apps and infrastructure, in the auditor's account under the auditor's key.

    The auditor's person and machine read and write, from the auditor's networks; nobody else does, no service for
    anybody either. A trail of the account records every call, into a store of evidence beside it, under a key of its
    own. Nothing of a site reaches in here, and nothing here is a site's.

    What apps may talk to and what the gateways let out is published as one JSON document.
    """

    store: pulumi.Output[str]
    """ARN of the store, delivered when its guards and its record exist."""
    physical_name: pulumi.Output[str]
    """The store's name."""
    key: pulumi.Output[str]
    """ARN of the store's key."""
    records: pulumi.Output[str]
    """ARN of the store of evidence on who uses the store."""
    hosts: pulumi.Output[str]
    """The published hosts as JSON (`clover.hosts/1`); known in a preview."""
    hosts_digest: pulumi.Output[str]
    """SHA-256 of that document."""

    def __init__(self, name: str, args: AssessmentWorkspaceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare keys, stores and trail."""
        super().__init__("clover-aws:index:AssessmentWorkspace", name, dict(args), opts)
        site, child = args["site"], pulumi.ResourceOptions(parent=self)
        records = owned_records(site, args["person"], args["machine"])
        sealing = KeptKey(f"{name}-record-key", records, {"site": site, "role": StoreRole.EVIDENCE}, child)
        evidence = KeptStore(f"{name}-records", records, _store(args, StoreRole.EVIDENCE, sealing.key), child)
        trail = AccessTrail(f"{name}-trail", {"site": site, "evidence": evidence.store, "key": sealing.key}, child)
        key = KeptKey(f"{name}-key", records, {"site": site, "role": StoreRole.AUDITOR_OWNED}, child)
        owned = _store(args, StoreRole.AUDITOR_OWNED, key.key)
        owned["recorded_by"] = trail.trail
        owned["owners"] = {"person": args["person"], "machine": args["machine"]}
        store = KeptStore(f"{name}-store", records, owned, child)
        published = document(site["zone"], args["published"])
        self.store, self.physical_name, self.key = store.store, store.physical_name, key.key
        self.records = evidence.store
        self.hosts = pulumi.Output.from_input(published)
        self.hosts_digest = pulumi.Output.from_input(digest(published))
        self.register_outputs({output: getattr(self, output) for output in _OUTPUTS})


_OUTPUTS = ("store", "physical_name", "key", "records", "hosts", "hosts_digest")


def _store(args: AssessmentWorkspaceArgs, role: StoreRole, key: pulumi.Input[str]) -> RegionLockedStoreArgs:
    """What both stores are told."""
    return {
        "site": args["site"],
        "name": names.WORKSPACE_STORE,
        "data_class": DataClass.RESTRICTED,
        "role": role,
        "key": key,
        "auditor_networks": args["networks"],
        "immutability": Immutability.COMPLIANCE,
        "retention_days": args["retention_days"],
        "minimum_tls": TlsVersion.TLS_1_2,
    }

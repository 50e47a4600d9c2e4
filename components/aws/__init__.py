"""The components of a site on AWS, and of what stands above and beside it.

What they guarantee is in their docstrings; what they are built from (policies, rules, names) is pure and needs no
Pulumi to be read or tested.
"""

from components.assessment import PublishedSite
from components.aws.access_gate import AccessGate, AccessGateArgs
from components.aws.access_trail import AccessTrail, AccessTrailArgs
from components.aws.assessment_workspace import AssessmentWorkspace, AssessmentWorkspaceArgs
from components.aws.auditor_access import AuditorAccess, AuditorAccessArgs
from components.aws.backup_vault import BackupVault, BackupVaultArgs
from components.aws.data_flow_monitor import DataFlowMonitor, DataFlowMonitorArgs
from components.aws.egress_gateway import EgressGateway, EgressGatewayArgs
from components.aws.encryption_key import EncryptionKey, EncryptionKeyArgs
from components.aws.evidence_vault import EvidenceVault, EvidenceVaultArgs
from components.aws.guardrails import GuardedSite, Guardrails, GuardrailsArgs
from components.aws.incident_channel import IncidentChannel, IncidentChannelArgs
from components.aws.migration_intake import MigrationIntake, MigrationIntakeArgs
from components.aws.region_locked_store import RegionLockedStore, RegionLockedStoreArgs
from components.aws.site import SiteArgs
from components.aws.state_backend import StateBackend, StateBackendArgs
from components.egress import AllowedDomain
from components.organisation import OrganisationArgs
from components.stores import CopiedStore, Owners, SecondCopy

__all__ = [
    "AccessGate",
    "AccessGateArgs",
    "AccessTrail",
    "AccessTrailArgs",
    "AllowedDomain",
    "AssessmentWorkspace",
    "AssessmentWorkspaceArgs",
    "AuditorAccess",
    "AuditorAccessArgs",
    "BackupVault",
    "BackupVaultArgs",
    "CopiedStore",
    "DataFlowMonitor",
    "DataFlowMonitorArgs",
    "EgressGateway",
    "EgressGatewayArgs",
    "EncryptionKey",
    "EncryptionKeyArgs",
    "EvidenceVault",
    "EvidenceVaultArgs",
    "GuardedSite",
    "Guardrails",
    "GuardrailsArgs",
    "IncidentChannel",
    "IncidentChannelArgs",
    "MigrationIntake",
    "MigrationIntakeArgs",
    "OrganisationArgs",
    "Owners",
    "PublishedSite",
    "RegionLockedStore",
    "RegionLockedStoreArgs",
    "SecondCopy",
    "SiteArgs",
    "StateBackend",
    "StateBackendArgs",
]

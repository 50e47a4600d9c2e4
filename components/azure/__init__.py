"""The components of a site on Azure, and of what stands above and beside it.

What they guarantee is in their docstrings; what they are built from (roles, conditions, rules, names) is pure and needs
no Pulumi to be read or tested. They are placed in two resource groups, which have to exist: `clover-<site>`, and
`clover-<site>-evidence` for the stores of evidence.
"""

from components.assessment import PublishedSite
from components.azure.access_gate import AccessGate, AccessGateArgs
from components.azure.access_trail import AccessTrail, AccessTrailArgs
from components.azure.assessment_workspace import AssessmentWorkspace, AssessmentWorkspaceArgs
from components.azure.auditor_access import AuditorAccess, AuditorAccessArgs
from components.azure.backup_vault import BackupVault, BackupVaultArgs
from components.azure.data_flow_monitor import DataFlowMonitor, DataFlowMonitorArgs
from components.azure.egress_gateway import EgressGateway, EgressGatewayArgs
from components.azure.encryption_key import EncryptionKey, EncryptionKeyArgs
from components.azure.evidence_vault import EvidenceVault, EvidenceVaultArgs
from components.azure.guardrails import GuardedSite, Guardrails, GuardrailsArgs
from components.azure.incident_channel import IncidentChannel, IncidentChannelArgs
from components.azure.migration_intake import MigrationIntake, MigrationIntakeArgs
from components.azure.region_locked_store import RegionLockedStore, RegionLockedStoreArgs
from components.azure.site import SiteArgs
from components.azure.state_backend import StateBackend, StateBackendArgs
from components.egress import AllowedDomain
from components.organisation import OrganisationArgs
from components.stores import CopiedStore, Owners, Runners, SecondCopy

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
    "Runners",
    "SecondCopy",
    "SiteArgs",
    "StateBackend",
    "StateBackendArgs",
]

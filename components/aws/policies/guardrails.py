"""Service control policies: what nobody in the sites' accounts may do, root user and administrators included.

They bind neither the management account nor service-linked roles
(https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html). `ArnNotLike` fits a request
without the key, so that what is denied but to a role is denied to whoever has none.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from components.aws import site as names
from components.aws.policies.document import Statement
from components.aws.site import SiteArgs

PRINCIPAL = "aws:PrincipalArn"
REPLICATION = "s3:PutReplicationConfiguration"


class Bound(NamedTuple):
    """What the organisation's policies are about: the sites, who repairs each, and whose principals they trust."""

    sites: tuple[SiteArgs, ...]
    break_glass: tuple[str, ...]
    accounts: tuple[str, ...]
    """The accounts whose principals may reach the sites' resources."""
    destinations: tuple[str, ...]
    """The accounts that data of the sites may be written into."""
    copying: tuple[str, ...] = ()
    """The deployers of the sites whose stores have second copies."""

    @property
    def regions(self) -> list[str]:
        """The regions of all sites."""
        return sorted({site["region"] for site in self.sites})

    @property
    def deployers(self) -> list[str]:
        """The deployers' roles, in whichever account."""
        return _in_any_account(site["deployer"] for site in self.sites)

    @property
    def repairers(self) -> list[str]:
        """The break-glass roles, in whichever account."""
        return _in_any_account(self.break_glass)


@cache
def _denied() -> dict[str, dict[str, list[str]]]:
    """Every group of actions; see guardrails.yaml."""
    return yaml.safe_load(Path(__file__).parents[1].joinpath("guardrails.yaml").read_text(encoding="utf-8"))


def denied(kind: str, group: str) -> list[str]:
    """The actions of a group that policies of a kind deny; KeyError for one that guardrails.yaml does not have."""
    return list(_denied()[kind][group])


def _in_any_account(arns: Any) -> list[str]:
    """The ARNs with `*` for the account, each once."""
    parts = (arn.split(":", 5) for arn in arns)
    return sorted({":".join((*head, "*", last)) for *head, _account, last in parts})


def _no(sid: str, action: Sequence[str] | str, condition: dict[str, Any] | None = None, **what: Any) -> Statement:
    """A denial of actions on everything, or on the `Resource` given."""
    statement: Statement = {"Sid": sid, "Effect": "Deny", "Action": action, "Resource": "*", **what}
    return {**statement, "Condition": condition} if condition else statement


def _but(operator: str, principals: Sequence[str]) -> dict[str, Any] | None:
    """The condition that whoever calls is none of the principals; none where nobody is exempt."""
    return {operator: {PRINCIPAL: list(principals)}} if principals else None


def staying(bound: Bound) -> list[Statement]:
    """At the root: no account leaves, root users do nothing, trusted roles stay as they are, nobody signs in anew."""
    roles = sorted({*bound.deployers, *bound.repairers}, key=[*bound.deployers, *bound.repairers].index)
    repairers = _but("ArnNotLike", bound.repairers)
    root = f"arn:{bound.sites[0]['partition']}:iam::*:root"
    return [
        _no("StayInTheOrganisation", denied("service", "leaving")),
        _no("RootDoesNothing", "*", {"ArnLike": {PRINCIPAL: root}}),
        _no("TrustedRolesStayAsTheyAre", denied("service", "roles"), repairers, Resource=roles),
        _no("NoOtherWayToSignIn", denied("service", "sign_in"), repairers),
        _no("NoDataIntoOtherAccounts", denied("service", "writes"), _elsewhere(bound)),
    ]


def _elsewhere(bound: Bound) -> dict[str, Any]:
    """The condition that a resource is known to be of none of the accounts that data may be written into.

    Some requests do not say whose the resource is; the endpoints' policies stop those that pass the site's network.
    """
    key = "aws:ResourceAccount"
    return {"Null": {key: "false"}, "StringNotEquals": {key: list(bound.destinations)}}


def residing(bound: Bound) -> list[Statement]:
    """At the sites' unit: the sites' regions alone, and what a denial of regions does not see, by name."""
    return [
        in_regions("OnlyTheSitesRegion", bound.regions),
        _no("NoGlobalFronts", denied("service", "global_fronts")),
        *_copying(bound),
        _no("NoMultiRegionKeys", "kms:CreateKey", {"Bool": {"kms:MultiRegion": "true"}}),
        _no("NoSecretReplicas", "secretsmanager:CreateSecret", {"Null": {"secretsmanager:AddReplicaRegions": "false"}}),
        _no("NoSharesOut", denied("service", "shares")),
        _no("NoDeliveriesOut", denied("service", "deliveries")),
        _no("NoOtherWayOut", denied("service", "ways_out")),
        _no("NoLockBypass", "s3:BypassGovernanceRetention"),
    ]


def _copying(bound: Bound) -> list[Statement]:
    """No copies; S3's replication is set by the deployers of sites whose stores are copied, and by nobody else."""
    if not bound.copying:
        return [_no("NoCopiesOut", denied("service", "copies"))]
    others = [action for action in denied("service", "copies") if action != REPLICATION]
    return [
        _no("NoCopiesOut", others),
        _no("NoReplicationButByDeployer", REPLICATION, _but("ArnNotEquals", bound.copying)),
    ]


def in_regions(sid: str, regions: Sequence[str]) -> Statement:
    """The denial of every region but those given, for all but what has none."""
    elsewhere = {"StringNotEquals": {"aws:RequestedRegion": list(regions)}}
    statement: Statement = {"Sid": sid, "Effect": "Deny", "NotAction": denied("service", "regionless")}
    return {**statement, "Resource": "*", "Condition": elsewhere}


def relaying(bound: Bound) -> list[Statement]:
    """At the sites' unit: nothing reads for somebody elsewhere, and no backup comes back without its controls."""
    repairers = _but("ArnNotLike", bound.repairers)
    return [
        _no("NoRelays", denied("service", "relays"), repairers),
        _no("NoRestores", denied("service", "restores"), repairers),
    ]


def operating(site: SiteArgs, break_glass: str | None) -> list[Statement]:
    """At a site's account: only its deployer, and whoever repairs it, changes its controls and its roles."""
    trusted = [site["deployer"], *([break_glass] if break_glass else [])]
    own = [names.iam_arn(site, f"{kind}{names.OWN_PATH}*") for kind in ("role", "policy")]
    but = _but("ArnNotEquals", trusted)
    return [
        _no("ControlsOnlyByDeployer", denied("service", "controls"), but),
        _no("RolesOfTheSiteOnlyByDeployer", denied("service", "roles"), but, Resource=own),
    ]

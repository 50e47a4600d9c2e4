"""Resource control policies: what nobody may do to the sites' own keys, stores, secrets and queues, whoever asks.

They bind whoever calls, the resources' own account included, but no service-linked role, and they cover few services
(https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html). Customers' policies only
deny, name actions of single services, and take `*` as their principal
(https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html).
"""

from typing import Any

from clover.zones.vocabulary import StoreRole
from components.aws import site as names
from components.aws.policies.document import Statement, deny
from components.aws.policies.guardrails import PRINCIPAL, Bound, denied
from components.aws.site import SiteArgs

_NOT_A_SERVICE = {"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}
_SERVICE = {"Bool": {"aws:PrincipalIsAWSService": "true"}}


def zone_only(bound: Bound) -> list[Statement]:
    """At the root: accounts of the zone alone, services only for the sites' accounts, TLS always."""
    accounts = sorted({site["account"] for site in bound.sites})
    for_others = {"Null": {"aws:SourceAccount": "false"}, "StringNotEqualsIfExists": {"aws:SourceAccount": accounts}}
    outside = {"StringNotEqualsIfExists": {"aws:PrincipalAccount": list(bound.accounts)}, **_NOT_A_SERVICE}
    plain = {"BoolIfExists": {"aws:SecureTransport": "false"}}
    return [
        deny("OnlyAccountsOfTheZone", denied("resource", "closed"), "*", outside),
        deny("ServicesOnlyForTheSitesAccount", denied("resource", "services"), "*", {**_SERVICE, **for_others}),
        deny("OnlyEncryptedTransport", denied("resource", "encrypted"), "*", plain),
    ]


def administered(bound: Bound) -> list[Statement]:
    """At the sites' unit: only deployers, and whoever repairs a site, change the controls of keys and stores."""
    trusted = {"ArnNotLikeIfExists": {PRINCIPAL: [*bound.deployers, *bound.repairers]}}
    return [deny("ControlsOnlyByDeployer", denied("resource", "controls"), "*", {**trusted, **_NOT_A_SERVICE})]


def site_network_only(site: SiteArgs, *, copied: bool = False) -> list[Statement]:
    """At a site's account: data through the site's own endpoints alone, evidence for the auditor too, keys by services.

    EC2 opens the keys of disks from AWS's own network, and S3 makes second copies there, where stores are `copied`: the
    roles that it does so as do nothing else.
    """
    evidence = names.role_buckets(site, StoreRole.EVIDENCE)
    auditor = [names.role_arn(site, names.AUDITOR_PATH, "*")]
    network: dict[str, Any] = {"StringNotEqualsIfExists": {"aws:VpceAccount": site["account"]}, **_NOT_A_SERVICE}
    disks = [f"arn:{site['partition']}:iam::*:role/aws:ec2-infrastructure"]
    direct = {"Null": {"kms:ViaService": "true"}, **_NOT_A_SERVICE, "ArnNotLikeIfExists": {PRINCIPAL: disks}}
    of_evidence = {**network, "ArnNotLikeIfExists": {PRINCIPAL: auditor}}
    copiers = [names.role_arn(site, names.COPIES_PATH, "*")]
    outside = {**network, "ArnNotLikeIfExists": {PRINCIPAL: copiers}} if copied else network
    data = deny("DataOnlyFromTheSitesNetwork", denied("resource", "data"), "*", outside)
    del data["Resource"]
    nothing_else = deny("CopiersOnlyCopy", denied("resource", "beside_copies"), "*", {"ArnLike": {PRINCIPAL: copiers}})
    return [
        {**data, "NotResource": [evidence]},
        *([nothing_else] if copied else []),
        deny("EvidenceOnlyForTheAuditorAndTheSitesNetwork", denied("resource", "objects"), [evidence], of_evidence),
        deny("KeysOnlyThroughServices", denied("resource", "decryption"), "*", direct),
    ]

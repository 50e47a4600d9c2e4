"""The family GRD on AWS: what the organisation's policies deny in a site's account, to whoever holds whatever there."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from clover.controls.aws_callers import SERVICE_LINKED, another, not_trusted, partition
from clover.controls.aws_organisation import Above
from clover.controls.aws_policies import EVERYTHING, Policies
from clover.controls.aws_requests import Asked, ask, failing, requests
from clover.controls.case import Case
from clover.controls.verdict import Answer, proved
from clover.model.aws import policies
from clover.model.aws.policies import Document, Held
from clover.tables import read_table

ANY_RESOURCE = Held(
    "any resource policy", {**EVERYTHING, "Statement": [{**EVERYTHING["Statement"][0], "Principal": "*"}]}
)
"""The policy that any resource may have."""
_PERSON = {"Bool": {"aws:PrincipalIsAWSService": "false"}, "StringNotLike": {"aws:PrincipalArn": SERVICE_LINKED}}


@cache
def asked() -> Mapping[str, Any]:
    """What is asked of guardrails; see guardrails.yaml."""
    return read_table(Path(policies.__file__).with_name("guardrails.yaml"))


def only_its_region(case: Case) -> Iterator[Answer]:
    """GRD-2: nothing is called in another region, but for what has none."""
    elsewhere = {"StringNotEquals": {"aws:RequestedRegion": case.site.region}}
    every = {"Effect": "Allow", "Principal": "*", "NotAction": asked()["regionless"], "Resource": "*"}
    statement = {**every, "Condition": together(_anybody(case), elsewhere)}
    told = f"nobody in {case.site.account} calls anything outside {case.site.region}, but for what has no region"
    yield denied(case, Policies(), {"Version": "2012-10-17", "Statement": [statement]}, told)


def no_hole_in_the_region(case: Case) -> Iterator[Answer]:
    """GRD-3: what a denial of regions lets through is denied by name; one answer for each way."""
    for hole in asked()["holes"]:
        question = requests([Asked(hole["actions"], ["*"])], together(_anybody(case), hole.get("when", {})))
        yield denied(case, Policies(), question, f"nobody in {case.site.account} {hole['how']}")
    question = requests([Asked(asked()["writing"], ["*"])], _anybody(case))
    told = f"nobody in {case.site.account} writes data into an account that is not the zone's"
    yield denied(case, Policies(resource=ANY_RESOURCE), question, told, stranger=True)


def no_relay_is_worked(case: Case) -> Iterator[Answer]:
    """GRD-4: nobody but whoever repairs the site works what reads for a caller elsewhere."""
    relays = read_table(Path(policies.__file__).with_name("additions.yaml"))["RES-P2"]["actions"]
    who = together(_anybody(case), _not_repairing(case))
    told = f"nobody in {case.site.account} but whoever repairs it works a relay"
    yield denied(case, Policies(), requests([Asked(relays, ["*"])], who), told)


def nobody_leaves(case: Case) -> Iterator[Answer]:
    """GRD-5: the account stays in the organisation, is not closed, and opens no other region."""
    question = requests([Asked(asked()["leaving"], ["*"])], _anybody(case))
    told = f"nobody in {case.site.account} leaves the organisation, closes the account or opens a region"
    yield denied(case, Policies(), question, told)


def trusted_roles_stay(case: Case) -> Iterator[Answer]:
    """GRD-6: the root user does nothing; nobody makes the trusted roles, or the auditor's, something else."""
    root = f"arn:{partition(case)}:iam::{case.site.account}:root"
    question = requests([Asked(asked()["root"], ["*"])], together(_PERSON, {"ArnEquals": {"aws:PrincipalArn": root}}))
    yield denied(case, Policies(), question, f"the root user of {case.site.account} does nothing")
    for role in sorted(case.trusted):
        question = requests([Asked(asked()["roles"], [role])], together(_anybody(case), _not_repairing(case)))
        name = role.rpartition("/")[2]
        yield denied(case, Policies(), question, f"nobody but whoever repairs the site changes the role {name}")
    auditors = f"arn:{partition(case)}:iam::{case.site.account}:role/clover/auditor/*"
    own = together(not_trusted(case), _anybody(case))
    question = requests([Asked(asked()["roles"], [auditors])], own)
    yield denied(case, Policies(), question, "nobody outside the trusted base changes the auditor's roles")


def perimeter_holds(case: Case) -> Iterator[Answer]:
    """GRD-7: whatever a resource's own policy says, it answers the zone's accounts over TLS, data its own network."""
    met = Policies(resource=ANY_RESOURCE)
    outside = together(_PERSON, {"StringNotEquals": {"aws:PrincipalAccount": sorted(case.accounts)}})
    question = requests([Asked(asked()["closed"], ["*"])], outside)
    yield denied(case, met, question, "no account outside the zone reaches stores, keys, secrets or queues")
    plain = requests([Asked(asked()["closed"], ["*"])], together(_PERSON, {"Bool": {"aws:SecureTransport": "false"}}))
    yield denied(case, met, plain, "nothing of them answers without TLS")
    away = together(_PERSON, {"StringNotEquals": {"aws:VpceAccount": case.site.account}})
    evidence = f"arn:{partition(case)}:s3:::clover-{case.site.name}-{case.site.account}-evidence-*"
    statement = requests([Asked(asked()["data"], ["*"])], away)["Statement"][0]
    del statement["Resource"]
    data = {"Version": "2012-10-17", "Statement": [{**statement, "NotResource": [evidence]}]}
    yield denied(case, met, data, "data outside the evidence is reached through the site's own endpoints alone")
    disks = {"ArnNotLike": {"aws:PrincipalArn": f"arn:{partition(case)}:iam::*:role/aws:ec2-infrastructure"}}
    direct = together(_PERSON, {"Null": {"kms:ViaService": "true"}}, disks)
    keys = requests([Asked(asked()["decryption"], ["*"])], direct)
    yield denied(case, met, keys, "nothing is decrypted but through a service")


def denied(case: Case, policies: Policies, question: Document, told: str, stranger: bool = False) -> Answer:
    """The answer to "the organisation denies every request of the question": proved by its policies, or not at all.

    With `stranger` the resources are another account's, whose resource control policies nobody of the zone writes.
    """
    bound = policies.under(case)
    met, account = (bound._replace(rcp=()), another(case)) if stranger else (bound, None)
    found = ask(case, met, question, account)
    if not found.empty:
        return failing(found, None)
    return proved(told, rests_on=found.grounds, given=Above(case).leaning(found.grounds))


def _anybody(case: Case) -> dict[str, Any]:
    """The condition that a principal of the account calls, the trusted base and the root user among them."""
    return together(_PERSON, {"StringEquals": {"aws:PrincipalAccount": case.site.account}})


def _not_repairing(case: Case) -> Mapping[str, Any]:
    """The condition that whoever calls is not of those who repair the site."""
    repairing = sorted(case.trusted - {case.deployer})
    return {"ArnNotEquals": {"aws:PrincipalArn": repairing}} if repairing else {}


def together(*conditions: Mapping[str, Any]) -> dict[str, Any]:
    """One condition that holds where all of them do."""
    operators = dict.fromkeys(operator for each in conditions for operator in each)
    return {
        operator: {key: found for each in conditions for key, found in each.get(operator, {}).items()}
        for operator in operators
    }

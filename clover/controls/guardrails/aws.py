"""The family GRD on AWS: what the organisation's policies deny in a site's account, to whoever holds whatever there."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from clover.controls.aws_callers import another, partition
from clover.controls.aws_organisation import Above
from clover.controls.aws_policies import EVERYTHING, Policies
from clover.controls.aws_requests import Asked, ask_each, failing, requests
from clover.controls.aws_wide import wide
from clover.controls.case import Case, Question
from clover.controls.guardrails import aws_questions as questions
from clover.controls.guardrails import aws_standing
from clover.controls.guardrails.aws_ai_services import nothing_is_kept
from clover.controls.guardrails.aws_questions import PERSON, anybody, asked, together
from clover.controls.verdict import Answer, proved
from clover.model.aws.policies import Document, Held

ANY_RESOURCE = Held(
    "any resource policy", {**EVERYTHING, "Statement": [{**EVERYTHING["Statement"][0], "Principal": "*"}]}
)
"""The policy that any resource may have."""


def only_its_region(case: Case) -> Iterator[Answer]:
    """GRD-2: nothing is called in another region, but for what has none."""
    yield from denied(case, Policies(), wide(case), questions.regions(case))


def no_hole_in_the_region(case: Case) -> Iterator[Answer]:
    """GRD-3: what a denial of regions lets through is denied by name; one answer for each way, and for AI services."""
    yield from denied(case, Policies(), wide(case), questions.holes(case))
    question = requests([Asked(asked()["writing"], ["*"])], anybody(case))
    told = f"nobody in {case.site.account} writes data into an account that is not the zone's"
    yield from denied(case, Policies(resource=ANY_RESOURCE), {told: question}, stranger=True)
    yield nothing_is_kept(case)


def no_relay_is_worked(case: Case) -> Iterator[Answer]:
    """GRD-4: nobody but whoever repairs the site works what reads for a caller elsewhere."""
    yield from denied(case, Policies(), wide(case), questions.relays(case))


def nobody_leaves(case: Case) -> Iterator[Answer]:
    """GRD-5: the account stays in the organisation, is not closed, and opens no other region."""
    yield from denied(case, Policies(), wide(case), questions.leaving(case))


def trusted_roles_stay(case: Case) -> Iterator[Answer]:
    """GRD-6: the root user does nothing; nobody makes the trusted roles, or the auditor's, something else."""
    yield from denied(case, Policies(), wide(case), questions.roles(case))


def perimeter_holds(case: Case) -> Iterator[Answer]:
    """GRD-7: whatever a resource's own policy says, it answers the zone's accounts over TLS, data its own network."""
    outside = together(PERSON, {"StringNotEquals": {"aws:PrincipalAccount": sorted(case.accounts)}})
    plain = together(PERSON, {"Bool": {"aws:SecureTransport": "false"}})
    away = together(PERSON, {"StringNotEquals": {"aws:VpceAccount": case.site.account}})
    evidence = f"arn:{partition(case)}:s3:::clover-{case.site.name}-{case.site.account}-evidence-*"
    statement = requests([Asked(asked()["data"], ["*"])], away)["Statement"][0]
    del statement["Resource"]
    disks = {"ArnNotLike": {"aws:PrincipalArn": f"arn:{partition(case)}:iam::*:role/aws:ec2-infrastructure"}}
    direct = together(PERSON, {"Null": {"kms:ViaService": "true"}}, disks)
    told = {
        "no account outside the zone reaches stores, keys, secrets or queues": _about("closed", outside),
        "nothing of them answers without TLS": _about("closed", plain),
        "data outside the evidence is reached through the site's own endpoints alone": {
            "Version": "2012-10-17",
            "Statement": [{**statement, "NotResource": [evidence]}],
        },
        "nothing is decrypted but through a service": _about("decryption", direct),
    }
    yield from denied(case, Policies(resource=ANY_RESOURCE), told)


def _about(listed: str, who: Mapping[str, Any]) -> Document:
    """The question about all actions of a list."""
    return requests([Asked(asked()[listed], ["*"])], who)


def denied(
    case: Case,
    policies: Policies,
    found: Mapping[str, Document],
    told: Iterable[str] | None = None,
    stranger: bool = False,
) -> Iterator[Answer]:
    """The answers to "the organisation denies every request of the question": proved by its policies, or not at all.

    `told` are the questions that are answered, of all that are asked at once, by what is told of each; with `stranger`
    the resources are another account's, whose resource control policies nobody of the zone writes.
    """
    bound = policies.under(case)
    met, account = (bound._replace(rcp=()), another(case)) if stranger else (bound, None)
    findings = ask_each(case, met, found, account)
    above = Above(case)
    for each in found if told is None else told:
        finding = findings[each]
        if finding.empty:
            yield proved(each, rests_on=finding.grounds, given=above.leaning(finding.grounds))
        else:
            yield failing(finding, None)


QUESTIONS: Mapping[str, Question] = {
    "GRD-1": aws_standing.every_account_is_bound,
    "GRD-2": only_its_region,
    "GRD-3": no_hole_in_the_region,
    "GRD-4": no_relay_is_worked,
    "GRD-5": nobody_leaves,
    "GRD-6": trusted_roles_stay,
    "GRD-7": perimeter_holds,
    "GRD-8": aws_standing.only_the_controller_writes,
    "GRD-9": aws_standing.what_is_attested_is_declared,
}
"""Each control's question on whether it holds."""

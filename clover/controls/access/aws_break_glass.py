"""ACC-3 on AWS: what a given says of whom the break-glass trusts."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from clover.controls.access import break_glass
from clover.controls.aws_callers import partition
from clover.controls.aws_policies import Policies
from clover.controls.aws_requests import Asked, allowed, nobody, requests
from clover.controls.aws_wide import role_edits
from clover.controls.case import Case
from clover.controls.residency.aws_reading import BECOMING
from clover.controls.verdict import Answer, Outcome, proved, unknown
from clover.model.aws.policies import Held, statements
from clover.sources.plain import as_list, as_object
from clover.zones.parties import TrustedParty
from clover.zones.vocabulary import Cloud, GivenKind

_FACTOR = "aws:MultiFactorAuthPresent"
"""Whether a second factor was shown; requests with keys that no factor was shown for have no such key
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html)."""


def break_glass_is_bound(case: Case) -> Iterator[Answer]:
    """ACC-3: the break-glass opens to its party alone, never to the deployer, with a second factor, until a day."""
    repairer = break_glass.named(case)
    if repairer is None:
        yield break_glass.without(case)
        return
    told = [given.id for given in case.givens.values() if given.kind is GivenKind.BREAK_GLASS_TRUST]
    if not told:
        yield unknown(f"no given says whom the break-glass of {case.site.title} trusts, and until when")
    for given in told:
        yield _bound(case, repairer, Held(given, case.zone.documents[given]))
    yield from break_glass.alarm()


def _bound(case: Case, repairer: TrustedParty, trust: Held) -> Answer:
    """The first of the guarantees that does not hold, or that all do."""
    answers = [*_entered(case, repairer, trust), *_works(case, repairer, trust)]
    failing = next((answer for answer in answers if answer.outcome is not Outcome.PROVED), None)
    if failing:
        return Answer(outcome=failing.outcome, reason=failing.reason, counterexample=failing.counterexample)
    grounds = tuple(dict.fromkeys(ground for answer in answers for ground in answer.rests_on))
    given = tuple(sorted({trust.origin, *(each for answer in answers for each in answer.given)}))
    return proved(
        f"{repairer.party} alone opens the break-glass, with a second factor, until {repairer.until}",
        rests_on=grounds,
        given=given,
    )


def _entered(case: Case, repairer: TrustedParty, trust: Held) -> Iterator[Answer]:
    """Who becomes the break-glass, and that the deployer does not write whom it trusts."""
    role, met = _role(case, repairer), Policies(resource=trust)
    for condition, told in (
        ({"StringNotEquals": {"aws:PrincipalAccount": _accounts(case, repairer)}}, "nobody but its party"),
        ({"Bool": {_FACTOR: "false"}}, "never with a factor that was not shown"),
        ({"Null": {_FACTOR: "true"}}, "never without a second factor"),
        ({"DateGreaterThanEquals": {"aws:CurrentTime": _closes(repairer)}}, "never after its day"),
    ):
        yield nobody(case, met, requests([Asked(BECOMING, [role])], condition), told, "")
    itself = {"ArnEquals": {"aws:PrincipalArn": case.deployer}}
    editing = requests([Asked(role_edits(), [role])], itself)
    yield nobody(case, Policies.of_the_deployer(case), editing, "the deployer does not write whom it trusts", "")


def _role(case: Case, repairer: TrustedParty) -> str:
    return f"arn:{partition(case)}:iam::{case.site.account}:{repairer.principal}"


def _accounts(case: Case, repairer: TrustedParty) -> list[str]:
    """The accounts of the break-glass's party, none of them the site's."""
    trusted = case.zone.file.trusted_accounts
    found = [each.account for each in trusted if each.party == repairer.party and each.cloud is Cloud.AWS]
    return [account for account in found if account != case.site.account] or ["none"]


def _closes(repairer: TrustedParty) -> str:
    """The instant (UTC) from which the break-glass opens no more; at once where the zone names no day."""
    return f"{repairer.until + timedelta(days=1)}T00:00:00Z" if repairer.until else "1970-01-01T00:00:00Z"


def _works(case: Case, repairer: TrustedParty, trust: Held) -> Iterator[Answer]:
    """Until its day each principal that the trust names gets in with a second factor: no empty promise."""
    if repairer.until is None or case.day > repairer.until:
        return
    shown = {_FACTOR: "true", "aws:MultiFactorAuthAge": "60", "aws:CurrentTime": f"{case.day}T12:00:00Z"}
    for principal in _trusted(trust.document):
        request = {
            "principal": principal,
            "action": "sts:AssumeRole",
            "resource": _role(case, repairer),
            "resource_account": case.site.account,
            "context": {**shown, "aws:SecureTransport": "true", "aws:RequestedRegion": case.site.region},
        }
        yield allowed(case, Policies(resource=trust), request, "")


def _trusted(document: Any) -> Iterator[str]:
    """The exact principals of the statements that let somebody in."""
    for statement in statements(document):
        named = as_object(statement.get("Principal")) if statement.get("Effect") == "Allow" else None
        listed: Any = (named or {}).get("AWS")
        yield from (each for each in as_list(listed) or [listed] if isinstance(each, str))

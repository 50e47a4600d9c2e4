"""Whether a statement of an IAM document is redundant: what it denies is denied without it, or what it allows allowed.

A denial is turned into the question of what it denies, which is put to everything else that the same requests meet.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache, partial
from pathlib import Path
from typing import Any

from clover.controls.aws_callers import SERVICE_LINKED
from clover.controls.aws_policies import Policies, as_texts
from clover.controls.aws_requests import Finding, ask
from clover.controls.case import Case
from clover.logic.aws_sets import Undecided
from clover.logic.aws_sets.comparison import compare
from clover.model.aws import policies
from clover.model.aws.policies import Guarded, Held, statements
from clover.model.aws.principals import principals
from clover.model.resources import Resources, value
from clover.sources import Unknown
from clover.tables import read_table
from clover.zones.vocabulary import Cloud, StackKind
from tests.mutants.deletions import Deletion, asked, deletions, resources_of
from tests.mutants.site import case

VERSION = "2012-10-17"


def statement_of(deletion: Deletion) -> Mapping[str, Any] | None:
    """The statement of an IAM document that a deletion takes out; None for anything else."""
    if len(deletion.item) != 3 or deletion.item[1] != "Statement":
        return None
    held = next(each for each in resources_of(deletion.stack) if each["urn"] == deletion.urn)
    return json.loads(held["inputs"][deletion.item[0]])["Statement"][int(deletion.item[2])]


def covers(deletion: Deletion) -> tuple[str, ...] | Mapping[str, Any] | None:
    """What covers a statement; a request that shows that nothing does; None where neither is known."""
    deletion = _only_statement(deletion)
    gone = statement_of(deletion)
    if gone is None:
        return None
    return _denied(deletion, gone) if gone["Effect"] == "Deny" else _allowed(deletion, gone)


def _only_statement(deletion: Deletion) -> Deletion:
    """The deletion of the only statement of a resource, where that is the same."""
    own = [each for each in deletions(deletion.stack) if each.item and each.urn == deletion.urn]
    return own[0] if deletion.kind == "resource" and len(own) == 1 else deletion


def _allowed(deletion: Deletion, gone: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The statement of the same document that allows at least as much, or why it allows nothing of its own."""
    held = next(each for each in resources_of(deletion.stack) if each["urn"] == deletion.urn)
    for other in json.loads(held["inputs"][deletion.item[0]])["Statement"]:
        if other != gone and other["Effect"] == "Allow" and _within(gone, other):
            return (f"{deletion.urn.rpartition('::')[2]}: {other['Sid']}",)
    return _delegated(gone) or _let_through_by_nothing(deletion, gone)


def _delegated(gone: Mapping[str, Any]) -> tuple[str, ...] | None:
    """An allowance of the account's own root: its identity policies allow by themselves what they allow through that.

    Keys and roles, whose policies have to say so, name no account in the statement
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html).
    """
    root = re.fullmatch(r"\{'AWS': 'arn:[\w-]+:iam::(\d{12}):root'\}", str(gone.get("Principal")))
    named = [str(each).split(":") for each in as_texts(gone.get("Resource"))]
    if root and named and all(each[4:5] == [root[1]] for each in named):
        return ("the identity policies of the same account allow by themselves what they allow through it",)
    return None


def _let_through_by_nothing(deletion: Deletion, gone: Mapping[str, Any]) -> tuple[str, ...] | None:
    """An allowance of a role's own that the policy of no declared store or key lets through."""
    services = {each.partition(":")[0] for each in as_texts(gone["Action"])}
    things = {"s3": _stores, "kms": policies.keys}.get("".join(services))
    found = list(_reaching(deletion, gone, things)) if things and "Principal" not in gone else []
    return ("no store and no key that is declared lets through what it allows",) if found and all(found) else None


def _stores(resources: Resources) -> Iterator[Guarded]:
    return policies.buckets(resources, "aws")


def _reaching(
    deletion: Deletion, gone: Mapping[str, Any], things: Callable[[Resources], Iterable[Guarded]]
) -> Iterator[bool]:
    """Of each thing whether the role reaches nothing of it by the statement alone."""
    for site, hand in asked(deletion):
        about = case((), site, hand=hand)
        for role in principals(about.resources):
            own = [held for held in role.identity if held.origin == deletion.urn]
            alone = tuple(held._replace(document={"Version": VERSION, "Statement": [gone]}) for held in own)
            for thing in things(about.resources) if own else ():
                question = {"Effect": "Allow", "Principal": "*", "Action": gone["Action"]}
                question |= {"Resource": [str(thing.arn), f"{thing.arn}/*"]}
                question |= {"Condition": {"StringEquals": {"aws:PrincipalArn": str(role.arn)}}}
                met = Policies(identity=alone, resource=thing.policy)
                empty = ask(about, met, {"Version": VERSION, "Statement": [question]}).empty
                yield empty or not _written_with(about, gone, thing)


def _written_with(about: Case, gone: Mapping[str, Any], key: Guarded) -> bool:
    """Whether anything bears the context that a statement names: CloudTrail's is given by trails with that key alone.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
    """
    named = gone.get("Condition", {}).get("StringLike", {}).get("kms:EncryptionContext:aws:cloudtrail:arn")
    trails = (each for each in about.resources.of("aws:cloudtrail/trail:Trail") if value(each, "arn") == named)
    return named is None or any(value(each, "kmsKeyId") == key.arn for each in trails)


def _within(narrow: Mapping[str, Any], wide: Mapping[str, Any]) -> bool:
    """Whether one statement is about nothing that the other is not about."""
    one, other = ({"Version": VERSION, "Statement": [each]} for each in (narrow, wide))
    try:
        return compare(other, one).added is None
    except Undecided:
        return False


def _denied(deletion: Deletion, gone: Mapping[str, Any]) -> tuple[str, ...] | Mapping[str, Any] | None:
    """The denials that are left, where nothing of what the statement denies is allowed without it."""
    if deletion.stack != "organisation" and all(found.empty for found in _asked(deletion, gone, allowing=True)):
        return ("nothing of that is allowed by any statement that it meets",)
    outright, for_others = list(_asked(deletion, gone)), list(_asked(deletion, gone, trusted=False))
    if not all(found.empty for found in for_others):
        return next((found.request for found in for_others if not found.empty), None)
    all_empty = all(found.empty for found in outright)
    grounds = dict.fromkeys(ground for found in for_others for ground in found.grounds)
    ordered = sorted(grounds, key=lambda each: each.urn.startswith("urn:"))
    named = [f"{each.urn.rpartition('::')[2]}: {each.statement}" for each in ordered]
    return (*(() if all_empty else ("for all but the trusted base",)), *(named or ("nothing that it meets allows it",)))


def _asked(
    deletion: Deletion, gone: Mapping[str, Any], *, allowing: bool = False, trusted: bool = True
) -> Iterator[Finding]:
    """What each party is allowed of what the statement denies; with `allowing` as if the document denied nothing.

    Without `trusted` what the trusted base is allowed does not count.
    """
    for site, hand in asked(deletion):
        about = case([deletion.change], site, hand=hand, organisation=deletion.stack == "organisation")
        for met, who, key in _met(about, deletion):
            kept = {name: held for name, held in gone.items() if name not in ("Sid", "Effect", "Principal")}
            kept |= {"Action": _known(kept["Action"])} if "Action" in kept else {}
            kept |= {"Action": _of_keys(kept.pop("NotAction"))} if key and "NotAction" in kept else {}
            question = {"Effect": "Allow", "Principal": "*", **kept, **({"Resource": key} if key else {})}
            asking = {"Version": VERSION, "Statement": [_narrowed(question, who, () if trusted else about.trusted)]}
            yield ask(about, _without_denials(met) if allowing else met.under(about), asking)


@cache
def _actions() -> frozenset[str]:
    """Every action that the prover's tables know: what moves data, and what changes a resource."""
    folder = Path(policies.__file__).parent
    held = (read_table(folder / name) for name in ("data_actions.yaml", "changes.yaml", "needed.yaml"))
    return frozenset(re.findall(r"'([a-z0-9-]+:[A-Z][A-Za-z]+)'", " ".join(map(repr, held))))


def _known(listed: str | list[str]) -> list[str]:
    """The known actions in the place of a pattern that fits some; a pattern is there for those that come later."""
    named = [listed] if isinstance(listed, str) else listed
    exact = [each for each in named if "*" not in each]
    fitting = sorted({each for wanted in named if "*" in wanted for each in filter(partial(_fits, wanted), _actions())})
    return [*exact, *fitting] or named


def _of_keys(but: str | list[str]) -> list[str]:
    """The known actions on keys but some."""
    return [each for each in _known("kms:*") if not any(_fits(one, each) for one in as_texts(but))]


def _fits(wanted: str, action: str) -> bool:
    return fnmatchcase(action.lower(), wanted.lower())


def _without_denials(met: Policies) -> Policies:
    """The same with policies that only allow."""
    return met._replace(
        identity=tuple(map(_allowing, met.identity)), resource=_allowing(met.resource) if met.resource else None
    )


def _allowing(held: Held) -> Held:
    assert not isinstance(held.document, Unknown)
    kept = [each for each in statements(held.document) if each["Effect"] == "Allow"]
    return held._replace(document={"Version": VERSION, "Statement": kept})


def _met(about: Case, deletion: Deletion) -> Iterator[tuple[Policies, str | None, str | None]]:
    """The policies that requests meet which meet the document; the principal, or the key, where it is one's."""
    for each in policies.buckets(about.resources, "aws"):
        if each.policy and each.policy.origin == deletion.urn:
            yield Policies(resource=each.policy), None, None
    for each in policies.keys(about.resources):
        if each.policy and each.policy.origin == deletion.urn:
            yield Policies(resource=each.policy), None, str(each.arn)
    if deletion.stack == "organisation" and about.hand is StackKind.SITE and about.site.cloud is Cloud.AWS:
        yield Policies(), None, None
    for principal in principals(about.resources):
        if any(held.origin == deletion.urn for held in principal.identity):
            yield Policies(identity=principal.identity, boundary=principal.boundary), str(principal.arn), None


def _narrowed(question: dict[str, Any], who: str | None, but: Iterable[str]) -> dict[str, Any]:
    """The same of one principal's requests, or of anybody's but service-linked roles', which no claim is about."""
    condition: dict[str, Any] = dict(question.get("Condition") or {})
    unlike = condition.get("StringNotLike", {})
    nobodys = {} if "aws:PrincipalArn" in unlike else {"aws:PrincipalArn": SERVICE_LINKED}
    said: dict[str, Any] = {"StringNotLike": {**unlike, **nobodys}}
    if (trusted := sorted(but)) and "aws:PrincipalArn" not in condition.get("StringNotEquals", {}):
        said["StringNotEquals"] = {**condition.get("StringNotEquals", {}), "aws:PrincipalArn": trusted}
    if who is not None:
        said["StringEquals"] = {**condition.get("StringEquals", {}), "aws:PrincipalArn": who}
    return {**question, "Condition": {**condition, **said}}

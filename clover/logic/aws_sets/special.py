"""What AWS decides in single services otherwise than the general evaluation logic says, as languages of requests."""

from collections.abc import Iterable, Sequence
from typing import cast

from clover.logic.aws_sets import callers
from clover.logic.aws_sets.elements import Element
from clover.logic.aws_sets.factors import ACTION, CALLER, RESOURCE, Conjunction, Literal
from clover.logic.aws_sets.operators import arn_like
from clover.logic.aws_sets.resources import actions
from clover.logic.aws_sets.statements import Document
from clover.logic.aws_sets.variables import Written
from clover.logic.sets.inclusion import languages_apart
from clover.logic.sets.patterns import ANY_TEXT, ANYTHING, Language, pattern, text

READING = ("Get", "List", "Generate", "Simulate")
KEYS, ROLES, AWS_OWNED = "arn:*:*:*:*:key/*", "arn:*:*:*:*:role/*", "arn:*:*:*:aws:*"
KEPT_ALIASES = "arn:*:*:*:*:alias/aws/*"
KEPT_ROLES = "arn:*:*:*:*:role/aws-reserved/*"
KEPT_POLICIES = "arn:*:*:*:aws:policy/*"
RESOURCE_FORMS = (KEYS, ROLES, AWS_OWNED, KEPT_ALIASES, KEPT_ROLES, KEPT_POLICIES)
"""The forms of ARNs that the composition of policies tells apart."""


def _resources(form: str) -> Literal:
    """The resources whose ARN has the form, field by field."""
    return Literal(RESOURCE, arn_like((Written(form),)))


def _actions(*names: str) -> Literal:
    """The actions that one of the patterns covers."""
    return Literal(ACTION, actions(names))


IN_ACCOUNT = Literal(CALLER, callers.of_kinds(*callers.IN_ACCOUNT))
FREE_CALLS: tuple[Conjunction, ...] = (
    (_actions("sts:GetCallerIdentity"), IN_ACCOUNT),
    (_actions("sts:GetSessionToken"), Literal(CALLER, callers.of_kinds(callers.USER, callers.ROOT))),
)
"""Source: AWS STS API Reference, GetCallerIdentity and GetSessionToken ("No permissions are required")."""

LINKED = Literal(
    CALLER,
    (pattern([*callers.kinds(callers.ROLE, callers.SESSION), ANY_TEXT, *text(":role/aws-service-role/"), ANYTHING]),),
)
"""Service-linked roles, which organisation policies do not bind (AWS Organizations User Guide)."""
ROOT = Literal(CALLER, callers.of_kinds(callers.ROOT))
FEDERATED = Literal(CALLER, callers.of_kinds(callers.FEDERATED_USER))
RETIRE_GRANT = _actions("kms:RetireGrant")
"""No resource control policy binds it. Source: KMS Developer Guide, "Resource control policies"."""
OWN_POLICY = _actions("s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy")
"""What a bucket owner's root keeps, whatever the policy denies. Source: Amazon S3 API Reference, PutBucketPolicy."""
RESOURCE_DECIDES: tuple[Conjunction, ...] = (
    (_actions("kms:*"), _resources(KEYS)),
    (_actions("sts:*"), _resources(ROLES)),
)
"""Where identity policies count only if the resource's policy leaves it to the account. Source: IAM User Guide,
"Policy evaluation logic"; KMS Developer Guide, "Key policies in AWS KMS"."""
OF_AWS = _resources(AWS_OWNED)
KEPT_RESOURCES = ("alias/aws/", "role/aws-reserved/", ":aws:")
KEPT_BY_AWS: tuple[Conjunction, ...] = (
    (_actions("kms:CreateAlias", "kms:UpdateAlias", "kms:DeleteAlias"), _resources(KEPT_ALIASES)),
    *(
        (_actions("iam:*"), _actions(*(f"iam:{verb}*" for verb in READING))._replace(wanted=False), kept)
        for kept in (_resources(KEPT_ROLES), _resources(KEPT_POLICIES))
    ),
)
"""Source: KMS Developer Guide, "Aliases in AWS KMS"; IAM User Guide, "Managed policies and inline policies"; IAM
Identity Center User Guide, "Referencing permission sets in resource policies" (path aws-reserved)."""


def literals(account: str) -> list[Literal]:
    """Everything that the composition of policies tells apart, for resources of an account."""
    single = [IN_ACCOUNT, LINKED, ROOT, FEDERATED, RETIRE_GRANT, OWN_POLICY, OF_AWS, of_account(account)]
    return single + [each for conjunction in (*FREE_CALLS, *KEPT_BY_AWS, *RESOURCE_DECIDES) for each in conjunction]


def of_account(account: str) -> Literal:
    """The callers of an account."""
    return Literal(CALLER, callers.of_account(account))


def changed_by_no_document(documents: Sequence[Document]) -> tuple[Conjunction, ...]:
    """Where no document decides; what AWS keeps to itself only where a document speaks of it."""
    named = any(kept in text for text in _written(documents) for kept in KEPT_RESOURCES)
    return FREE_CALLS + KEPT_BY_AWS if named else FREE_CALLS


def about_actions(conjunctions: Iterable[Conjunction], asked: Element) -> list[Conjunction]:
    """The conjunctions that can hold of actions of the element."""
    if asked.negated:
        return list(conjunctions)
    covered = tuple(pattern for item in asked.items for pattern in item.covers)
    return [each for each in conjunctions if not any(_excludes(literal, covered) for literal in each)]


def _excludes(literal: Literal, covered: Language) -> bool:
    """Whether a literal asks for other actions."""
    wanted = literal.field == ACTION and literal.wanted
    return wanted and languages_apart(cast("Language", literal.predicate), covered)


def _written(documents: Iterable[Document]) -> Iterable[str]:
    """The patterns of resources."""
    for document in documents:
        for statement in document.statements:
            for each in statement.resources.patterns if statement.resources else ():
                yield f"{each.header}{each.rest}"

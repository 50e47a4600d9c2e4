"""Reading policy documents into their normal form.

Source: IAM User Guide, "Grammar of the IAM JSON policy language" and "IAM JSON policy element reference".
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import cast

from clover.logic.aws.reading import Malformed, at, quoted, read_bare_or_list, read_object, read_scalars, read_texts
from clover.logic.aws_sets.operators import OPERATORS, QUANTIFIERS
from clover.logic.aws_sets.resources import read_resource
from clover.logic.aws_sets.statements import Attachment, Clause, Document, Listed, Resources, Statement, merged
from clover.logic.aws_sets.variables import read_parts

VERSIONS = ("2008-10-17", "2012-10-17")
DOCUMENT = frozenset({"Version", "Id", "Statement"})
STATEMENT = frozenset(
    {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}
)
PRINCIPAL_KINDS = frozenset({"AWS", "Service", "Federated", "CanonicalUser"})
EVERYBODY = (("AWS", "*"),)


def names_principals(value: object) -> bool:
    """Whether any statement of the document has a Principal or NotPrincipal: then it hangs on a resource."""
    members: Mapping[str, object] = cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}
    statements = read_bare_or_list(members.get("Statement"))
    return any(isinstance(each, Mapping) and ("Principal" in each or "NotPrincipal" in each) for each in statements)


@dataclass(frozen=True)
class _Written:
    """A document to be read; two of one text are the same."""

    text: str
    attachment: Attachment
    value: object = field(compare=False)
    where: str = field(compare=False)


def read_document(value: object, where: str, attachment: Attachment | None = None) -> Document:
    """The document; without `attachment` it hangs on a resource if it names principals, else on an identity.

    Raises Malformed, whose message opens with the place, for what AWS could not have accepted.
    """
    if attachment is None:
        attachment = Attachment.RESOURCE if names_principals(value) else Attachment.IDENTITY
    try:
        text = json.dumps(value)
    except (TypeError, ValueError):
        return _read(value, where, attachment)
    return _remembered(_Written(text, attachment, value, where))


@lru_cache(maxsize=4096)
def _remembered(written: _Written) -> Document:
    """The document; the last ones are remembered, for the organisation's stand beside every other."""
    return _read(written.value, written.where, written.attachment)


def _read(value: object, where: str, attachment: Attachment) -> Document:
    """The document, read afresh."""
    members = read_object(value, where, DOCUMENT)
    version = members.get("Version", VERSIONS[0])
    if version not in VERSIONS:
        raise Malformed(f"{where}.Version: {quoted(version)} is neither {VERSIONS[0]} nor {VERSIONS[1]}")
    if not isinstance(members.get("Id", ""), str):
        raise Malformed(f"{where}.Id: expected a string, got {quoted(members['Id'])}")
    if "Statement" not in members:
        raise Malformed(f"{where}: Statement is missing")
    statements = enumerate(read_bare_or_list(members["Statement"]))
    variables = version == VERSIONS[1]
    read = tuple(_statement(each, f"{where}.Statement[{index}]", attachment, variables) for index, each in statements)
    return Document(merged(read), attachment)


def _statement(value: object, where: str, attachment: Attachment, variables: bool) -> Statement:
    """One statement."""
    members = read_object(value, where, STATEMENT)
    effect = members.get("Effect")
    if effect not in ("Allow", "Deny"):
        raise Malformed(f"{where}.Effect: expected Allow or Deny, got {quoted(effect)}")
    if not isinstance(members.get("Sid", ""), str):
        raise Malformed(f"{where}.Sid: expected a string, got {quoted(members['Sid'])}")
    actions = _texts("Action", members, where)
    if actions is None:
        raise Malformed(f"{where}: Action is missing")
    for _, name in actions.names:
        if ":" not in name and name.strip("*"):
            raise Malformed(f"{where}.Action: {quoted(name)} names no service, as s3:GetObject does")
    resources = _texts("Resource", members, where)
    if resources is None and attachment is not Attachment.RESOURCE:
        raise Malformed(f"{where}: Resource is missing")
    principals = _principals(members, where, attachment)
    clauses = _clauses(members.get("Condition", {}), f"{where}.Condition", variables)
    return Statement(effect == "Allow", principals, actions, _patterns(resources, variables), clauses)


def _negatable(name: str, members: Mapping[str, object], where: str) -> str | None:
    """The element's name or its Not form, whichever is there."""
    there = [each for each in (name, f"Not{name}") if each in members]
    if len(there) > 1:
        raise Malformed(f"{where}: {name} and Not{name} exclude each other")
    return there[0] if there else None


def _texts(name: str, members: Mapping[str, object], where: str) -> Listed | None:
    """An Action or Resource element, or its Not form."""
    there = _negatable(name, members, where)
    if there is None:
        return None
    texts = read_texts(members[there], f"{where}.{there}")
    return Listed(tuple((name, each) for each in sorted(set(texts))), there != name)


def _patterns(listed: Listed | None, variables: bool) -> Resources | None:
    """The patterns of a Resource element."""
    if listed is None:
        return None
    return Resources(tuple(read_resource(name, variables) for _, name in listed.names), listed.negated)


def _principals(members: Mapping[str, object], where: str, attachment: Attachment) -> Listed | None:
    """The Principal or NotPrincipal element, as the attachment has it."""
    there = _negatable("Principal", members, where)
    if attachment is Attachment.IDENTITY:
        if there:
            raise Malformed(f"{where}: {there} has no place in this kind of policy")
        return None
    if there is None:
        if attachment is Attachment.RESOURCE:
            raise Malformed(f"{where}: Principal is missing")
        return Listed(EVERYBODY, negated=False)
    value = members[there]
    if value == "*":
        return Listed(EVERYBODY, there != "Principal")
    if isinstance(value, str):
        raise Malformed(f'{where}.{there}: expected "*" or an object such as {{"AWS": …}}, got {quoted(value)}')
    kinds = read_object(value, f"{where}.{there}", PRINCIPAL_KINDS)
    names = {(kind, name) for kind, names in kinds.items() for name in read_texts(names, f"{where}.{there}.{kind}")}
    return Listed(tuple(sorted(names)), there != "Principal")


def _clauses(value: object, where: str, variables: bool) -> tuple[Clause, ...]:
    """Every key under every operator."""
    return tuple(
        _clause(name, key, values, at(where, name), variables)
        for name, keys in read_object(value, where).items()
        for key, values in read_object(keys, at(where, name)).items()
    )


def _clause(name: str, key: str, values: object, where: str, variables: bool) -> Clause:
    """One condition, from the operator's full name such as ForAnyValue:StringLikeIfExists."""
    quantifier, colon, base = name.lower().rpartition(":")
    operator = base.removesuffix("ifexists")
    if_exists = operator != base
    if operator not in OPERATORS or (operator == "null" and if_exists) or (colon and quantifier not in QUANTIFIERS):
        raise Malformed(f"{where}: {quoted(name)} is no condition operator")
    texts = sorted(set(read_scalars(values, at(where, key))))
    enabled = variables and OPERATORS[operator].takes_variables
    return Clause(key.lower(), operator, quantifier, if_exists, tuple(read_parts(text, enabled) for text in texts))

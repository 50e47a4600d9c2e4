"""Random policies, dense in what they have in common, and requests around what they tell apart."""

import random
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from clover.logic.aws.request import read_request
from clover.logic.aws_sets import callers
from clover.logic.aws_sets.factors import ACTION, CALLER, RESOURCE
from clover.logic.aws_sets.space import Space
from tests.logic.evaluator_cases import ACCOUNT, FEDERATED, OTHER_ACCOUNT, ROLE, ROOT, SESSION, USER, Json, statement

FOREIGN = "999988887777"
PATH_ROLE = f"arn:aws:iam::{ACCOUNT}:role/team/reader"
ACTIONS = ["*", "s3:*", "s3:Get*", "s3:GetObject", "S3:GETOBJECT", "s3:GetObject?*", "*:*Object*", "kms:De*", "sts:*"]
RESOURCES = [
    *(
        "*",
        "arn:aws:s3:::store",
        "arn:aws:s3:::store/*",
        "arn:aws:s3:::store/a*b",
        "arn:aws:s3:::store/*b*",
        "arn:aws:s3:::s?ore/ab",
    ),
    *("arn:aws:*", "arn:aws:sqs:*:111122223333:q", "arn:aws:sqs:eu-*-1:*:q*", "arn:aws:kms:*:*:key/*", "arn:aws:s3"),
]
TEMPLATES = ["arn:aws:s3:::store/${k:a}", "arn:aws:s3:::store/${k:a}*", "arn:aws:s3:::${aws:username, 'store'}/*"]
KEYS = ["k:a", "k:b", "aws:SourceVpce", "aws:PrincipalTag/team"]
TEXTS = ["a", "b", "A", "ab", "a*", "*b", "?", "*", "", "true", "7", "a:b", "arn:aws:s3:::a"]
TEXT_OPERATORS = [
    *("StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase", "ArnLike", "Bool"),
    *("StringNotEqualsIgnoreCase", "ArnNotEquals", "Null"),
]
NUMBERS = ["7", "7.0", "8", "-1", "0.5", "x"]
DATES = ["2026-10-01", "2026-10-01T00:00:01Z", "1790812800", "2026", "soon"]
ADDRESSES = ["203.0.113.0/24", "203.0.113.7", "203.0.113.128/25", "0.0.0.0/0", "2001:db8::/32", "::/0", "x"]
BYTES = ["QUJD", "QUJE", "no base64"]
NUMBER_OPERATORS = ["NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericGreaterThanEquals"]
DATE_OPERATORS = ["DateEquals", "DateNotEquals", "DateLessThanEquals", "DateGreaterThan"]
ADDRESS_OPERATORS = ["IpAddress", "NotIpAddress"]
QUALIFIERS = ["", "", "", "ForAllValues:", "ForAnyValue:"]
PRINCIPALS: list[Any] = [
    *("*", {"AWS": "*"}, {"AWS": ACCOUNT}, {"AWS": ROOT}, {"AWS": USER}, {"AWS": ROLE}, {"AWS": PATH_ROLE}),
    *({"AWS": SESSION}, {"AWS": [FEDERATED, OTHER_ACCOUNT]}, {"Service": "ec2.amazonaws.com"}, {"Service": "*"}),
    *({"Federated": "accounts.example.org"}, {"CanonicalUser": "0a1b"}, {"AWS": []}),
]


def _some(listed: list[Any], most: int = 3) -> st.SearchStrategy[Any]:
    """One of them, or a list of a few."""
    return st.sampled_from(listed) | st.lists(st.sampled_from(listed), max_size=most)


def _conditions(keys: list[str], operators: list[str], values: list[str], quantified: bool) -> st.SearchStrategy[Json]:
    """Conditions on the keys."""
    qualifiers = st.sampled_from(QUALIFIERS if quantified else [""])
    suffixes = st.sampled_from(["", "", "IfExists"])
    names = st.builds(_operator, qualifiers, st.sampled_from(operators), suffixes)
    return st.dictionaries(names, st.dictionaries(st.sampled_from(keys), _some(values), max_size=2), max_size=2)


def _operator(qualifier: str, operator: str, suffix: str) -> str:
    """The operator's full name; Null takes neither qualifier nor suffix."""
    return operator if operator == "Null" else f"{qualifier}{operator}{suffix}"


def conditions(templates: bool) -> st.SearchStrategy[Json]:
    """Conditions, of one kind of value for each key."""
    texts = [*TEXTS, "${k:b}", "x${k:b}*", "${aws:username, 'b'}"] if templates else TEXTS
    kinds = [
        _conditions(KEYS, TEXT_OPERATORS, texts, quantified=True),
        _conditions(["k:number", "k:a"], NUMBER_OPERATORS, NUMBERS, quantified=True),
        _conditions(["k:date"], DATE_OPERATORS, DATES, quantified=False),
        _conditions(["aws:SourceIp"], ADDRESS_OPERATORS, ADDRESSES, quantified=False),
        _conditions(["k:bytes"], ["BinaryEquals"], BYTES, quantified=True),
    ]
    return st.lists(st.one_of(kinds), max_size=2).map(_merged)


def _merged(found: list[Json]) -> Json:
    """All conditions in one element."""
    return {name: keys for each in found for name, keys in each.items()}


@st.composite
def statements(draw: st.DrawFn, *, named: bool, templates: bool = False) -> Json:
    """A statement; with a Principal where it is named."""
    elements: Json = {"Condition": draw(conditions(templates))}
    elements[draw(st.sampled_from(["Action", "Action", "NotAction"]))] = draw(_some(ACTIONS))
    resources = [*RESOURCES, *TEMPLATES] if templates else RESOURCES
    elements[draw(st.sampled_from(["Resource", "Resource", "NotResource"]))] = draw(_some(resources))
    if named:
        elements[draw(st.sampled_from(["Principal", "Principal", "NotPrincipal"]))] = draw(st.sampled_from(PRINCIPALS))
    missing = {name: None for name in ("Action", "Resource") if name not in elements}
    return statement(draw(st.sampled_from(["Allow", "Allow", "Deny"])), **missing, **elements)


def documents(*, named: bool, templates: bool = False, most: int = 3) -> st.SearchStrategy[Json]:
    """Documents of a few statements."""
    listed = st.lists(statements(named=named, templates=templates), min_size=1, max_size=most)
    return listed.map(lambda found: {"Version": "2012-10-17", "Statement": found})


def request_in(space: Space, chance: random.Random, account: str | None = None) -> Json:
    """A request made of words of atoms, some of them a little changed."""
    word = chance.choice(chance.choice(_pleasant_callers(space)))
    context: Json = {}
    for field, key in space.keys.items():
        values = chance.choice([found for found in key.values if found is not None])
        given = [_changed(value, chance) for value in values]
        if field.removeprefix("key ") not in callers.keys_of(word) and (given or chance.random() < 0.5):
            context[field.removeprefix("key ")] = given or None
    if word[0] == callers.SESSION:
        context["aws:PrincipalArn"] = callers.arn_of(word)
    action = "".join(chance.choice(chance.choice(space.texts[ACTION].words)))
    resource = "".join(chance.choice(chance.choice(space.texts[RESOURCE].words)))
    return {
        "principal": callers.principal_of(word),
        "action": _changed(action, chance) if chance.random() < 0.2 else chance.choice([action, action.upper()]),
        "resource": _changed_resource(resource, chance),
        "resource_account": account or FOREIGN,
        "context": context,
    }


def _pleasant_callers(space: Space) -> list[list[Any]]:
    """Words of every atom of callers."""
    return space.texts[CALLER].shown(callers.pleasant([ACCOUNT, OTHER_ACCOUNT], "aws"))


def _changed(text: str, chance: random.Random) -> str:
    """The text, or one a character away from it."""
    if chance.random() < 0.7:
        return text
    place = chance.randrange(len(text) + 1)
    return chance.choice([text[:place] + chance.choice("ab*:/7.A") + text[place:], text[:place] + text[place + 1 :]])


def _changed_resource(resource: str, chance: random.Random) -> str:
    """The resource, or another: still an ARN."""
    header, colon, rest = resource.rpartition(":")
    return resource if resource == "*" or header.count(":") != 4 else f"{header}{colon}{_changed(rest, chance)}"


def context_of(request: Json) -> Mapping[str, tuple[str, ...]]:
    """Every key of the request, those that AWS adds included."""
    return read_request(request).context

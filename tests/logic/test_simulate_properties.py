"""Laws that hold for every request and every set of policies."""

import copy
import random
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from clover.logic.aws import Malformed, evaluate
from tests.logic.evaluator_cases import (
    ALLOW,
    DENY,
    FEDERATED,
    KEY,
    OBJECT,
    OTHER_ACCOUNT,
    ROLE,
    ROOT,
    SESSION,
    TARGET_ROLE,
    USER,
    Json,
    allowing,
    decision,
    denying,
    request,
    statement,
)

CALLERS = [
    USER,
    ROLE,
    SESSION,
    FEDERATED,
    ROOT,
    "anonymous",
    "ec2.amazonaws.com",
    f"arn:aws:iam::{OTHER_ACCOUNT}:role/x",
]
ACTIONS = ["s3:GetObject", "s3:PutBucketPolicy", "kms:Decrypt", "sts:AssumeRole", "iam:PassRole"]
VALUES = ["a", "b", "A", "", "a*", "*", "7", "true", "203.0.113.7", "2026-10-01", USER]
OPERATORS = [
    *("StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase", "NumericLessThan"),
    *("NumericNotEquals", "DateGreaterThan", "Bool", "IpAddress", "NotIpAddress", "ArnLike", "ArnNotEquals"),
]
PREFIXES = ["", "ForAllValues:", "ForAnyValue:"]
WHOLE_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from([*VALUES, *CALLERS]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=12,
)

keys = st.sampled_from(["k:a", "k:b", "aws:PrincipalArn", "aws:SourceVpce"])
values = st.sampled_from(VALUES) | st.lists(st.sampled_from(VALUES), max_size=3)
contexts = st.dictionaries(keys, values, max_size=3)
conditions = st.dictionaries(
    st.builds(str.__add__, st.sampled_from(PREFIXES), st.sampled_from(OPERATORS)),
    st.dictionaries(keys, values, max_size=2),
    max_size=2,
)
principals = st.sampled_from(
    ["*", {"AWS": "*"}, {"AWS": ROOT}, {"AWS": ROLE}, {"AWS": USER}, {"Service": "ec2.amazonaws.com"}]
)
patterns = st.sampled_from(["*", *ACTIONS, "s3:*", "kms:De*", "S3:GETOBJECT"])
requests = st.builds(
    request,
    st.sampled_from(CALLERS),
    st.sampled_from(ACTIONS),
    st.sampled_from([OBJECT, KEY, TARGET_ROLE]),
    context=contexts,
)


def statements(named: bool) -> st.SearchStrategy[Json]:
    """Statements; with a Principal where the kind of policy has one."""
    return st.builds(
        statement,
        st.sampled_from(["Allow", "Allow", "Deny"]),
        Action=patterns,
        Resource=st.sampled_from(["*", OBJECT, "arn:aws:s3:::store/*", "arn:aws:s3:::${k:a}*"]),
        Condition=conditions,
        **({"Principal": principals} if named else {}),
    )


def documents(named: bool) -> st.SearchStrategy[Json]:
    """Documents of a few statements."""
    return st.fixed_dictionaries(
        {
            "Version": st.sampled_from(["2012-10-17", "2008-10-17"]),
            "Statement": st.lists(statements(named), max_size=3),
        }
    )


own, attached = documents(named=False), documents(named=True)
policies = st.fixed_dictionaries(
    {},
    optional={
        "identity": st.lists(own, max_size=2),
        "boundary": st.lists(own, max_size=1),
        "session": st.lists(own, max_size=1),
        "resource": attached,
        "scp": st.lists(st.lists(own | st.just(allowing()), max_size=2), max_size=2),
        "rcp": st.lists(st.lists(attached | st.just(allowing("*")), max_size=2), max_size=2),
        "vpc_endpoint": st.lists(attached | st.just(allowing("*")), max_size=1),
    },
)


def _added(found: Json, kind: str, document: Json) -> Json:
    """The policies with one document more of a kind."""
    changed = copy.deepcopy(found)
    if kind == "resource":
        changed.setdefault("resource", {"Version": "2012-10-17", "Statement": []})["Statement"] += document["Statement"]
    elif kind in ("scp", "rcp"):
        changed[kind] = [[*level, document] for level in changed.get(kind, [])]
    else:
        changed.setdefault(kind, []).append(document)
    return changed


@given(requests, policies, st.sampled_from(["identity", "boundary", "session", "scp"]))
def test_one_more_deny_never_allows(asked: Json, found: Json, kind: str) -> None:
    after = decision(asked, _added(found, kind, denying()))
    assert after != ALLOW or decision(asked, found) == ALLOW


@given(requests, policies, st.sampled_from(["resource", "rcp", "vpc_endpoint"]), principals)
def test_one_more_deny_around_the_resource_never_allows(asked: Json, found: Json, kind: str, principal: Any) -> None:
    after = decision(asked, _added(found, kind, denying(principal)))
    assert after != ALLOW or decision(asked, found) == ALLOW


@given(requests, policies, own)
def test_one_more_identity_allow_never_takes_away(asked: Json, found: Json, document: Json) -> None:
    more = {**document, "Statement": [each for each in document["Statement"] if each["Effect"] == "Allow"]}
    before = decision(asked, found)
    after = decision(asked, _added(found, "identity", more))
    assert after == ALLOW if before == ALLOW else (after == DENY) == (before == DENY)


@given(requests, policies)
def test_letter_case_of_actions_means_nothing(asked: Json, found: Json) -> None:
    expected = evaluate(asked, found).decision
    for recase in (str.lower, str.upper, str.swapcase):
        assert decision(asked | {"action": recase(asked["action"])}, found) == expected


@given(requests, policies, st.randoms(use_true_random=False))
def test_order_means_nothing(asked: Json, found: Json, chance: random.Random) -> None:
    shuffled = copy.deepcopy(found)
    for document in _every_document(shuffled):
        chance.shuffle(document["Statement"])
    for kind in ("identity", "boundary", "session", "vpc_endpoint"):
        chance.shuffle(shuffled.get(kind, []))
    assert decision(asked, shuffled) == decision(asked, found)


def _every_document(value: Any) -> list[Json]:
    """The documents in a set of policies, however deep they stand."""
    if isinstance(value, dict) and "Statement" in value:
        return [value]
    members = cast(Json, value).values() if isinstance(value, dict) else value
    return [document for member in members for document in _every_document(member)]


@given(st.sampled_from(PREFIXES), st.sampled_from(OPERATORS), values, st.sampled_from(VALUES))
def test_if_exists_changes_nothing_where_the_key_exists(
    prefix: str, operator: str, policy: Any, given_value: str
) -> None:
    asked = request(context={"k:a": given_value})
    plain, suffixed = (
        {"identity": [allowing(Condition={name: {"k:a": policy}})]}
        for name in (prefix + operator, f"{prefix}{operator}IfExists")
    )
    assert decision(asked, plain) == decision(asked, suffixed)


@given(st.sampled_from(PREFIXES), st.sampled_from(OPERATORS), values)
def test_if_exists_holds_where_the_key_is_absent(prefix: str, operator: str, policy: Any) -> None:
    suffixed = allowing(Condition={f"{prefix}{operator}IfExists": {"k:a": policy}})
    assert decision(request(), {"identity": [suffixed]}) == ALLOW


@given(contexts, keys)
def test_null_says_the_opposite_of_not_null(context: Json, key: str) -> None:
    asked = request(SESSION, context=context)
    null, there = ({"identity": [allowing(Condition={"Null": {key: wanted}})]} for wanted in (True, "false"))
    assert (decision(asked, null) == ALLOW) != (decision(asked, there) == ALLOW)


@given(
    st.sampled_from(["String{}Equals", "String{}Like", "Numeric{}Equals", "Date{}Equals", "Arn{}Like"]),
    values,
    st.sampled_from(VALUES) | st.none(),
)
def test_a_negated_operator_is_the_opposite(form: str, policy: Any, given_value: str | None) -> None:
    asked = request(context={"k:a": given_value})
    plain, negated = ({"identity": [allowing(Condition={form.format(word): {"k:a": policy}})]} for word in ("", "Not"))
    assert (decision(asked, plain) == ALLOW) != (decision(asked, negated) == ALLOW)


@given(st.text(min_size=1, max_size=12), st.text(max_size=4))
def test_a_variable_stands_for_exactly_its_value(value: str, rest: str) -> None:
    pattern = {"identity": [allowing(Resource="arn:aws:s3:::store/${k:a}")]}
    asked = request(resource=f"arn:aws:s3:::store/{value}", context={"k:a": value})
    assert decision(asked, pattern) == ALLOW
    assert (decision(asked | {"context": {"k:a": value + rest}}, pattern) == ALLOW) == (not rest)


@given(st.text(max_size=12))
def test_escapes_write_any_text(text: str) -> None:
    escaped = "".join(f"${{{letter}}}" if letter in "*?$" else letter for letter in text)
    asked = request(resource=f"arn:aws:s3:::{text}", context={"k:a": text})
    assert decision(asked, {"identity": [allowing(Resource=f"arn:aws:s3:::{escaped}")]}) == ALLOW
    assert decision(asked, {"identity": [allowing(Condition={"StringLike": {"k:a": escaped}})]}) == ALLOW


@given(st.text(alphabet="ab*?", max_size=8), st.text(alphabet="ab", max_size=8))
def test_wildcards_match_as_their_definition_does(pattern: str, text: str) -> None:
    asked = request(context={"k:a": text})
    decided = decision(asked, {"identity": [allowing(Condition={"StringLike": {"k:a": pattern}})]}) == ALLOW
    assert decided == _matches(pattern, text)


def _matches(pattern: str, text: str) -> bool:
    """The definition of wildcard matching, by recursion."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return _matches(pattern[1:], text) or (bool(text) and _matches(pattern, text[1:]))
    return bool(text) and pattern[0] in ("?", text[0]) and _matches(pattern[1:], text[1:])


@given(WHOLE_JSON, WHOLE_JSON)
def test_arbitrary_json_is_decided_or_refused(asked: Any, found: Any) -> None:
    _decide_or_refuse(asked, found)


@given(requests, policies, WHOLE_JSON, st.data())
def test_a_broken_input_is_decided_or_refused(asked: Json, found: Json, junk: Any, data: st.DataObject) -> None:
    line: Json = copy.deepcopy({"request": asked, "policies": found})
    parent: Any = line
    child = data.draw(st.sampled_from(_members(parent)))
    while isinstance(parent[child], dict | list) and parent[child] and data.draw(st.booleans()):
        parent = parent[child]
        child = data.draw(st.sampled_from(_members(parent)))
    parent[child] = junk
    _decide_or_refuse(line["request"], line["policies"])


def _members(value: Any) -> list[Any]:
    """The keys of an object or the places in a list."""
    return list(cast(Json, value)) if isinstance(value, dict) else list(range(len(value)))


def _decide_or_refuse(asked: Any, found: Any) -> None:
    """Nothing but a decision or a Malformed of one line comes out."""
    try:
        assert evaluate(asked, found).because
    except Malformed as refusal:
        assert len(str(refusal).splitlines()) == 1

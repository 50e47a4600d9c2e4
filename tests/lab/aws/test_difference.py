"""When two states of inputs say the same, and what a difference asks for."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clover.lab.aws.difference import compare
from clover.lab.aws.documents import same
from clover.lab.aws.model import Compare, resource_types
from clover.lab.provider.wire import UNKNOWN, Props, as_list, as_map

TYPES = resource_types()
POLICY = TYPES["aws:s3/bucketPolicy:BucketPolicy"].properties["policy"]
RULES = TYPES["aws:ec2/securityGroup:SecurityGroup"].properties["ingress"]
SUBNETS = TYPES["aws:ec2/vpcEndpoint:VpcEndpoint"].properties["subnetIds"]
TARGET = TYPES["aws:kms/alias:Alias"].properties["targetKeyId"]
GROUP = TYPES["aws:networkfirewall/ruleGroup:RuleGroup"].properties["ruleGroup"]
INLINE = TYPES["aws:iam/role:Role"].properties["inlinePolicies"]

STATEMENT: Props = {"Effect": "Deny", "Action": ["s3:Get*", "s3:Put*"], "Resource": "*", "Principal": "*"}


def document(*statements: Any, **more: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements), **more})


def rule(**more: Any) -> Props:
    return {"protocol": "tcp", "fromPort": 443, "toPort": 443, **more}


SAME: list[tuple[Any, Any, Any]] = [
    (POLICY, document(STATEMENT), json.dumps({"Statement": STATEMENT, "Version": "2012-10-17"}, indent=2)),
    (POLICY, document(STATEMENT), document({**STATEMENT, "Action": ["s3:Put*", "s3:Get*"], "Resource": ["*"]})),
    (
        POLICY,
        document({**STATEMENT, "Condition": {"Bool": {"a": "true"}}}),
        document({**STATEMENT, "Condition": {"Bool": {"a": [True]}}}),
    ),
    (POLICY, document(STATEMENT, {**STATEMENT, "Sid": "b"}), document({**STATEMENT, "Sid": "b"}, STATEMENT)),
    (
        RULES,
        [rule(cidrBlocks=["10.0.0.0/8", "172.16.0.0/12"])],
        [rule(cidrBlocks=["172.16.0.0/12"]), rule(cidrBlocks=["10.0.0.0/8"])],
    ),
    (RULES, [rule(protocol="6", self=True)], [rule(protocol="TCP", self=True, cidrBlocks=[])]),
    (
        RULES,
        [{"protocol": "all", "fromPort": 0, "toPort": 0, "self": True}],
        [{"protocol": "-1", "fromPort": -1, "toPort": 65535, "self": True}],
    ),
    (SUBNETS, ["a", "b"], ["b", "a"]),
    (SUBNETS, None, []),
    (TARGET, "arn:aws:kms:eu-west-1:1:key/abc", "abc"),
    (
        GROUP,
        {"ruleVariables": {"ipSets": [{"key": "a"}, {"key": "b"}]}},
        {"ruleVariables": {"ipSets": [{"key": "b"}, {"key": "a"}]}},
    ),
    (INLINE, [{"name": "a", "policy": '{"a": ["b"]}'}], [{"name": "a", "policy": '{"a":"b"}'}]),
]
DIFFERENT: list[tuple[Any, Any, Any]] = [
    (POLICY, document(STATEMENT), document({**STATEMENT, "Effect": "Allow"})),
    (POLICY, document(STATEMENT), document({**STATEMENT, "Principal": {"AWS": "*"}})),
    (POLICY, document(STATEMENT), document()),
    (POLICY, document({**STATEMENT, "Resource": "a"}), document({**STATEMENT, "NotResource": "a"})),
    (POLICY, document(STATEMENT), "no document"),
    (POLICY, document(STATEMENT), UNKNOWN),
    (POLICY, UNKNOWN, UNKNOWN),
    (RULES, [rule(self=True)], [rule(self=True, description="why")]),
    (RULES, [rule(cidrBlocks=["10.0.0.0/8"])], [rule(cidrBlocks=["10.0.0.0/9"])]),
    (RULES, [rule(cidrBlocks=["10.0.0.0/8"])], []),
    (SUBNETS, ["a"], ["a", "a"]),
    (TARGET, "arn:aws:kms:eu-west-1:1:key/abc", "abd"),
    (
        GROUP,
        {"rulesSource": {"statefulRules": [{"action": "PASS"}, {"action": "DROP"}]}},
        {"rulesSource": {"statefulRules": [{"action": "DROP"}, {"action": "PASS"}]}},
    ),
    (INLINE, [{"name": "a", "policy": "{}"}], [{"name": "b", "policy": "{}"}]),
]


@pytest.mark.parametrize(("known", "one", "other"), SAME)
def test_values_that_say_the_same_are_the_same(known: Any, one: Any, other: Any) -> None:
    assert same(known, one, other)
    assert same(known, other, one)


@pytest.mark.parametrize(("known", "one", "other"), DIFFERENT)
def test_values_that_differ_are_different(known: Any, one: Any, other: Any) -> None:
    assert not same(known, one, other)
    assert not same(known, other, one)


texts = st.text("abc:*/", min_size=1, max_size=4)
documents = st.recursive(
    texts | st.booleans(),
    lambda inner: st.lists(inner, min_size=2, max_size=3) | st.dictionaries(texts, inner, min_size=1, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(texts, documents, min_size=1), st.randoms())
def test_rewriting_a_policy_in_another_order_says_the_same(policy: Props, random: Any) -> None:
    assert same(POLICY, json.dumps(policy), json.dumps(rewritten(policy, random)))


@given(st.dictionaries(texts, documents, min_size=1), texts)
def test_changing_a_member_of_a_policy_is_seen(policy: Props, text: str) -> None:
    changed = {**policy, next(iter(policy)): f"{text}!"}
    assert not same(POLICY, json.dumps(policy), json.dumps(changed))


def rewritten(value: Any, random: Any) -> Any:
    if isinstance(value, dict):
        names = list(as_map(value))
        random.shuffle(names)
        return {name: rewritten(value[name], random) for name in names}
    if isinstance(value, list):
        items = [rewritten(item, random) for item in as_list(value)]
        random.shuffle(items)
        return items
    return [value] if random.random() < 0.5 else value


def test_every_kind_of_comparison_is_in_use() -> None:
    used = {known.compare for kind in TYPES.values() for known in kind.properties.values()}
    assert used == set(Compare)


def test_the_innermost_path_is_named() -> None:
    kind = TYPES["aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"]
    old: Props = {"bucket": "b", "rules": [{"id": "a", "expiration": {"days": 1}}, {"id": "b"}]}
    new: Props = {"bucket": "b", "rules": [{"id": "a", "expiration": {"days": 2}}, {"id": "b", "prefix": "x"}]}
    assert compare(kind, old, new).paths == {"rules[0].expiration.days": "update", "rules[1].prefix": "add"}


def test_tags_with_odd_keys_have_paths_that_can_be_read() -> None:
    kind = TYPES["aws:ec2/eip:Eip"]
    found = compare(kind, {"tags": {"a:b": "1", "c": "2"}}, {"tags": {"a:b": "2"}})
    assert found.paths == {'tags["a:b"]': "update", "tags.c": "delete"}


@pytest.mark.parametrize("ignored", ["tags", "tags.site"])
def test_ignored_paths_are_no_change(ignored: str) -> None:
    kind = TYPES["aws:ec2/eip:Eip"]
    old, new = {"tags": {"site": "dublin"}}, {"tags": {"site": "hamar"}}
    assert compare(kind, old, new, (ignored,)).changed == set()
    assert compare(kind, old, new, ("tags.sit",)).changed == {"tags"}


def test_an_unknown_value_of_a_replacing_property_replaces() -> None:
    kind = TYPES["aws:ec2/subnet:Subnet"]
    assert compare(kind, {"vpcId": "vpc-1"}, {"vpcId": UNKNOWN}).replaces == ("vpcId",)


def test_what_is_left_to_aws_is_no_change_and_a_default_is_one() -> None:
    key = TYPES["aws:kms/key:Key"]
    assert compare(key, {"policy": "{}", "multiRegion": True}, {}).changed == set()
    assert compare(key, {"enableKeyRotation": True}, {}).changed == {"enableKeyRotation"}
    assert compare(key, {}, {"enableKeyRotation": False}).changed == set()


@pytest.mark.parametrize(
    ("token", "old", "new", "first"),
    [
        ("aws:networkfirewall/ruleGroup:RuleGroup", {"name": "a", "capacity": 1}, {"name": "a", "capacity": 2}, True),
        ("aws:networkfirewall/ruleGroup:RuleGroup", {"name": "a"}, {"name": "b"}, False),
        (
            "aws:networkfirewall/ruleGroup:RuleGroup",
            {"name": "a", "capacity": 1},
            {"name": "a", "capacity": 2, "__defaults": ["name"]},
            False,
        ),
        ("aws:ec2/subnet:Subnet", {"cidrBlock": "a"}, {"cidrBlock": "b"}, False),
        ("aws:s3/bucketPolicy:BucketPolicy", {"bucket": "a"}, {"bucket": "b"}, False),
        ("aws:s3/bucket:Bucket", {"bucket": "a"}, {"bucket": "a", "objectLockEnabled": True}, True),
    ],
)
def test_the_old_thing_goes_first_where_both_would_have_one_name(
    token: str, old: Props, new: Props, *, first: bool
) -> None:
    found = compare(TYPES[token], old, new)
    assert found.replaces
    assert found.deletes_first is first

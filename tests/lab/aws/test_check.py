"""What Check refuses, where it says so, and what it fills in."""

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clover.lab.aws.check import check
from clover.lab.aws.difference import compare
from clover.lab.aws.model import ResourceType, resource_types
from clover.lab.aws.settings import Credentials, Settings
from clover.lab.provider.naming import Naming
from clover.lab.provider.wire import UNKNOWN, Props, Secrets, has_unknown
from tests.lab.aws.world import policy
from tests.lab.provider.engine import Engine, Failed, Resource

KEY, ALIAS = "aws:kms/key:Key", "aws:kms/alias:Alias"
BUCKET, BUCKET_POLICY = "aws:s3/bucket:Bucket", "aws:s3/bucketPolicy:BucketPolicy"
VERSIONING, LOCK = (
    "aws:s3/bucketVersioning:BucketVersioning",
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
)
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
ROLE, ROLE_POLICY = "aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy"
VPC, SUBNET, ROUTE, GROUP = (
    "aws:ec2/vpc:Vpc",
    "aws:ec2/subnet:Subnet",
    "aws:ec2/route:Route",
    "aws:ec2/securityGroup:SecurityGroup",
)
ENDPOINT, FLOW_LOG = "aws:ec2/vpcEndpoint:VpcEndpoint", "aws:ec2/flowLog:FlowLog"
TRAIL, RULES = "aws:cloudtrail/trail:Trail", "aws:networkfirewall/ruleGroup:RuleGroup"
DOMAINS = "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList"
DNS = "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation"
TRUST = policy({"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"})
LONG = policy({"Effect": "Allow", "Action": ["s3:" + "x" * 60] * 400, "Resource": "*"})

SETTINGS = Settings("eu-west-1", Credentials("a", "b"), "http://127.0.0.1:1")
REFUSED: list[tuple[str, Props, str]] = [
    (BUCKET, {"bukcet": "a"}, "bukcet: there is no property bukcet; did you mean bucket?"),
    (BUCKET, {"bucket": "Clover"}, "bucket: must be 3 to 63 lowercase letters"),
    (BUCKET, {"bucket": "ab"}, "bucket: needs at least 3 characters"),
    (BUCKET, {"bucket": "a" * 64}, "bucket: has 64 characters; at most 63 are allowed"),
    (BUCKET, {"bucket": "192.168.0.1"}, "no IP address"),
    (BUCKET, {"bucket": "a..b"}, "bucket: must be"),
    (BUCKET, {"bucket": "abc-s3alias"}, "bucket: must be"),
    (BUCKET, {"bucket": "abc\n"}, "bucket: must be"),
    (BUCKET, {"bucket": "abc", "bucketPrefix": "ab"}, "bucket: conflicts with bucketPrefix"),
    (BUCKET, {"acl": "public-read"}, "acl: the lab does not serve acl of aws:s3/bucket:Bucket: inline form"),
    (BUCKET, {"tags": {"aws:a": "b"}}, "tags['aws:a']: keys that begin with aws: are AWS's own"),
    (BUCKET, {"tags": {"k": "v" * 257}}, "tags['k']: a tag's value has at most 256 characters"),
    (BUCKET, {"tags": {f"k{number}": "v" for number in range(51)}}, "tags: has 51 tags; AWS takes at most 50"),
    (BUCKET, {"tags": ["a"]}, "tags: must be a map, is a list"),
    (BUCKET, {"forceDestroy": "perhaps"}, "forceDestroy: must be true or false, is text"),
    (KEY, {"deletionWindowInDays": 6}, "deletionWindowInDays: must be from 7 to 30"),
    (KEY, {"deletionWindowInDays": 31}, "deletionWindowInDays: must be from 7 to 30"),
    (KEY, {"deletionWindowInDays": 7.5}, "deletionWindowInDays: must be a whole number, is a number"),
    (KEY, {"keyUsage": "ENCRYPT"}, "keyUsage: must be one of SIGN_VERIFY, ENCRYPT_DECRYPT"),
    (KEY, {"policy": "{"}, "policy: the policy is no JSON"),
    (KEY, {"policy": "[]"}, "policy: the policy must be a JSON object"),
    (KEY, {"policy": '{"a": "' + "x" * 32768 + '"}'}, "policy: has 32777 bytes; at most 32768"),
    (KEY, {"region": "eu-wset-1"}, "region: 'eu-wset-1' is no region"),
    (KEY, {"region": "eu\N{NON-BREAKING HYPHEN}west-1"}, "is no region of the partition"),
    (KEY, {"region": "cn-north-1"}, "is no region of the partition of eu-west-1"),
    (ALIAS, {}, "targetKeyId: targetKeyId is required and missing"),
    (ALIAS, {"targetKeyId": "k", "name": "clover"}, "name: must be alias/ and then letters"),
    (ALIAS, {"targetKeyId": "k", "name": "alias/aws/s3"}, "not alias/aws/"),
    (BUCKET_POLICY, {"bucket": "b", "policy": LONG}, "bytes; at most 20480 are allowed"),
    (BUCKET_POLICY, {"bucket": "b", "policy": "deny all"}, "policy: the policy is no JSON"),
    (
        VERSIONING,
        {"bucket": "b", "versioningConfiguration": {"status": "On"}},
        "versioningConfiguration.status: must be",
    ),
    (VERSIONING, {"bucket": "b", "versioningConfiguration": {}}, "versioningConfiguration.status: status is required"),
    (
        VERSIONING,
        {"bucket": "b", "versioningConfiguration": {"stat": "x", "status": "Enabled"}},
        "did you mean status?",
    ),
    (LOCK, {"bucket": "b", "rule": {"defaultRetention": {"days": 1, "years": 1}}}, "give exactly one of days, years"),
    (LOCK, {"bucket": "b", "rule": {"defaultRetention": {"days": 0}}}, "rule.defaultRetention.days: must be from 1"),
    (LOCK, {"bucket": "b", "rule": {"defaultRetention": {"days": 1, "mode": "SOFT"}}}, "GOVERNANCE, COMPLIANCE"),
    (LIFECYCLE, {"bucket": "b", "rules": []}, "rules: needs at least 1 entry"),
    (LIFECYCLE, {"bucket": "b", "rules": [{"id": "a", "status": "on"}]}, "rules[0].status: must be one of"),
    (ROLE, {}, "assumeRolePolicy: assumeRolePolicy is required and missing"),
    (ROLE, {"assumeRolePolicy": TRUST, "name": "a" * 65}, "name: has 65 characters; at most 64"),
    (ROLE, {"assumeRolePolicy": TRUST, "name": "a b"}, "name: must be letters, digits and _+=,.@-"),
    (ROLE, {"assumeRolePolicy": TRUST, "maxSessionDuration": 60}, "maxSessionDuration: must be from 3600 to 43200"),
    (ROLE, {"assumeRolePolicy": LONG}, "characters without white space; at most 2048"),
    (ROLE, {"assumeRolePolicy": TRUST, "path": "clover"}, "path: must be / or a path"),
    (ROLE, {"assumeRolePolicy": {"Statement": [{"Effect": "Allow"}]}}, "assumeRolePolicy.Version: Version is required"),
    (ROLE_POLICY, {"role": "r", "policy": LONG}, "at most 10240 are allowed"),
    (VPC, {}, "cidrBlock: cidrBlock is required and missing"),
    (VPC, {"cidrBlock": "10.0.0.0/8"}, "cidrBlock: must be between /16 and /28"),
    (VPC, {"cidrBlock": "10.0.0.1/16"}, "without host bits"),
    (VPC, {"cidrBlock": "fd00::/48"}, "must be an IPv4 range"),
    (VPC, {"cidrBlock": "10.0.0.0/16", "assignGeneratedIpv6CidrBlock": True}, "the lab's networks are IPv4"),
    (SUBNET, {"vpcId": 3, "cidrBlock": "10.0.0.0/30"}, "cidrBlock: must be between /16 and /28"),
    (ROUTE, {"routeTableId": "r", "destinationCidrBlock": "0.0.0.0/0"}, "give exactly one of egressOnlyGatewayId"),
    (ROUTE, {"routeTableId": "r", "gatewayId": "i"}, "give exactly one of destinationCidrBlock"),
    (GROUP, {"ingress": [None]}, "ingress[0]: is null; leave it out"),
    (GROUP, {"name": "sg-1"}, "not beginning with sg-"),
    (GROUP, {"ingress": [{"protocol": "tcp", "fromPort": 0}]}, "ingress[0].toPort: toPort is required and missing"),
    (GROUP, {"ingress": [{"protocol": "tcp", "fromPort": 1, "toPort": 70000}]}, "ingress[0].toPort: must be from -1"),
    (
        GROUP,
        {"egress": [{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["10.0.0.300/8"]}]},
        "cidrBlocks[0]",
    ),
    (GROUP, {"egress": {"protocol": "-1"}}, "egress: must be a list, is a map"),
    (ENDPOINT, {"vpcId": "v"}, "serviceName: serviceName is required"),
    (ENDPOINT, {"vpcId": "v", "serviceName": "s", "vpcEndpointType": "Tunnel"}, "vpcEndpointType: must be one of"),
    (FLOW_LOG, {"trafficType": "ALL"}, "give exactly one of vpcId, subnetId, eniId: none is given"),
    (FLOW_LOG, {"trafficType": "ALL", "vpcId": "v", "maxAggregationInterval": 90}, "must be one of 60, 600"),
    (TRAIL, {"s3BucketName": "b", "name": "ab"}, "name: needs at least 3 characters"),
    (RULES, {"capacity": 0, "type": "STATEFUL", "rules": "x"}, "capacity: must be from 1 to 30000"),
    (RULES, {"capacity": 1, "type": "STATEFUL"}, "give exactly one of ruleGroup, rules: none is given"),
    (
        RULES,
        {"capacity": 1, "type": "STATEFUL", "ruleGroup": {"rulesSource": {}}},
        "ruleGroup.rulesSource: give exactly",
    ),
    (DOMAINS, {"name": "12345"}, "not digits alone"),
    (DOMAINS, {"domains": ["a b.example"]}, "domains[0]: must be a domain name"),
    (DNS, {"firewallRuleGroupId": "g", "vpcId": "v", "priority": 100}, "priority: must be from 101 to 9899"),
]


@pytest.mark.parametrize(("token", "inputs", "said"), REFUSED, ids=lambda value: str(value)[:60])
def test_bad_inputs_are_refused_with_their_path(engine: Engine, token: str, inputs: Props, said: str) -> None:
    with pytest.raises(Failed) as failure:
        engine.check(Resource(token, "case"), inputs)
    assert said in str(failure.value)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(UNKNOWN),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
rubbish = st.sampled_from(list(resource_types().values())).flatmap(
    lambda kind: st.tuples(
        st.just(kind), st.dictionaries(st.sampled_from([*kind.properties, "naem"]), values, max_size=6)
    )
)


@given(rubbish)
@settings(max_examples=400)
def test_whatever_comes_in_is_answered(case: tuple[ResourceType, Props]) -> None:
    kind, inputs = case
    checked = check(kind, SETTINGS, inputs, {}, Naming("case", b"seed"))
    assert all(isinstance(path, str) and reason for path, reason in checked.problems)
    if not checked.problems:
        assert has_unknown(checked.inputs) or not compare(kind, checked.inputs, checked.inputs).changed


def test_an_unknown_type_is_refused_by_name_with_what_is_served(engine: Engine) -> None:
    with pytest.raises(Failed) as failure:
        engine.check(Resource("aws:ec2/instance:Instance", "case"), {})
    assert "does not serve aws:ec2/instance:Instance" in str(failure.value)
    assert "it serves aws:cloudtrail/trail:Trail, aws:cloudwatch/" in str(failure.value)


def test_all_problems_are_told_at_once(engine: Engine) -> None:
    with pytest.raises(Failed) as failure:
        engine.check(Resource(ROLE, "case"), {"naem": "x", "maxSessionDuration": [], "tags": "x"})
    assert len(str(failure.value).splitlines()) == 4


def test_unknown_values_are_left_unchecked(engine: Engine) -> None:
    inputs: Props = {"bucket": UNKNOWN, "policy": UNKNOWN}
    checked, _ = engine.check(Resource(BUCKET_POLICY, "case"), inputs)
    assert checked["bucket"] is UNKNOWN
    assert checked["policy"] is UNKNOWN


def test_a_policy_given_as_a_map_becomes_text_and_stays_unknown_with_one_unknown_leaf(engine: Engine) -> None:
    statement: Props = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::444455556666:root"},
        "Action": "sts:AssumeRole",
    }
    document: Props = {"Version": "2012-10-17", "Statement": [statement]}
    checked, _ = engine.check(Resource(ROLE, "case"), {"assumeRolePolicy": document})
    assert json.loads(checked["assumeRolePolicy"]) == document
    assert checked["assumeRolePolicy"].startswith('{"Statement":[{"Action":'), (
        "members in one order, whatever the wire's"
    )
    statement["Principal"]["AWS"] = UNKNOWN
    checked, _ = engine.check(Resource(ROLE, "case"), {"assumeRolePolicy": document})
    assert checked["assumeRolePolicy"] is UNKNOWN


def test_text_that_spells_a_number_or_a_truth_is_taken_for_it(engine: Engine) -> None:
    checked, _ = engine.check(Resource(KEY, "case"), {"deletionWindowInDays": "7", "enableKeyRotation": "true"})
    assert (checked["deletionWindowInDays"], checked["enableKeyRotation"]) == (7, True)


def test_defaults_region_and_tags_are_filled_in(engine: Engine) -> None:
    checked, _ = engine.check(Resource(KEY, "case"), {"tags": {"a": "b"}})
    assert (checked["isEnabled"], checked["region"], checked["tagsAll"]) == (True, "eu-west-1", {"a": "b"})
    assert "isEnabled" in checked["__defaults"]
    assert "region" not in checked["__defaults"]


def test_a_region_of_the_resource_goes_before_the_providers(engine: Engine) -> None:
    assert engine.check(Resource(KEY, "case"), {"region": "eu-west-2"})[0]["region"] == "eu-west-2"


def test_roles_have_no_region(engine: Engine) -> None:
    assert "region" not in engine.check(Resource(ROLE, "case"), {"assumeRolePolicy": TRUST})[0]


@pytest.mark.parametrize(
    ("token", "inputs", "named", "shape"),
    [
        (BUCKET, {}, "bucket", r"clover-store-[0-9a-f]{7}"),
        (ALIAS, {"targetKeyId": "k"}, "name", r"alias/Clover-Store-[0-9a-f]{7}"),
        (ROLE, {"assumeRolePolicy": TRUST, "namePrefix": "auditor-"}, "name", r"auditor-[0-9a-f]{26}"),
    ],
)
def test_a_nameless_thing_is_named_after_the_resource(
    engine: Engine, token: str, inputs: Props, named: str, shape: str
) -> None:
    first, _ = engine.check(Resource(token, "Clover-Store"), inputs)
    again, _ = engine.check(Resource(token, "Clover-Store"), inputs)
    assert re.fullmatch(shape, first[named])
    assert first[named] == again[named], "the engine's seed decides"
    assert named in first["__defaults"]


def test_a_name_that_was_made_up_once_is_kept(engine: Engine) -> None:
    old, _ = engine.check(Resource(BUCKET, "store"), {})
    renamed = Resource(BUCKET, "renamed", inputs=old)
    assert engine.check(renamed, {})[0]["bucket"] == old["bucket"]


@pytest.mark.parametrize(
    ("naming", "name"),
    [({"proposed_name": "from-engine"}, "from-engine"), ({"proposed_name": "exact", "mode": 1}, "exact")],
)
def test_the_engines_naming_is_followed(engine: Engine, naming: dict[str, Any], name: str) -> None:
    assert engine.check(Resource(BUCKET, "store"), {}, **naming)[0]["bucket"] == name


def test_disabled_naming_asks_for_a_name(engine: Engine) -> None:
    with pytest.raises(Failed, match="bucket: automatic naming is disabled, and bucket is not given"):
        engine.check(Resource(BUCKET, "store"), {}, mode=2)


def test_secrets_stay_secret_where_they_are(engine: Engine) -> None:
    secrets = Secrets(frozenset({("tags", "owner")}))
    checked, found = engine.check(Resource(BUCKET, "store"), {"tags": {"owner": "x", "site": "y"}}, secrets)
    assert checked["tags"] == {"owner": "x", "site": "y"}
    assert found.paths == {("tags", "owner"), ("tagsAll", "owner")}


def test_a_refusal_does_not_repeat_a_secret(engine: Engine) -> None:
    with pytest.raises(Failed) as failure:
        engine.check(
            Resource(KEY, "k"), {"deletionWindowInDays": "canary-1234"}, Secrets(frozenset({("deletionWindowInDays",)}))
        )
    assert "canary" not in str(failure.value)

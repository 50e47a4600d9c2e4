"""What exists before what: read from the dependency graph, as the engine orders and deletes by it."""

import pytest

from tests.recorder import UNKNOWN, Registration, World

STORES = ["logs", "profiles", "drafts"]


def bucket(world: World, store: str) -> Registration:
    return world.one("aws:s3/bucket:Bucket", f"{store}-bucket")


@pytest.mark.parametrize("store", ["profiles", "drafts"])
def test_no_store_of_user_data_exists_before_what_guards_it(world: World, store: str) -> None:
    before = world.before(bucket(world, store).urn)
    guards = [
        world.one("aws:kms/key:Key", "user-data-key"),
        world.one("aws:cloudtrail/trail:Trail"),
        *world.all("aws:ec2/vpcEndpoint:VpcEndpoint"),
        *world.below(world.one("clover-aws:index:RegionLockedStore", "logs").urn),
    ]
    assert len(guards) == 11
    assert {guard.name for guard in guards if guard.urn not in before} == set()


@pytest.mark.parametrize("store", STORES)
def test_public_access_block_and_policy_come_right_after_the_bucket(world: World, store: str) -> None:
    block = world.one("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", f"{store}-public-access")
    policy = world.one("aws:s3/bucketPolicy:BucketPolicy", f"{store}-policy")
    assert bucket(world, store).urn in block.dependencies
    assert block.urn in policy.dependencies
    siblings = world.below(bucket(world, store).parent)
    later = [found for found in siblings if found.urn not in {bucket(world, store).urn, block.urn, policy.urn}]
    assert len(later) >= 3
    assert [found.name for found in later if policy.urn not in world.before(found.urn)] == []


def test_whoever_is_handed_the_evidence_store_waits_for_all_of_it(world: World) -> None:
    parts = {found.urn for found in world.below(world.one("clover-aws:index:RegionLockedStore", "logs").urn)}
    takers = {
        "aws:cloudtrail/trail:Trail": "s3BucketName",
        "aws:ec2/flowLog:FlowLog": "logDestination",
        "aws:networkfirewall/loggingConfiguration:LoggingConfiguration": "loggingConfiguration",
        "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig": "destinationArn",
    }
    assert len(parts) == 7
    for type_, taken in takers.items():
        assert parts <= set(world.one(type_).property_dependencies[taken]), type_


def test_nothing_leaves_the_network_before_it_is_filtered_and_logged(world: World) -> None:
    filters = [
        world.one("aws:networkfirewall/loggingConfiguration:LoggingConfiguration"),
        world.one("aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation"),
        world.one("aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation"),
        world.one("aws:ec2/flowLog:FlowLog"),
    ]
    for zone in "ab":
        route = world.one("aws:ec2/route:Route", f"egress-{zone}-workload-out")
        assert {needed.urn for needed in filters} <= world.before(route.urn)


def test_the_resolver_is_closed_when_the_filter_is_attached(world: World) -> None:
    association = world.one("aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation")
    rules = world.all("aws:route53/resolverFirewallRule:ResolverFirewallRule")
    closed = world.one("aws:route53/resolverFirewallConfig:ResolverFirewallConfig")
    assert {closed.urn, *(rule.urn for rule in rules)} <= world.before(association.urn)


def test_the_lock_follows_the_versioning_that_it_needs(world: World) -> None:
    lock = world.one("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration", "logs-lock")
    assert world.one("aws:s3/bucketVersioning:BucketVersioning", "logs-versioning").urn in lock.dependencies


def test_the_auditor_is_denied_before_being_allowed(world: World) -> None:
    for kind in ("person", "machine"):
        denials = world.one("aws:iam/rolePolicy:RolePolicy", f"auditor-{kind}-denials")
        reads = world.one("aws:iam/rolePolicy:RolePolicy", f"auditor-{kind}-reads")
        assert denials.urn in reads.dependencies


def test_a_first_preview_knows_every_name_and_every_policy_without_another_resources_id(first_preview: World) -> None:
    known = {
        "aws:kms/key:Key": "policy",
        "aws:iam/role:Role": "assumeRolePolicy",
        "aws:iam/rolePolicy:RolePolicy": "policy",
        "aws:ec2/vpcEndpoint:VpcEndpoint": "policy",
        "aws:s3/bucket:Bucket": "bucket",
        "aws:cloudtrail/trail:Trail": "s3BucketName",
        "aws:ec2/flowLog:FlowLog": "logDestination",
        "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig": "destinationArn",
    }
    for type_, key in known.items():
        found = first_preview.all(type_)
        assert found, type_
        assert [one.name for one in found if one.inputs[key] == UNKNOWN] == []


def test_a_first_preview_leaves_only_these_policies_open(first_preview: World) -> None:
    unknown = {found.name for found in first_preview.all() if found.inputs.get("policy") == UNKNOWN}
    assert unknown == {"logs-policy", "profiles-policy", "drafts-policy"}

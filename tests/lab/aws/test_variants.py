"""Ways of using a type that the first case of each does not take."""

from typing import Any

import pytest

from clover.lab.provider.wire import Props
from tests.lab.aws.world import World, policy
from tests.lab.provider.engine import Failed, Resource

READ = policy({"Effect": "Allow", "Action": "s3:List*", "Resource": "*"})


def quiet(world: World, resource: Resource, inputs: Props) -> None:
    assert world.engine.plan(resource, inputs).detailed == {}
    refreshed = world.engine.refresh(resource)
    assert refreshed is not None
    assert (refreshed.inputs, refreshed.outputs) == (resource.inputs, resource.outputs)


def managed(world: World, stem: str) -> str:
    name = world.name(stem)
    return world.aws("iam").create_policy(PolicyName=name, PolicyDocument=READ)["Policy"]["Arn"]


def attached(world: World, role: Resource) -> set[str]:
    found = world.aws("iam").list_attached_role_policies(RoleName=role.id)["AttachedPolicies"]
    return {entry["PolicyArn"] for entry in found}


def test_managed_policies_and_the_boundary_of_a_role_follow_the_program(world: World) -> None:
    token, one, two = "aws:iam/role:Role", managed(world, "one"), managed(world, "two")
    inputs: Props = {
        "name": world.name("role"),
        "assumeRolePolicy": world.trust(),
        "managedPolicyArns": [one],
        "permissionsBoundary": two,
    }
    role = world.engine.create(token, "role", inputs)
    assert attached(world, role) == {one}
    quiet(world, role, inputs)
    without = {name: value for name, value in inputs.items() if name != "permissionsBoundary"}
    changed: Props = {**without, "managedPolicyArns": [two]}
    updated = world.engine.update(role, changed)
    assert attached(world, role) == {two}
    assert "PermissionsBoundary" not in world.aws("iam").get_role(RoleName=role.id)["Role"]
    quiet(world, updated, changed)
    world.engine.delete(updated)
    assert world.engine.refresh(updated) is None


def test_a_role_with_policies_of_others_goes_only_when_forced(world: World) -> None:
    inputs: Props = {"name": world.name("role"), "assumeRolePolicy": world.trust()}
    role = world.engine.create("aws:iam/role:Role", "role", inputs)
    world.aws("iam").attach_role_policy(RoleName=role.id, PolicyArn=managed(world, "foreign"))
    world.aws("iam").put_role_policy(RoleName=role.id, PolicyName="foreign", PolicyDocument=READ)
    with pytest.raises(Failed, match=r"deleting aws:iam/role:Role role: iam\.DeleteRole answered DeleteConflict"):
        world.engine.delete(role, timeout=1)
    forced = world.engine.update(role, {**inputs, "forceDetachPolicies": True})
    world.engine.delete(forced)
    assert world.engine.refresh(forced) is None


def test_a_role_may_have_an_at_sign_in_its_name(world: World) -> None:
    inputs: Props = {"name": world.name("person@example.eu-west-1"), "assumeRolePolicy": world.trust()}
    role = world.engine.create("aws:iam/role:Role", "role", inputs)
    imported = world.engine.import_("aws:iam/role:Role", role.id)
    assert imported is not None
    assert imported.id == role.id


def test_an_adopted_thing_loses_tags_that_were_not_declared(world: World) -> None:
    group = world.vpc["defaultSecurityGroupId"]
    world.aws("ec2").create_tags(Resources=[group], Tags=[{"Key": "old", "Value": "x"}])
    inputs: Props = {"vpcId": world.vpc.id, "ingress": [], "egress": [], "tags": {"new": "y"}}
    adopted = world.engine.create("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "default", inputs)
    (found,) = world.aws("ec2").describe_security_groups(GroupIds=[group])["SecurityGroups"]
    assert found["Tags"] == [{"Key": "new", "Value": "y"}]
    quiet(world, adopted, inputs)


def test_an_alias_may_name_its_key_by_arn(world: World) -> None:
    inputs: Props = {"name": world.name("alias/arn"), "targetKeyId": world.key["arn"]}
    alias = world.engine.create("aws:kms/alias:Alias", "alias", inputs)
    assert alias["targetKeyArn"] == world.key["arn"]
    quiet(world, alias, inputs)
    assert not world.engine.plan(alias, {**inputs, "targetKeyId": world.key["keyId"]}).changes


def test_an_asymmetric_key_has_no_rotation(world: World) -> None:
    inputs: Props = {"customerMasterKeySpec": "RSA_2048", "keyUsage": "SIGN_VERIFY"}
    key = world.engine.create("aws:kms/key:Key", "signing", inputs)
    assert key["enableKeyRotation"] is False
    quiet(world, key, inputs)


def test_a_key_scheduled_for_deletion_behind_the_back_is_gone(world: World) -> None:
    world.aws("kms").schedule_key_deletion(KeyId=world.key.id, PendingWindowInDays=30)
    assert world.engine.refresh(world.key) is None
    world.engine.delete(world.key)


def test_a_moved_association_is_found_under_its_new_id(world: World) -> None:
    token = "aws:ec2/routeTableAssociation:RouteTableAssociation"
    inputs: Props = {"subnetId": world.subnet.id, "routeTableId": world.table.id}
    association = world.engine.create(token, "association", inputs)
    moved = world.engine.update(association, {**inputs, "routeTableId": world.other_table.id})
    assert moved.id == association.id
    refreshed = world.engine.refresh(moved)
    assert refreshed is not None
    filters = [{"Name": "association.subnet-id", "Values": [world.subnet.id]}]
    (table,) = world.aws("ec2").describe_route_tables(Filters=filters)["RouteTables"]
    assert refreshed.id in {entry["RouteTableAssociationId"] for entry in table["Associations"]}
    world.engine.delete(moved)
    assert world.engine.refresh(moved) is None


def test_a_route_through_a_firewall_endpoint_is_quiet(world: World) -> None:
    endpoint = world.firewall["firewallStatuses"][0]["syncStates"][0]["attachments"][0]["endpointId"]
    inputs: Props = {
        "routeTableId": world.table.id,
        "destinationCidrBlock": "0.0.0.0/0",
        "vpcEndpointId": endpoint,
    }
    route = world.engine.create("aws:ec2/route:Route", "route", inputs)
    (found,) = [
        entry
        for entry in world.aws("ec2").describe_route_tables(RouteTableIds=[world.table.id])["RouteTables"][0]["Routes"]
        if entry.get("DestinationCidrBlock") == "0.0.0.0/0"
    ]
    assert endpoint in found.values()
    quiet(world, route, inputs)


def test_a_gateway_endpoint_writes_its_own_routes_and_default_tables_leave_them_alone(world: World) -> None:
    inputs: Props = {
        "vpcId": world.vpc.id,
        "serviceName": "com.amazonaws.eu-west-1.s3",
        "routeTableIds": [world.vpc["defaultRouteTableId"]],
    }
    endpoint = world.engine.create("aws:ec2/vpcEndpoint:VpcEndpoint", "s3", inputs)
    assert endpoint["prefixListId"].startswith("pl-")
    quiet(world, endpoint, inputs)
    adopted: Props = {"defaultRouteTableId": world.vpc["defaultRouteTableId"], "routes": []}
    table = world.engine.create("aws:ec2/defaultRouteTable:DefaultRouteTable", "default", adopted)
    quiet(world, table, adopted)
    wanted: Props = {**inputs, "routeTableIds": [world.table.id]}
    quiet(world, world.engine.update(endpoint, wanted), wanted)


def test_an_adopted_route_table_loses_what_it_had(world: World) -> None:
    table = world.vpc["defaultRouteTableId"]
    world.aws("ec2").create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=world.gateway.id)
    world.engine.create(
        "aws:ec2/defaultRouteTable:DefaultRouteTable", "d", {"defaultRouteTableId": table, "routes": []}
    )
    (found,) = world.aws("ec2").describe_route_tables(RouteTableIds=[table])["RouteTables"]
    assert [route.get("GatewayId") for route in found["Routes"]] == ["local"]


def test_rules_between_groups_and_to_themselves_are_quiet(world: World) -> None:
    rules: list[Any] = [
        {"protocol": "tcp", "fromPort": 443, "toPort": 443, "self": True, "securityGroups": [world.other_group.id]},
        {"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["10.20.0.0/16"], "ipv6CidrBlocks": []},
    ]
    inputs: Props = {"vpcId": world.vpc.id, "ingress": rules, "egress": list(reversed(rules))}
    group = world.engine.create("aws:ec2/securityGroup:SecurityGroup", "between", inputs)
    quiet(world, group, inputs)
    assert not world.engine.plan(group, {**inputs, "ingress": list(reversed(rules))}).changes


def test_a_group_that_others_name_goes_when_its_rules_are_revoked(world: World) -> None:
    inputs: Props = {"vpcId": world.vpc.id, "revokeRulesOnDelete": True}
    rule = {"protocol": "tcp", "fromPort": 1, "toPort": 1, "self": True}
    group = world.engine.create("aws:ec2/securityGroup:SecurityGroup", "own", {**inputs, "ingress": [rule]})
    world.engine.delete(group)
    assert world.engine.refresh(group) is None


def test_a_network_in_use_is_kept_and_says_why(world: World) -> None:
    assert world.subnet["vpcId"] == world.vpc.id
    with pytest.raises(Failed, match=r"ec2\.DeleteVpc answered DependencyViolation"):
        world.engine.delete(world.vpc, timeout=1)
    assert world.engine.refresh(world.vpc) == world.vpc


@pytest.mark.parametrize("more", [{"eniId": "x"}, {"subnetId": "y"}])
def test_a_flow_log_watches_one_thing(world: World, more: Props) -> None:
    inputs: Props = {"vpcId": "vpc-1", "trafficType": "ALL", "logDestination": "arn:aws:s3:::b", **more}
    with pytest.raises(Failed, match="give exactly one of vpcId, subnetId, eniId: vpcId and"):
        world.engine.check(Resource("aws:ec2/flowLog:FlowLog", "log"), inputs)


def test_rules_given_as_text_are_kept_as_text_and_their_drift_is_seen(world: World) -> None:
    token = "aws:networkfirewall/ruleGroup:RuleGroup"
    text = 'drop tls any any -> any any (msg:"no"; sid:1; rev:1;)'
    inputs: Props = {"name": world.name("text"), "type": "STATEFUL", "capacity": 10, "rules": text}
    group = world.engine.create(token, "text", inputs)
    quiet(world, group, inputs)
    firewall = world.aws("network-firewall")
    found = firewall.describe_rule_group(RuleGroupArn=group.id)
    assert found["RuleGroup"]["RulesSource"]["RulesString"] == text
    firewall.update_rule_group(
        UpdateToken=found["UpdateToken"], RuleGroupArn=group.id, Rules=text.replace("drop", "pass")
    )
    drifted = world.engine.refresh(group)
    assert drifted is not None
    assert world.engine.plan(drifted, inputs).detailed == {"rules": "UPDATE"}
    repaired = world.engine.update(drifted, inputs)
    quiet(world, repaired, inputs)


def test_a_log_that_changes_its_kind_of_destination_is_moved(world: World) -> None:
    token = "aws:networkfirewall/loggingConfiguration:LoggingConfiguration"
    arn = world.firewall["arn"]

    def to(kind: str, **destination: str) -> Props:
        entry = {"logType": "ALERT", "logDestinationType": kind, "logDestination": destination}
        return {"firewallArn": arn, "loggingConfiguration": {"logDestinationConfigs": [entry]}}

    world.aws("logs").create_log_group(logGroupName=world.name("/firewall"))
    first, second = to("S3", bucketName=world.bucket.id), to("CloudWatchLogs", logGroup=world.name("/firewall"))
    logs = world.engine.create(token, "logs", first)
    moved = world.engine.update(logs, second)
    quiet(world, moved, second)
    world.engine.delete(moved)
    found = world.aws("network-firewall").describe_logging_configuration(FirewallArn=arn)
    assert found["LoggingConfiguration"].get("LogDestinationConfigs", []) == []


def test_a_domain_list_can_be_emptied(world: World) -> None:
    token = "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList"
    inputs: Props = {"name": world.name("emptied"), "domains": ["example.com."]}
    domains = world.engine.create(token, "domains", inputs)
    quiet(world, domains, inputs)
    emptied = world.engine.update(domains, {"name": world.name("emptied")})
    assert world.aws("route53resolver").list_firewall_domains(FirewallDomainListId=domains.id)["Domains"] == []
    quiet(world, emptied, {"name": world.name("emptied")})


def test_a_trail_with_plain_selectors_and_insights_goes_back_to_the_usual_ones(world: World) -> None:
    token = "aws:cloudtrail/trail:Trail"
    usual: Props = {"name": world.name("trail"), "s3BucketName": world.log_bucket.id}
    selector = {"readWriteType": "WriteOnly", "includeManagementEvents": True}
    more: Props = {"eventSelectors": [selector], "insightSelectors": [{"insightType": "ApiCallRateInsight"}]}
    trail = world.engine.create(token, "trail", {**usual, **more})
    quiet(world, trail, {**usual, **more})
    plain = world.engine.update(trail, usual)
    found = world.aws("cloudtrail").get_event_selectors(TrailName=trail.id)["EventSelectors"]
    assert [(entry["ReadWriteType"], entry["IncludeManagementEvents"]) for entry in found] == [("All", True)]
    quiet(world, plain, usual)


def test_a_store_never_versioned_can_be_declared_so(world: World) -> None:
    inputs: Props = {"bucket": world.bucket.id, "versioningConfiguration": {"status": "Disabled"}}
    setting = world.engine.create("aws:s3/bucketVersioning:BucketVersioning", "never", inputs)
    quiet(world, setting, inputs)
    world.engine.delete(setting)
    assert "Status" not in world.aws("s3").get_bucket_versioning(Bucket=world.bucket.id)


def test_a_setting_of_a_store_that_is_gone_is_gone(world: World) -> None:
    inputs: Props = {"bucket": world.bucket.id, "rule": {"objectOwnership": "BucketOwnerEnforced"}}
    setting = world.engine.create("aws:s3/bucketOwnershipControls:BucketOwnershipControls", "own", inputs)
    world.engine.delete(world.bucket)
    assert world.engine.refresh(setting) is None
    world.engine.delete(setting)


def test_a_block_of_public_access_may_be_left_behind(world: World) -> None:
    inputs: Props = {"bucket": world.bucket.id, "blockPublicAcls": True, "skipDestroy": True}
    block = world.engine.create("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "block", inputs)
    world.engine.delete(block)
    found = world.aws("s3").get_public_access_block(Bucket=world.bucket.id)["PublicAccessBlockConfiguration"]
    assert found["BlockPublicAcls"] is True

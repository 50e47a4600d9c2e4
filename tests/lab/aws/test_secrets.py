"""Secrets come back as secrets, in the same places, and appear nowhere else; unknown values stay unknown."""

import pytest

from clover.lab.cloud.client import Cloud
from clover.lab.provider.wire import UNKNOWN, Props, Secrets, decode, encode
from tests.lab.aws.world import World, policy
from tests.lab.provider.engine import PLAIN, Failed, Resource

CANARY = "canary-1f8e2"


def hidden(*paths: tuple[str | int, ...]) -> Secrets:
    return Secrets(frozenset(paths))


def assert_hidden(resource: Resource) -> None:
    """No plain text of the message holds the canary."""
    for props in (resource.outputs, resource.inputs):
        assert CANARY in str(props), "the value itself is there"
    wire = encode(resource.outputs, resource.secrets)
    for path in _plain_leaves(wire):
        assert CANARY not in path


def _plain_leaves(struct: object) -> list[str]:
    """Return every text of the message that is not inside a secret."""
    from google.protobuf import struct_pb2

    if isinstance(struct, struct_pb2.Struct):
        if "4dabf18193072939515e22adb298388d" in struct.fields:
            return []
        return [leaf for value in struct.fields.values() for leaf in _plain_leaves(value)]
    assert isinstance(struct, struct_pb2.Value)
    if struct.HasField("struct_value"):
        return _plain_leaves(struct.struct_value)
    if struct.HasField("list_value"):
        return [leaf for value in struct.list_value.values for leaf in _plain_leaves(value)]
    return [struct.string_value]


@pytest.mark.parametrize(
    ("token", "inputs", "where", "expected"),
    [
        (
            "aws:kms/key:Key",
            {"description": CANARY, "tags": {"owner": CANARY, "site": "dublin"}},
            hidden(("description",), ("tags", "owner")),
            {("description",), ("tags", "owner"), ("tagsAll", "owner")},
        ),
        (
            "aws:iam/role:Role",
            {
                "name": f"role-{CANARY}",
                "assumeRolePolicy": policy({"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}),
            },
            hidden(("name",)),
            {("name",), ("arn",), ("id",)},
        ),
        (
            "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList",
            {"name": "hidden", "domains": ["a.example", f"{CANARY}.example"]},
            hidden(("domains", 1)),
            {("domains",)},
        ),
    ],
)
def test_secrets_come_back_as_secrets_and_nowhere_else(
    world: World, token: str, inputs: Props, where: Secrets, expected: set[tuple[str, ...]]
) -> None:
    resource = world.engine.create(token, "hidden", inputs, where)
    assert resource.secrets.paths == expected
    assert_hidden(resource)
    refreshed = world.engine.refresh(resource)
    assert refreshed is not None
    assert refreshed.secrets.paths >= expected
    assert_hidden(refreshed)
    updated = world.engine.update(resource, inputs, where)
    assert updated.secrets.paths == expected
    world.engine.delete(resource)


def test_a_secret_stays_out_of_errors_and_of_the_provider_s_own_output(
    world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    inputs: Props = {"role": f"role-{CANARY}", "policy": policy({"Effect": "Allow", "Action": "*", "Resource": "*"})}
    with pytest.raises(Failed) as failure:
        world.engine.create("aws:iam/rolePolicy:RolePolicy", "hidden", inputs, hidden(("role",)), timeout=1)
    assert "iam.PutRolePolicy answered NoSuchEntity" in str(failure.value)
    assert "[secret]" in str(failure.value)
    captured = capfd.readouterr()
    assert CANARY not in str(failure.value) + captured.out + captured.err


def test_a_short_secret_inside_a_policy_makes_the_whole_policy_secret(world: World) -> None:
    statement: Props = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Sid": "abc"}
    inputs: Props = {"assumeRolePolicy": {"Version": "2012-10-17", "Statement": [statement]}}
    where = hidden(("assumeRolePolicy", "Statement", 0, "Sid"))
    checked, secrets = world.engine.check(Resource("aws:iam/role:Role", "role"), inputs, where)
    assert isinstance(checked["assumeRolePolicy"], str)
    assert secrets.paths == {("assumeRolePolicy",)}


def test_a_half_made_thing_keeps_its_secrets(world: World, no_faults: Cloud) -> None:
    no_faults.set_faults(
        [
            {
                "kind": "fail",
                "operation": "kms.EnableKeyRotation",
                "times": 1,
                "code": "AccessDeniedException",
                "status": 400,
            }
        ]
    )
    inputs: Props = {"description": CANARY, "enableKeyRotation": True}
    with pytest.raises(Failed) as failure:
        world.engine.create("aws:kms/key:Key", "hidden", inputs, hidden(("description",)))
    outputs, secrets = decode(failure.value.unfinished.properties)
    assert outputs["description"] == CANARY
    assert ("description",) in secrets.paths


def test_unknown_inputs_leave_unknown_outputs_in_a_preview(world: World) -> None:
    planned = world.engine.create("aws:kms/alias:Alias", "alias", {"targetKeyId": UNKNOWN}, preview=True)
    assert planned.id == ""
    assert planned.outputs["targetKeyId"] is UNKNOWN
    assert planned.outputs["targetKeyArn"] is UNKNOWN
    assert planned.outputs["arn"] is UNKNOWN
    assert planned.outputs["name"].startswith("alias/alias-")


def test_values_cross_the_wire_unchanged() -> None:
    props: Props = {"a": [1, 2.5, True, None, "x", UNKNOWN], "b": {"c": {}, "d": []}, "e": UNKNOWN}
    assert decode(encode(props, PLAIN))[0] == props
    secrets = hidden(("a", 4), ("b", "d"))
    found, paths = decode(encode(props, secrets))
    assert found == props
    assert paths.paths == secrets.paths


def test_an_output_value_counts_as_its_value_and_an_absent_one_as_unknown() -> None:
    from google.protobuf import struct_pb2

    struct = struct_pb2.Struct()
    signature = {"4dabf18193072939515e22adb298388d": "d0e6a833031e9bbcd3f4e8bde6ca49a4"}
    struct.update({"a": {**signature, "value": "x", "secret": True}, "b": signature})
    props, secrets = decode(struct)
    assert props == {"a": "x", "b": UNKNOWN}
    assert secrets.paths == {("a",)}

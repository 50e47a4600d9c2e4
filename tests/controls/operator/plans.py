"""Roles, users and things in a plan: who might come to hold more, and what has to be there for it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from clover.sources import Resource
from tests.mutants.site import declared

ACCOUNT = "111122223333"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ADMINISTRATOR = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
THINGS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "lambda.amazonaws.com": ("aws:lambda/function:Function", {"role": "ROLE"}),
    "ec2.amazonaws.com": ("aws:ec2/instance:Instance", {"iamInstanceProfile": "target"}),
    "cloudformation.amazonaws.com": ("aws:cloudformation/stack:Stack", {"iamRoleArn": "ROLE"}),
    "codebuild.amazonaws.com": ("aws:codebuild/project:Project", {"serviceRole": "ROLE"}),
    "glue.amazonaws.com": ("aws:glue/devEndpoint:DevEndpoint", {"roleArn": "ROLE"}),
    "sagemaker.amazonaws.com": ("aws:sagemaker/notebookInstance:NotebookInstance", {"roleArn": "ROLE"}),
    "tasks.apprunner.amazonaws.com": (
        "aws:apprunner/service:Service",
        {"instanceConfiguration": {"instanceRoleArn": "ROLE"}},
    ),
    "bedrock-agentcore.amazonaws.com": (
        "aws:bedrock/agentcoreCodeInterpreter:AgentcoreCodeInterpreter",
        {"executionRoleArn": "ROLE"},
    ),
}
TARGET = f"arn:aws:iam::{ACCOUNT}:role/target"


def document(statements: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A policy of some statements."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def resource(kind: str, name: str, /, **properties: Any) -> Resource:
    """A resource of the plan."""
    like = next(each for each in declared() if each.name == "egress-vpc")
    urn = f"urn:pulumi:dublin::clover::{kind}::{name}"
    return like._replace(urn=urn, type=kind, name=name, id=name, inputs=properties, outputs=properties)


def role(name: str, trusts: Any, /, **more: Any) -> Resource:
    """A role that trusts somebody."""
    trust = document([{"Effect": "Allow", "Principal": trusts, "Action": "sts:AssumeRole"}])
    arn = f"arn:aws:iam::{ACCOUNT}:role/{name}"
    return resource("aws:iam/role:Role", name, name=name, arn=arn, assumeRolePolicy=json.dumps(trust), **more)


def managed(name: str, text: Mapping[str, Any], holder: str, kind: str) -> Iterator[Resource]:
    """A managed policy, attached."""
    arn = f"arn:aws:iam::{ACCOUNT}:policy/{name}"
    yield resource("aws:iam/policy:Policy", name, arn=arn, policy=json.dumps(text))
    attachment = f"aws:iam/{kind}PolicyAttachment:{kind.capitalize()}PolicyAttachment"
    yield resource(attachment, f"{name}-{holder}", policyArn=arn, **{kind: holder})


def caller(kind: str, policies: Sequence[Mapping[str, Any]], prefix: str = "own", **more: Any) -> Iterator[Resource]:
    """A role or user called `caller` that holds managed policies."""
    if kind == "role":
        yield role("caller", {"AWS": "arn:aws:iam::444455556666:root"}, **more)
    else:
        arn = f"arn:aws:iam::{ACCOUNT}:user/caller"
        yield resource("aws:iam/user:User", "caller", name="caller", arn=arn, **more)
    for index, text in enumerate(policies):
        yield from managed(f"{prefix}-{index}", text, "caller", kind)


def administrator(trusts: Any) -> Iterator[Resource]:
    """A role called `target` that may do everything, by a managed policy."""
    yield role("target", trusts)
    yield from managed("target-policy", ADMINISTRATOR, "target", "role")


def thing(service: str) -> Iterator[Resource]:
    """Something of a service that acts with the role `target`."""
    kind, properties = THINGS[service]
    text = json.dumps(dict(properties)).replace("ROLE", TARGET)
    yield resource(kind, "thing", **json.loads(text))
    if service == "ec2.amazonaws.com":
        yield resource("aws:iam/instanceProfile:InstanceProfile", "target", name="target", role="target")


def user() -> Iterator[Resource]:
    """A user called `target` that may do everything."""
    yield resource("aws:iam/user:User", "target", name="target", arn=f"arn:aws:iam::{ACCOUNT}:user/target")
    yield from managed("target-policy", ADMINISTRATOR, "target", "user")


def group(*, member: bool) -> Iterator[Resource]:
    """A group called `target`: of administrators, or one without rights that the caller belongs to."""
    yield resource("aws:iam/group:Group", "target", name="target", arn=f"arn:aws:iam::{ACCOUNT}:group/target")
    if member:
        membership = "aws:iam/userGroupMembership:UserGroupMembership"
        yield resource(membership, "membership", user="caller", groups=["target"])
    else:
        yield from managed("target-policy", ADMINISTRATOR, "target", "group")

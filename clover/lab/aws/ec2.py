"""What the EC2 modules share: tags, and looking one thing up by its id."""

from typing import Any

from clover.lab.aws import tagging
from clover.lab.aws.cloud import Call
from clover.lab.aws.kind import Tagger, table
from clover.lab.provider.wire import Props


def tag_specification(kind: str, inputs: Props) -> Any:
    """Return the tags of a thing to be made, in EC2's form; None when there are none."""
    tags: Props = table(inputs, "tagsAll")
    return [{"ResourceType": kind, "Tags": tagging.as_list(tags)}] if tags else None


def one(call: Call, operation: str, items: str, /, **parameters: Any) -> Props | None:
    """Return the first thing that a look-up finds, None when there is none."""
    found = call.find("ec2", operation, **parameters)
    return next(iter(found[items]), None) if found else None


def filters(**values: str) -> list[Any]:
    """Return EC2 filters; `_` in a name stands for `-`, `__` for `.`."""
    return [{"Name": name.replace("__", ".").replace("_", "-"), "Values": [value]} for name, value in values.items()]


def arn(call: Call, kind: str, resource_id: str) -> str:
    """Return the ARN of a thing in the account and region of the call."""
    return f"arn:{call.partition}:ec2:{call.region}:{call.account}:{kind}/{resource_id}"


def set_tags(call: Call, resource_id: str, tags: Props) -> None:
    """Add or overwrite tags of a thing."""
    if tags:
        call.do("ec2", "create_tags", Resources=[resource_id], Tags=tagging.as_list(tags))


def write_tags(call: Call, resource_id: str, wanted: Props, present: Any) -> None:
    """Leave exactly the wanted tags on a thing that was there before, but for AWS's own."""
    surplus = [key for key in tagging.from_list(present) if key not in wanted and not key.startswith("aws:")]
    if surplus:
        drop_tags(call, resource_id, surplus)
    set_tags(call, resource_id, wanted)


def drop_tags(call: Call, resource_id: str, keys: list[str]) -> None:
    """Take tags off a thing."""
    call.do("ec2", "delete_tags", Resources=[resource_id], Tags=[{"Key": key} for key in keys])


TAGGER = Tagger(
    add=set_tags,
    remove=drop_tags,
)

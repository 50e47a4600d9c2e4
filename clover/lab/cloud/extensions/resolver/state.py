"""What DNS Firewall remembers in one account and region, as the API's own records."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from moto.ec2.models import ec2_backends

from clover.lab.cloud.answers import Refusal
from clover.lab.cloud.call import Call
from clover.lab.cloud.extensions.memory import Memory

Record = dict[str, Any]


@dataclass
class State:
    """Records by id; `rules` by rule group, `domains` by domain list, `tags` by ARN, `fail_open` by VPC."""

    lists: dict[str, Record] = field(default_factory=dict[str, Record])
    domains: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    groups: dict[str, Record] = field(default_factory=dict[str, Record])
    rules: dict[str, list[Record]] = field(default_factory=dict[str, list[Record]])
    associations: dict[str, Record] = field(default_factory=dict[str, Record])
    fail_open: dict[str, Record] = field(default_factory=dict[str, Record])
    tags: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])


STATE = Memory(State)


def now() -> str:
    """The present time as Resolver writes it: seconds and nanoseconds of UTC in ISO 8601."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def new_record(call: Call, prefix: str, kind: str, **more: Any) -> Record:
    """A record with an id, an ARN of `kind` and times; its tags are kept."""
    record_id = f"{prefix}-{secrets.token_hex(8)}"
    arn = call.arn("route53resolver", f"{kind}/{record_id}")
    STATE.of(call).tags[arn] = {row["Key"]: row["Value"] for row in call.parameters.get("Tags", ())}
    times = {"CreationTime": now(), "ModificationTime": now()}
    creator = call.parameters["CreatorRequestId"]
    return {"Id": record_id, "Arn": arn, "Name": call.parameters["Name"], "CreatorRequestId": creator, **times, **more}


def found(records: Mapping[str, Record], record_id: str, what: str) -> Record:
    """The record of that id, or Refusal."""
    if record_id not in records:
        raise not_found(what, record_id)
    return records[record_id]


def not_found(what: str, record_id: str) -> Refusal:
    """The refusal for a thing that is not there."""
    return Refusal("ResourceNotFoundException", f"{what} '{record_id}' does not exist")


def conflict(message: str) -> Refusal:
    """The refusal for a thing that is in use or taken."""
    return Refusal("ConflictException", message)


def invalid(message: str) -> Refusal:
    """The refusal for parameters that do not go together."""
    return Refusal("ValidationException", message)


def refuse_unknown_vpc(call: Call, vpc: str) -> None:
    """Refuse a VPC that the account does not have in the region."""
    if vpc not in ec2_backends[call.account][call.region].vpcs:
        raise not_found("VPC", vpc)

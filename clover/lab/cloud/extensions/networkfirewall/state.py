"""What Network Firewall remembers in one account and region."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from clover.lab.cloud.answers import Refusal
from clover.lab.cloud.call import Call
from clover.lab.cloud.extensions.memory import Memory


def _now() -> datetime:
    return datetime.now(UTC)


def _uuid() -> str:
    return str(uuid.uuid4())


@dataclass
class Thing:
    """What rule groups, policies and firewalls share: the token changes with every change."""

    name: str
    arn: str
    description: str | None
    tags: dict[str, str]
    encryption: Mapping[str, Any]
    id: str = field(default_factory=_uuid)
    token: str = field(default_factory=_uuid)
    changed: datetime = field(default_factory=_now)

    def renew(self) -> None:
        """Note a change: earlier update tokens are stale."""
        self.token, self.changed = _uuid(), _now()

    def tag_list(self) -> list[dict[str, str]]:
        """The tags as the API lists them."""
        return [{"Key": key, "Value": value} for key, value in self.tags.items()]


@dataclass
class RuleGroup(Thing):
    """A rule group; `rules` is its RuleGroup structure, `consumed` the capacity that its rules take."""

    type: str = "STATEFUL"
    capacity: int = 0
    rules: Mapping[str, Any] = field(default_factory=dict[str, Any])
    consumed: int = 0


@dataclass
class Policy(Thing):
    """A firewall policy; `document` is its FirewallPolicy structure."""

    document: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def references(self) -> list[str]:
        """The ARNs of the rule groups that the policy uses."""
        kinds = ("StatefulRuleGroupReferences", "StatelessRuleGroupReferences")
        return [row["ResourceArn"] for kind in kinds for row in self.document.get(kind, ())]


@dataclass
class Firewall(Thing):
    """A firewall; `endpoints` maps each subnet to the id of its endpoint."""

    policy_arn: str = ""
    vpc: str = ""
    mappings: list[Mapping[str, Any]] = field(default_factory=list[Mapping[str, Any]])
    endpoints: dict[str, str] = field(default_factory=dict[str, str])
    protections: dict[str, bool] = field(default_factory=dict[str, bool])
    analysis: list[str] = field(default_factory=list[str])
    logging: Mapping[str, Any] | None = None


@dataclass
class State:
    """Everything, by ARN."""

    rule_groups: dict[str, RuleGroup] = field(default_factory=dict[str, RuleGroup])
    policies: dict[str, Policy] = field(default_factory=dict[str, Policy])
    firewalls: dict[str, Firewall] = field(default_factory=dict[str, Firewall])


STATE = Memory(State)

T = TypeVar("T", RuleGroup, Policy, Firewall)


def found(things: Mapping[str, T], call: Call, kind: str) -> T:
    """The thing that the call's `…Arn` and `…Name` parameters name; `kind` is RuleGroup, FirewallPolicy, Firewall."""
    arn, name = call.parameters.get(f"{kind}Arn"), call.parameters.get(f"{kind}Name")
    if arn is None and name is None:
        raise Refusal("InvalidRequestException", f"you must provide {kind}Arn or {kind}Name")
    type_wanted = call.parameters.get("Type")
    for thing in things.values():
        named = (arn is None or thing.arn == arn) and (name is None or thing.name == name)
        if named and (type_wanted is None or getattr(thing, "type", None) == type_wanted):
            return thing
    raise Refusal("ResourceNotFoundException", f"Unable to find {kind}: {arn or name}")


def checked_token(thing: Thing, call: Call) -> None:
    """Refuse the update token of `call` unless it is `thing`'s present one (or the API lets it be left out)."""
    token = call.parameters.get("UpdateToken")
    if token is not None and token != thing.token:
        raise Refusal("InvalidTokenException", "Update token is no longer valid: the resource was changed since")


def new_tags(call: Call) -> dict[str, str]:
    """The tags that a create call gives."""
    return {row["Key"]: row["Value"] for row in call.parameters.get("Tags", ())}


def encryption_of(call: Call) -> Mapping[str, Any]:
    """The encryption configuration that a call gives; AWS owns the key where it gives none."""
    return call.parameters.get("EncryptionConfiguration") or {"KeyId": "AWS_OWNED_KMS_KEY", "Type": "AWS_OWNED_KMS_KEY"}


def refuse_taken(things: Mapping[str, Thing], arn: str) -> None:
    """Refuse a name that is in use."""
    if arn in things:
        message = f"A resource with the specified name already exists, parameter: [{arn.rpartition('/')[2]}]"
        raise Refusal("InvalidRequestException", message)

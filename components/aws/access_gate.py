"""The way of approved employees to the data of one class."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
from pulumi_aws import iam

from clover.zones.vocabulary import DataClass, StoreRole
from components.aws import site as names
from components.aws.policies import access
from components.aws.policies.document import render
from components.aws.site import SiteArgs
from components.ordering import once_created
from components.refusal import Refusal
from components.stores import instant
from components.tags import tags


class AccessGateArgs(TypedDict):
    """Who is approved, for what, from where and until when."""

    site: SiteArgs
    """The site whose data is read."""
    name: str
    """What the approval is called."""
    data_class: DataClass
    """The class of the stores that open."""
    workforce: str
    """ARN of the SAML identity provider that the approved employees sign in with."""
    endpoints: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Ids of the site's endpoints to S3: data is read through them alone."""
    stores: Mapping[str, pulumi.Input[str]]
    """ARNs of the site's stores of the class, by their names."""
    closes: str
    """The first day on which nothing opens any more, in UTC, such as `2027-01-01`."""
    declared_at: NotRequired[str]
    """Where the approval stands, as `file:line`."""


class AccessGate(pulumi.ComponentResource):
    """A role that approved employees read one class of stores with: for an hour, with a ticket, until a day.

    Only the identity provider opens it, and only it writes ticket and second factor on the session. Every statement
    ends with the approval's last day by itself, also for sessions that began before. Data is read through the site's
    endpoints only. Whom the provider lets in, and that the factor was shown, are the provider's word. The role names
    every store, of which some thirty fit into its policy.
    """

    access: pulumi.Output[str]
    """ARN of the role."""

    def __init__(self, name: str, args: AccessGateArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the role; Refusal when it never closes, opens nothing or too much, or the provider is not exact."""
        super().__init__("clover-aws:index:AccessGate", name, dict(args), opts)
        _refuse_wide(args)
        site = args["site"]
        facts = access.GateFacts(site, args["workforce"], instant(args["closes"], args.get("declared_at")))
        _refuse_large(args, facts)
        child = pulumi.ResourceOptions(parent=self)
        role = iam.Role(
            f"{name}-role",
            name=names.access_role_name(site, args["name"]),
            path=names.ACCESS_PATH,
            description=f"Approved employees read {args['data_class']} data of {site['name']}: {args['name']}",
            assume_role_policy=render(access.trust(facts), "iam-trust-policy"),
            max_session_duration=access.SESSION_SECONDS,
            tags=tags(site),
            opts=child,
        )
        reads = iam.RolePolicy(f"{name}-reads", role=role.name, policy=_reads(args, facts), opts=child)
        self.access = once_created(role.arn, [reads])
        self.register_outputs({"access": self.access})


def _reads(args: AccessGateArgs, facts: access.GateFacts) -> pulumi.Output[str]:
    """The text of what sessions may do, unknown as long as a store or an endpoint is; Refusal for no endpoint."""

    def text(found: Sequence[Any]) -> str:
        endpoints, *stores = found
        if not endpoints:
            raise Refusal("endpoints: data is read through one of the site's endpoints", args.get("declared_at"))
        return render(access.reads(facts, stores, endpoints), _LIMIT)

    return pulumi.Output.all(args["endpoints"], *args["stores"].values()).apply(text)


_LIMIT = "iam-role-inline-policies"
_AN_ENDPOINT = "vpce-00000000000000000"


def _refuse_large(args: AccessGateArgs, facts: access.GateFacts) -> None:
    """Raise OverLimit, before anything is made, for more stores than the role's policy takes."""
    site = args["site"]
    stores = [names.bucket_arn(site, names.bucket_name(site, StoreRole.USER_DATA, store)) for store in args["stores"]]
    render(access.reads(facts, stores, [_AN_ENDPOINT]), _LIMIT)


def _refuse_wide(args: AccessGateArgs) -> None:
    """Raise Refusal for a provider that is not one exact ARN of the site's account, and for a gate to nothing."""
    place, site = args.get("declared_at"), args["site"]
    exact = f"arn:{site['partition']}:iam::{site['account']}:saml-provider/[A-Za-z0-9._-]+"
    if not re.fullmatch(exact, args["workforce"]):
        raise Refusal(f"workforce: {args['workforce']!r} is no SAML provider of the site's account", place)
    if not args["stores"]:
        raise Refusal(f"stores: the gate {args['name']} opens nothing", place)

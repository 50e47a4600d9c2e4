"""The way of approved employees to the data of one class."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
from pulumi_azure_native import authorization

from clover.zones.vocabulary import Cloud, DataClass, StoreRole
from components.azure import site as names
from components.azure.policies import roles
from components.azure.site import SiteArgs
from components.limits import refuse_over
from components.ordering import once_created
from components.refusal import Refusal
from components.stores import instant

_ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


class AccessGateArgs(TypedDict):
    """Who is approved, for what, from where and until when."""

    site: SiteArgs
    """The site whose data is read."""
    name: str
    """What the approval is called."""
    data_class: DataClass
    """The class of the stores that open."""
    workforce: str
    """Object id of the group of the approved employees."""
    endpoints: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Id of the subnet in which the stores have their endpoints: each is read through its own endpoint alone."""
    stores: Mapping[str, pulumi.Input[str]]
    """Ids of the site's stores of the class, by their names."""
    closes: str
    """The first day on which nothing opens any more, in UTC, such as `2027-01-01`."""
    declared_at: NotRequired[str]
    """Where the approval stands, as `file:line`."""


class AccessGate(pulumi.ComponentResource):
    """A role for reading blobs of named stores that a group may activate until a day, and that nobody holds standing.

    Eligibility ends with the approval's last day, and so does the condition of whatever was activated before; for each
    store it also asks for that store's own private endpoint. The condition names every store, of which some twenty fit.
    What activating takes (second factor, justification, ticket, approval) is set in the role management policy of role
    and scope, which Azure makes and names itself: the auditor attests it.
    """

    access: pulumi.Output[str]
    """Id of the role."""

    def __init__(self, name: str, args: AccessGateArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare role and eligibility; Refusal when it never closes, opens nothing or too much, or for no group."""
        super().__init__("clover-azure:index:AccessGate", name, dict(args), opts)
        _refuse_wide(args)
        _refuse_large(args)
        site = args["site"]
        guid = names.gate_role(site, args["name"])
        definition = authorization.RoleDefinition(
            f"{name}-reading",
            role_definition_id=guid,
            role_name=f"Clover {site['name']}: reads {args['name']}",
            description="Reads blobs and their names; writes none, and signs no links.",
            role_type="CustomRole",
            scope=names.group_id(site),
            assignable_scopes=[names.group_id(site)],
            permissions=[roles.reading()],
            opts=pulumi.ResourceOptions(parent=self),
        )
        role = once_created(names.role_definition(site, guid), [definition])
        self.access = once_created(role, [self._eligible(name, args, role)])
        self.register_outputs({"access": self.access})

    def _eligible(
        self, name: str, args: AccessGateArgs, role: pulumi.Output[str]
    ) -> authorization.PimRoleEligibilitySchedule:
        """The group may activate the role until the gate closes.

        At the resource group, because a store's lock keeps what was activated at the store from being taken back
        (https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources).
        """
        site, closes = args["site"], instant(args["closes"], args.get("declared_at"))
        return authorization.PimRoleEligibilitySchedule(
            f"{name}-eligible",
            scope=names.group_id(site),
            role_definition_id=role,
            principal_id=args["workforce"],
            justification=f"Approval {args['name']} of the zone {site['zone']}",
            schedule_info={"expiration": {"type": "AfterDateTime", "end_date_time": closes}},
            condition=_condition(args, closes),
            condition_version=roles.CONDITION_VERSION,
            opts=pulumi.ResourceOptions(parent=self),
        )


def _condition(args: AccessGateArgs, closes: str) -> pulumi.Output[str]:
    """Until the day, and each store through its own endpoint; Refusal where it has none."""

    def text(found: Sequence[Any]) -> str:
        subnets, *stores = found
        if not subnets:
            raise Refusal("endpoints: data is read through an endpoint in the site's network", args.get("declared_at"))
        return _open(args["site"], [store.rsplit("/", 1)[-1] for store in stores], closes)

    return pulumi.Output.all(args["endpoints"], *args["stores"].values()).apply(text)


def _open(site: SiteArgs, accounts: Sequence[str], closes: str) -> str:
    """The condition for named stores until an instant."""
    ways = " OR ".join(_way(site, account) for account in accounts)
    return f"({roles.until(closes)} AND ({ways}))"


def _way(site: SiteArgs, account: str) -> str:
    """The condition for one store."""
    endpoint = names.resource_id(site, "Microsoft.Network/privateEndpoints", names.store_endpoint_name(account))
    return f"({roles.of_account(account)} AND {roles.through(endpoint)})"


def _refuse_large(args: AccessGateArgs) -> None:
    """Raise OverLimit, before anything is made, for more stores than a condition takes."""
    site, closes = args["site"], instant(args["closes"], args.get("declared_at"))
    accounts = [names.account_name(site, StoreRole.USER_DATA, store) for store in args["stores"]]
    refuse_over(Cloud.AZURE, "role-assignment-condition", len(_open(site, accounts, closes)))


def _refuse_wide(args: AccessGateArgs) -> None:
    """Raise Refusal for a group that is not one exact id, for a day that is none, and for a gate to nothing."""
    place = args.get("declared_at")
    instant(args["closes"], place)
    if not re.fullmatch(_ID, args["workforce"]):
        raise Refusal(f"workforce: {args['workforce']!r} is not the object id of a group", place)
    if not args["stores"]:
        raise Refusal(f"stores: the gate {args['name']} opens nothing", place)

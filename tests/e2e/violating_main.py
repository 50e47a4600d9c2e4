"""The site's program with one thing in it that breaks a control; stands in for `infra/__main__.py` of a checkout.

The file `violation` beside `Pulumi.yaml` names which. Each is a piece of program as somebody would write it: a setting
of a resource that is changed on its way to the engine, or one more resource.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_azure_native as azure

from infra import program

Edit = Callable[[dict[str, Any]], None]
SITE: dict[str, Any] = {}
SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000111"


def on(name: str, edit: Edit) -> Callable[[], None]:
    """A violation that changes the properties of the resource of a name."""

    def change(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if args.name != name or args.type_.startswith("clover-"):
            return None
        props = dict(args.props)
        edit(props)
        return pulumi.ResourceTransformationResult(props, args.opts)

    return lambda: pulumi.runtime.register_stack_transformation(change)


def policy(property_: str, edit: Callable[[list[dict[str, Any]]], None]) -> Edit:
    """A change of the statements of a policy that is a text."""

    def edited(text: str) -> str:
        document = json.loads(text)
        edit(document["Statement"])
        return json.dumps(document)

    def change(props: dict[str, Any]) -> None:
        props[property_] = pulumi.Output.from_input(props[property_]).apply(edited)

    return change


def setting(**values: Any) -> Edit:
    """A change of plain settings."""
    return lambda props: props.update(values)


def without(sid: str) -> Callable[[list[dict[str, Any]]], None]:
    """Statements without one of them."""

    def remove(statements: list[dict[str, Any]]) -> None:
        statements.remove(next(each for each in statements if each["Sid"] == sid))

    return remove


def beside(name: str, make: Callable[[], object]) -> Callable[[], None]:
    """A violation that makes one more resource, once the resource of a name is declared."""

    def look(args: pulumi.ResourceTransformationArgs) -> None:
        if args.name == name:
            make()

    return lambda: pulumi.runtime.register_stack_transformation(look)


def _notice(args: pulumi.ResourceTransformationArgs) -> None:
    """Note what the site declares, for resources that a violation adds."""
    SITE[args.name] = args.resource


def of_the_site() -> pulumi.ResourceOptions:
    """With the site's own provider."""
    provider = next(each for each in SITE.values() if isinstance(each, pulumi.ProviderResource))
    return pulumi.ResourceOptions(provider=provider)


def _shortcut() -> aws.ec2.Route:
    """A route of the workloads past the firewall, beside the site's own."""
    return aws.ec2.Route(
        "shortcut",
        route_table_id=SITE["egress-a-workload-routes"].id,
        destination_cidr_block="93.184.216.0/24",
        gateway_id=SITE["egress-internet"].id,
        opts=of_the_site(),
    )


def _archive() -> aws.s3.Bucket:
    """One more store, far away."""
    return aws.s3.Bucket("archive", bucket="clover-archive-666", region="us-east-1", opts=of_the_site())


def _stranger() -> azure.authorization.RoleAssignment:
    """Somebody else reads the site's stores."""
    # Storage Blob Data Reader, https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
    role = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
    return azure.authorization.RoleAssignment(
        "stranger",
        principal_id="00000000-0000-0000-0000-000000000666",
        principal_type=azure.authorization.PrincipalType.SERVICE_PRINCIPAL,
        role_assignment_name="10000000-0000-0000-0000-000000000666",
        role_definition_id=f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{role}",
        scope=SUBSCRIPTION,
        opts=of_the_site(),
    )


def _with_what_is_made(props: dict[str, Any]) -> None:
    """A policy that names what is made in the same run: nobody can read it before."""
    made = aws.ec2.Eip("new", domain="vpc", opts=of_the_site())
    both = pulumi.Output.all(props["policy"], made.public_ip)
    props["policy"] = both.apply(lambda known: json.dumps({**json.loads(known[0]), "Id": known[1]}))


VIOLATIONS: Mapping[str, Callable[[], None]] = {
    "a-store-in-another-region": beside("media-bucket", _archive),
    "reads-from-anywhere": on("profiles-policy", policy("policy", without("DataOnlyViaSiteEndpoints"))),
    "a-key-that-is-never-rotated": on("user-data-key", setting(enable_key_rotation=False)),
    "evidence-kept-for-a-month": on(
        "logs-lock", setting(rule={"default_retention": {"mode": "COMPLIANCE", "days": 30}})
    ),
    "a-route-past-the-firewall": beside("egress-a-workload-out", _shortcut),
    "names-raise-an-alert-only": on("egress-dns-block", setting(action="ALERT")),
    "a-policy-that-is-not-known": on("media-policy", _with_what_is_made),
    "keys-of-an-account-are-honoured": on("usage-account", setting(allow_shared_key_access=True)),
    "copies-in-the-paired-region": on("research-account", setting(sku={"name": "Standard_GRS"})),
    "a-vault-that-forgets": on(
        "user-data-vault",
        lambda props: props.update(properties={**props["properties"], "enable_purge_protection": None}),
    ),
    "a-stranger-reads": beside("profiles-account", _stranger),
}
"""What breaks a control, by name."""


if __name__ == "__main__":
    pulumi.runtime.register_stack_transformation(_notice)
    VIOLATIONS[(program.ROOT / "violation").read_text(encoding="utf-8").strip()]()
    program.main()

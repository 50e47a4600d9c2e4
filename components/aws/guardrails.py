"""What the organisation forbids to everybody in the sites' accounts."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

import pulumi
from pulumi_aws import organizations

from clover.zones.vocabulary import Cloud
from components.aws.packing import Target, packed
from components.aws.policies import guardrails, perimeter
from components.aws.policies.document import Statement
from components.aws.policies.guardrails import Bound
from components.aws.site import SiteArgs
from components.limits import limits
from components.ordering import once_created
from components.organisation import Guardrail, OrganisationArgs, digests, refuse_unbound, sizes
from components.tags import organisation_tags


class GuardedSite(TypedDict):
    """A site whose account the guardrails bind."""

    site: SiteArgs
    """The site."""
    break_glass: NotRequired[str]
    """The principal that repairs the site when its deployer cannot: an ARN on AWS, an object id on Azure."""
    copies_account: NotRequired[str]
    """The account that second copies of the site's stores lie in; without it no store is copied."""


class GuardrailsArgs(TypedDict):
    """Whom the guardrails bind."""

    organisation: OrganisationArgs
    """The organisation that the sites' accounts stand in."""
    sites: Sequence[GuardedSite]
    """Every site of the zone on this cloud."""
    trusted_accounts: Sequence[str]
    """Accounts (Azure: tenants) of the zone beside the sites' own, whose principals the sites may let in."""
    evidence_accounts: Sequence[str]
    """Accounts (Azure: subscriptions) beside the sites' own that records may end in."""
    declared_at: NotRequired[str]
    """Where the organisation is declared, as `file:line`."""


class Guardrails(pulumi.ComponentResource):
    """Policies of the organisation that hold whatever an account's own policies say, its root user included.

    Service control policies: accounts stay in the organisation and in the sites' regions; what a denial of regions
    lets through (key replicas, multi-region access points, edge networks, copies, shares, deliveries) is denied by
    name, as is what reads for somebody elsewhere; only a site's deployer changes its controls. Resource control
    policies: keys, stores, secrets and queues answer accounts of the zone alone, over TLS, and give data to the site's
    own network only. They are packed into as few policies as hold them.

    They bind neither the management account, whose controller writes them, nor service-linked roles. AWS's own policies
    that allow everything stay attached beside them, for without one at each level nothing is allowed.
    """

    policies: pulumi.Output[dict[str, str]]
    """The id of each policy by its name, once it is attached."""
    digests: pulumi.Output[dict[str, str]]
    """The sha256 of each policy's text by its name."""
    sizes: pulumi.Output[dict[str, str]]
    """How many characters of how many each policy uses, by its name."""

    def __init__(self, name: str, args: GuardrailsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare and attach the policies; Refusal when there is nobody to bind, OverLimit when they do not fit."""
        super().__init__("clover-aws:index:Guardrails", name, dict(args), opts)
        refuse_unbound(args)
        made, attached = list[Guardrail](), dict[str, pulumi.Output[str]]()
        for target in targets(args):
            for number, text in enumerate(packed(target), 1):
                known = _named(args["organisation"]["zone"], target, number, text)
                made.append(known)
                attached[known.name] = self._attached(
                    f"{name}-{target.name}-{target.kind}-{number}", args, target, known
                )
        self.policies = pulumi.Output.all(**attached)
        self.digests = pulumi.Output.from_input(digests(made))
        self.sizes = pulumi.Output.from_input(sizes(made))
        self.register_outputs({"policies": self.policies, "digests": self.digests, "sizes": self.sizes})

    def _attached(self, name: str, args: GuardrailsArgs, target: Target, known: Guardrail) -> pulumi.Output[str]:
        """One policy at its target; its id, once it is attached."""
        child = pulumi.ResourceOptions(parent=self)
        policy = organizations.Policy(
            name,
            name=known.name,
            description=f"Clover {args['organisation']['zone']}: {target.kind} controls of {target.name}",
            type=target.type,
            content=known.text,
            tags=organisation_tags(args["organisation"]["zone"]),
            opts=child,
        )
        attachment = organizations.PolicyAttachment(
            f"{name}-attachment", policy_id=policy.id, target_id=target.id, opts=child
        )
        return once_created(policy.id, [attachment])


def targets(args: GuardrailsArgs) -> list[Target]:
    """What is said where, from the root down: service control policies before resource control policies."""
    organisation, bound = args["organisation"], bound_of(args)
    found = [
        Target("root", organisation["root"], "service", guardrails.staying(bound)),
        Target("root", organisation["root"], "resource", perimeter.zone_only(bound)),
        Target("unit", organisation["unit"], "service", [*guardrails.residing(bound), *guardrails.relaying(bound)]),
        Target("unit", organisation["unit"], "resource", perimeter.administered(bound)),
    ]
    for guarded in args["sites"]:
        site = guarded["site"]
        found.append(Target(site["name"], site["account"], "service", _of_account(bound, guarded)))
        copied = "copies_account" in guarded
        found.append(
            Target(site["name"], site["account"], "resource", perimeter.site_network_only(site, copied=copied))
        )
    return found


def _of_account(bound: Bound, guarded: GuardedSite) -> list[Statement]:
    """What is said at one account; where the unit lets several regions in, the account is held to its own."""
    site = guarded["site"]
    own = [guardrails.in_regions("OnlyItsRegion", [site["region"]])] if len(bound.regions) > 1 else []
    return [*own, *guardrails.operating(site, guarded.get("break_glass"))]


def bound_of(args: GuardrailsArgs) -> Bound:
    """What the policies are about."""
    sites = tuple(guarded["site"] for guarded in args["sites"])
    own, trusted = [site["account"] for site in sites], [*args["trusted_accounts"], args["organisation"]["account"]]
    copies = {one["site"]["deployer"]: one["copies_account"] for one in args["sites"] if "copies_account" in one}
    return Bound(
        sites=sites,
        break_glass=tuple(filter(None, (guarded.get("break_glass") for guarded in args["sites"]))),
        accounts=tuple(sorted({*own, *trusted})),
        destinations=tuple(sorted({*own, *args["evidence_accounts"], *copies.values()})),
        copying=tuple(copies),
    )


def _named(zone: str, target: Target, number: int, text: str) -> Guardrail:
    """A policy's text under the name that people find it by."""
    name = f"clover-{zone}-{target.name}-{target.kind}-{number}"
    return Guardrail(name, target.id, text, int(limits(Cloud.AWS)[target.limit]["value"]))

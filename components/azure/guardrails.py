"""What the organisation forbids to everybody in the sites' subscriptions."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi
import pulumi_azure_native as azure
from pulumi_azure_native import authorization, management

from clover.zones.vocabulary import Cloud
from components.azure import organisation as groups
from components.azure import site as names
from components.azure.policies import guardrails
from components.azure.policies.guardrails import Definition, Parameters
from components.azure.site import SiteArgs
from components.azure.versions import without_versions
from components.limits import limits, refuse_over
from components.ordering import once_created
from components.organisation import Guardrail, OrganisationArgs, digests, refuse_unbound, sizes

_REQUEST = "policy-request"


class GuardedSite(TypedDict):
    """A site whose account the guardrails bind."""

    site: SiteArgs
    """The site."""
    break_glass: NotRequired[str]
    """The principal that repairs the site when its deployer cannot: an ARN on AWS, an object id on Azure."""
    copies_account: NotRequired[str]
    """The subscription that second copies of the site's stores lie in; without it no store is copied."""
    approvals: NotRequired[Mapping[str, str]]
    """Object ids of the groups that may activate a gate of the site, by their approvals' names."""
    monitored_from: NotRequired[str]
    """The auditor's subscription from which the site is watched, where it is: its monitor takes the site's records."""


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
    """Management groups above the sites' subscriptions, with what is denied there whatever role anybody holds below.

    Azure Policy with the effect deny: known resource types, the site's region for groups and resources, copies within
    the region, closed stores and vaults under keys of their own, no route, peering or private endpoint out, records
    and delegations to the zone alone, no role but those declared, none to be activated but by who is approved. With
    denyAction: what records is not deleted. A deny assignment for each site: nobody but its deployer, whoever repairs
    it and the controller changes controls or works a relay. Groups are made by whoever may, and new subscriptions
    begin below the guardrails.

    Deny assignments of one's own are a preview (feature flag UserAssignedDenyAssignment): they take neither reads nor
    data actions nor what removes them, so that they stand at a group where no owner of a subscription has a role. They
    bind principals of the tenant, not those of a managing tenant. Azure Policy looks at what is written through Azure
    Resource Manager, at no data; an exemption or a change of it needs a role at the group. Moving a subscription to
    another tenant is stopped by a setting of the tenant that no resource declares, and so is the EU data boundary.
    """

    policies: pulumi.Output[dict[str, str]]
    """The id of each policy assignment and denial by its name, once it is there."""
    digests: pulumi.Output[dict[str, str]]
    """The sha256 of each of their documents by its name."""
    sizes: pulumi.Output[dict[str, str]]
    """How many bytes of how many each document uses, by its name."""

    def __init__(self, name: str, args: GuardrailsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare groups, policies and denials; Refusal with nobody to bind, OverLimit for what does not fit."""
        super().__init__("clover-azure:index:Guardrails", name, dict(args), without_versions(opts))
        refuse_unbound(args)
        self._name, self._args = name, args
        self._made = list[Guardrail]()
        self._held = dict[str, pulumi.Output[str]]()
        self._guards: dict[str, list[pulumi.Resource]] = {"": []}
        self._places = self._hierarchy()
        defined = self._defined()
        sites = [guarded["site"] for guarded in args["sites"]]
        everywhere = guardrails.of_all(sites, [*args["trusted_accounts"], args["organisation"]["account"]])
        for definition in guardrails.definitions():
            for place, values in self._values(definition, everywhere).items():
                self._assign(definition, defined[definition.name], place, values)
        for guarded in args["sites"]:
            self._deny(guarded)
            self._place(guarded["site"])
        self.policies = pulumi.Output.all(**self._held)
        self.digests = pulumi.Output.from_input(digests(self._made))
        self.sizes = pulumi.Output.from_input(sizes(self._made))
        self.register_outputs({"policies": self.policies, "digests": self.digests, "sizes": self.sizes})

    def _hierarchy(self) -> dict[str, pulumi.Output[str]]:
        """The groups, from the root down: the id of each by the site that it is of, the sites' own under no name."""
        organisation = self._args["organisation"]
        root = self._group("root", organisation["root"], None)
        unit = self._group("unit", organisation["unit"], root)
        management.HierarchySetting(
            f"{self._name}-hierarchy",
            group_id=organisation["account"],
            default_management_group=unit,
            require_authorization_for_group_creation=True,
            opts=pulumi.ResourceOptions(parent=self),
        )
        found = {"": unit}
        for guarded in self._args["sites"]:
            site = guarded["site"]["name"]
            found[site] = self._group(site, groups.of_site(organisation, site), unit)
        return found

    def _group(self, name: str, group: str, above: pulumi.Input[str] | None) -> pulumi.Output[str]:
        """A management group below another, or below the tenant's own; its id, once it is there."""
        made = management.ManagementGroup(
            f"{self._name}-{name}-group",
            group_id=group,
            display_name=group,
            details={"parent": {"id": above}} if above else None,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return once_created(groups.id_of(group), [made])

    def _defined(self) -> dict[str, pulumi.Output[str]]:
        """The definitions, held at the sites' group: the id of each by its name."""
        organisation, found = self._args["organisation"], dict[str, pulumi.Output[str]]()
        known = guardrails.definitions()
        refuse_over(Cloud.AZURE, "policy-definitions-per-scope", len(known))
        for definition in known:
            name = f"clover-{organisation['zone']}-{definition.name}"
            made = authorization.PolicyDefinitionAtManagementGroup(
                f"{self._name}-{definition.name}-definition",
                management_group_id=self._places[""].apply(_name_in),
                policy_definition_name=name,
                policy_type="Custom",
                display_name=f"Clover: {definition.says}",
                description=definition.says,
                mode=definition.mode,
                parameters=definition.parameters,
                policy_rule=definition.rule,
                opts=pulumi.ResourceOptions(parent=self),
            )
            found[definition.name] = once_created(groups.definition_id(organisation["unit"], name), [made])
        return found

    def _values(self, definition: Definition, everywhere: Parameters) -> dict[str, Parameters]:
        """The places where a definition is assigned, each with the values of its parameters."""
        if definition.level == "unit":
            return {"": everywhere}
        kept = self._args["evidence_accounts"]
        return {each["site"]["name"]: guardrails.of_site(_told(each), kept) for each in self._args["sites"]}

    def _assign(self, definition: Definition, defined: pulumi.Input[str], place: str, values: Parameters) -> None:
        """One policy at one group, enforced, with no scope left out."""
        told, name = guardrails.parameters(definition, values), f"clover-{definition.name}"
        made = authorization.PolicyAssignment(
            f"{self._name}-{place}-{definition.name}" if place else f"{self._name}-{definition.name}",
            scope=self._places[place],
            policy_assignment_name=name,
            policy_definition_id=defined,
            display_name=f"Clover: {definition.says}",
            description=definition.says,
            enforcement_mode="Default",
            not_scopes=[],
            parameters=told,
            opts=pulumi.ResourceOptions(parent=self),
        )
        document = {"mode": definition.mode, "policyRule": definition.rule, "parameters": told}
        self._note(f"{place or 'unit'}-{definition.name}", document, made)
        self._guards.setdefault(place, []).append(made)

    def _deny(self, guarded: GuardedSite) -> None:
        """The denial of a site: everybody but those who may change it."""
        site, organisation = guarded["site"], self._args["organisation"]
        spared = [site["deployer"], organisation["controller"], guarded.get("break_glass")]
        document = guardrails.denial([each for each in spared if each])
        made = authorization.DenyAssignment(
            f"{self._name}-{site['name']}-denial",
            scope=self._places[site["name"]],
            deny_assignment_id=groups.guid(organisation, site["name"], "denial"),
            deny_assignment_name=f"Clover {site['name']}: controls and relays",
            description="Nobody but the deployer, whoever repairs the site and the controller",
            **document,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self._note(f"{site['name']}-denial", document, made)
        self._guards.setdefault(site["name"], []).append(made)

    def _note(self, name: str, document: Mapping[str, object], made: pulumi.CustomResource) -> None:
        """Keep what is printed of a document, and its id."""
        text = guardrails.written(document)
        self._made.append(Guardrail(name, "", text, int(limits(Cloud.AZURE)[_REQUEST]["value"])))
        self._held[name] = made.id

    def _place(self, site: SiteArgs) -> None:
        """Bring the site's subscription below its guardrails, once all of them stand.

        The resource has no property for the subscription: it is its provider's.
        """
        after = [*self._guards[""], *self._guards[site["name"]]]
        provider = azure.Provider(
            f"{self._name}-{site['name']}",
            subscription_id=site["account"],
            tenant_id=site["tenant"],
            opts=pulumi.ResourceOptions(parent=self),
        )
        management.ManagementGroupSubscription(
            f"{self._name}-{site['name']}-subscription",
            group_id=groups.of_site(self._args["organisation"], site["name"]),
            opts=pulumi.ResourceOptions(parent=self, provider=provider, depends_on=after),
        )


def _told(guarded: GuardedSite) -> guardrails.Site:
    """A site as its policies are told of it."""
    site, keeper = guarded["site"], guarded.get("monitored_from")
    monitor = names.monitor_id(names.vault_place(site, keeper, site["deployer"])) if keeper else None
    return guardrails.Site(site, guarded.get("approvals", {}), guarded.get("copies_account"), monitor)


def _name_in(identifier: str) -> str:
    """The name in a management group's id."""
    return identifier.rsplit("/", 1)[-1]

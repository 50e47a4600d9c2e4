"""The auditor's way into the site's subscription."""

import re
from collections.abc import Sequence
from typing import NotRequired, TypedDict

import pulumi
from pulumi_azure_native import authorization, managedservices

from clover.zones.vocabulary import StoreRole
from components.azure import site as names
from components.azure.policies import roles
from components.azure.site import SiteArgs
from components.azure.versions import without_versions
from components.ordering import once_created
from components.refusal import Refusal

_ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

ACTIVATION = "PT8H"
"""The longest that an activated role lasts; Azure allows no more
(https://learn.microsoft.com/azure/lighthouse/how-to/create-eligible-authorizations)."""


class AuditorAccessArgs(TypedDict):
    """Who the auditor is."""

    site: SiteArgs
    """The site that is audited."""
    person: str
    """The one user that a person of the auditor signs in as: tenant and object id, with a slash between them."""
    machine: str
    """Object id of the one service principal, in the site's own tenant, that the auditor's tool calls as."""
    external_id: str
    """The id agreed with the auditor for this site; no secret. Azure asks no caller for it: it names the delegation."""
    networks: Sequence[str]
    """The networks (CIDR) that the auditor calls from; the evidence store's rules hold to them."""
    declared_at: NotRequired[str]
    """Where the auditor is declared, as `file:line`."""


class AuditorAccess(pulumi.ComponentResource):
    """A delegation for persons and two roles for a machine: they read every control, the machine the evidence as well.

    The person's tenant is delegated Reader on the subscription, for one user who activates it with a second factor for
    eight hours at most; nothing is permanent, so that activating is an API call: the portal's page needs a standing
    Reader. Delegations take built-in roles without data actions only, so the evidence is read by the machine: Reader on
    the subscription, and Storage Blob Data Reader on the evidence group, under the condition that a container holds
    logs.

    Nothing is denied to the auditor: Azure's deny assignments cover neither reads nor data. That the auditor reads no
    user data rests on no assignment granting it, at any scope, and on stores that answer no network but the site's.
    Reader is more than configuration: it reads deployment records, and queries Log Analytics where there is any. An
    Owner of the subscription can delete both; that is stopped above the subscription, or seen in the trail.
    """

    person_access: pulumi.Output[str]
    """Id of the delegation."""
    machine_access: pulumi.Output[str]
    """Id of the machine's role assignment on the evidence."""

    def __init__(self, name: str, args: AuditorAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare delegation and assignments; Refusal when a principal is not one exact id."""
        super().__init__("clover-azure:index:AuditorAccess", name, dict(args), without_versions(opts))
        _refuse_wide(args)
        self.person_access = self._delegated(name, args)
        self.machine_access = self._assigned(name, args["site"], args["machine"])
        self.register_outputs({"person_access": self.person_access, "machine_access": self.machine_access})

    def _delegated(self, name: str, args: AuditorAccessArgs) -> pulumi.Output[str]:
        """The delegation of the subscription to the person's tenant."""
        site, (tenant, person) = args["site"], args["person"].split("/")
        scope, kind = names.subscription_id(site), "Microsoft.ManagedServices/registration"
        guid = names.guid(site, "auditor", "person")
        offer = managedservices.RegistrationDefinition(
            f"{name}-person",
            registration_definition_id=guid,
            scope=scope,
            properties={
                "registration_definition_name": f"Clover {site['name']} {args['external_id']}",
                "description": f"The auditor reads the controls of {site['name']}",
                "managed_by_tenant_id": tenant,
                "authorizations": [],
                "eligible_authorizations": [_eligible(site, person)],
            },
            opts=pulumi.ResourceOptions(parent=self),
        )
        taken = managedservices.RegistrationAssignment(
            f"{name}-person-delegation",
            registration_assignment_id=guid,
            scope=scope,
            properties={
                "registration_definition_id": once_created(
                    names.extension_id(scope, f"{kind}Definitions", guid), [offer]
                )
            },
            opts=pulumi.ResourceOptions(parent=self),
        )
        return once_created(names.extension_id(scope, f"{kind}Assignments", guid), [taken])

    def _assigned(self, name: str, site: SiteArgs, machine: str) -> pulumi.Output[str]:
        """The machine's two roles."""
        subscription, evidence = names.subscription_id(site), names.group_id(site, StoreRole.EVIDENCE)
        guid = names.guid(site, "auditor", "machine", "evidence")
        controls = authorization.RoleAssignment(
            f"{name}-machine-controls",
            role_assignment_name=names.guid(site, "auditor", "machine", "controls"),
            scope=subscription,
            role_definition_id=names.built_in_role(site, "reader"),
            principal_id=machine,
            principal_type="ServicePrincipal",
            opts=pulumi.ResourceOptions(parent=self),
        )
        reading = authorization.RoleAssignment(
            f"{name}-machine-evidence",
            role_assignment_name=guid,
            scope=evidence,
            role_definition_id=names.built_in_role(site, "storage-blob-data-reader"),
            principal_id=machine,
            principal_type="ServicePrincipal",
            condition=roles.log_containers_only(),
            condition_version=roles.CONDITION_VERSION,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return once_created(
            names.extension_id(evidence, "Microsoft.Authorization/roleAssignments", guid), [controls, reading]
        )


def _eligible(site: SiteArgs, person: str) -> managedservices.EligibleAuthorizationArgsDict:
    """Reader, for as long as it is activated; without the second factor named, none would be asked for."""
    return {
        "principal_id": person,
        "principal_id_display_name": f"Auditor of {site['name']}",
        "role_definition_id": names.built_in_guid("reader"),
        "just_in_time_access_policy": {
            "multi_factor_auth_provider": "Azure",
            "maximum_activation_duration": ACTIVATION,
        },
    }


def _refuse_wide(args: AuditorAccessArgs) -> None:
    """Raise Refusal for a principal that is not one exact id, and for an auditor without a network."""
    place = args.get("declared_at")
    for which, given, form in (("person", args["person"], f"{_ID}/{_ID}"), ("machine", args["machine"], _ID)):
        if not re.fullmatch(form, given):
            raise Refusal(f"{which}: {given!r} is not the id of one exact principal", place)
    if not args["networks"]:
        raise Refusal("networks: the auditor's machine calls from at least one declared network", place)

"""The auditor's way into the site's account."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

import pulumi
from pulumi_aws import iam

from clover.zones.vocabulary import Cloud
from components.aws import site as names
from components.aws.policies import auditor
from components.aws.policies.document import Document, render
from components.aws.site import SiteArgs
from components.limits import refuse_over
from components.ordering import once_created
from components.refusal import Refusal
from components.tags import tags

_INLINE = "iam-role-inline-policies"


class AuditorAccessArgs(TypedDict):
    """Who the auditor is."""

    site: SiteArgs
    """The site that is audited."""
    person: str
    """ARN of the one principal that a person of the auditor signs in as."""
    machine: str
    """ARN of the one principal that the auditor's tool calls as."""
    external_id: str
    """The id agreed with the auditor for this site; no secret."""
    networks: Sequence[str]
    """The networks (CIDR) that the auditor calls from."""
    declared_at: NotRequired[str]
    """Where the auditor is declared, as `file:line`."""


class AuditorAccess(pulumi.ComponentResource):
    """Two roles that read every control and the evidence, and nothing else, whatever anybody grants them later.

    The person's role asks for a second factor, the machine's for the external id and the auditor's networks. Both are
    explicitly denied user data, decryption of anything but evidence, and every action beside the listed reads: so
    they write nothing and share nothing. Evidence opens to them only from the auditor's networks (the store's policy).
    """

    person_access: pulumi.Output[str]
    """ARN of the role for persons."""
    machine_access: pulumi.Output[str]
    """ARN of the role for the auditor's tool."""

    def __init__(self, name: str, args: AuditorAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare both roles; Refusal when a principal is not one exact ARN, OverLimit when a policy is too long."""
        super().__init__("clover-aws:index:AuditorAccess", name, dict(args), opts)
        _refuse_wide(args)
        person = auditor.person_trust(args["person"])
        machine = auditor.machine_trust(args["machine"], args["external_id"], args["networks"])
        self.person_access = self._role(name, args["site"], "person", person)
        self.machine_access = self._role(name, args["site"], "machine", machine)
        self.register_outputs({"person_access": self.person_access, "machine_access": self.machine_access})

    def _role(self, name: str, site: SiteArgs, kind: str, trust: Document) -> pulumi.Output[str]:
        """A role of the auditor's; its ARN is delivered with its denials in place."""
        child = pulumi.ResourceOptions(parent=self)
        role = iam.Role(
            f"{name}-{kind}",
            name=names.auditor_role_name(site, kind),
            path=names.AUDITOR_PATH,
            description=f"The auditor's {kind} role in {site['name']}: reads controls and evidence",
            assume_role_policy=render(trust, "iam-trust-policy"),
            max_session_duration=auditor.SESSION_SECONDS,
            tags=tags(site),
            opts=child,
        )
        reads, denials = render(auditor.reads(site), _INLINE), render(auditor.denials(site), _INLINE)
        refuse_over(Cloud.AWS, _INLINE, len(reads) + len(denials))
        denied = iam.RolePolicy(f"{name}-{kind}-denials", role=role.name, policy=denials, opts=child)
        after = pulumi.ResourceOptions(parent=self, depends_on=[denied])
        allowed = iam.RolePolicy(f"{name}-{kind}-reads", role=role.name, policy=reads, opts=after)
        return once_created(role.arn, [denied, allowed])


def _refuse_wide(args: AuditorAccessArgs) -> None:
    """Raise Refusal for a principal that stands for more than one, and for an auditor without a network."""
    place = args.get("declared_at")
    for which in ("person", "machine"):
        if "*" in args[which] or not args[which].startswith("arn:") or args[which].endswith(":root"):
            raise Refusal(f"{which}: {args[which]!r} is not the ARN of one exact principal", place)
    if not args["networks"]:
        raise Refusal("networks: the auditor's machine calls from at least one declared network", place)

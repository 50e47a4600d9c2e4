"""ASM-2: what the auditor publishes of a gateway is what the gateway lets out."""

from collections.abc import Callable, Iterator
from typing import Any

from clover.controls.case import Case
from clover.controls.network.attested import Deployed, not_known
from clover.controls.network.counterexample import wrong
from clover.controls.verdict import Answer, Ground, assumed, proved, refuted, unknown
from clover.model.aws.network_links import entries, known, member
from clover.sources import Resource

WORKSPACES = ("clover-aws:index:AssessmentWorkspace", "clover-azure:index:AssessmentWorkspace")
GATEWAYS = ("clover-aws:index:EgressGateway", "clover-azure:index:EgressGateway")


def is_let_out(case: Case, deployed: Callable[[Case], Iterator[Deployed]]) -> Iterator[Answer]:
    """Answer for each gateway of the site and each workspace that publishes; assumed where none was read."""
    publishing = [each for part in case.others if part.is_workspace for each in part.resources.of(*WORKSPACES)]
    if not publishing:
        yield assumed("what the auditor publishes of the site is the auditor's to compare: its workspace was not read")
        return
    for gateway in deployed(case):
        if gateway.rules is None or not known([gateway.rules.content, gateway.rules.also]):
            yield not_known(gateway)
        else:
            yield from (_compared(case, gateway, gateway.rules.digest, workspace) for workspace in publishing)


def _compared(case: Case, gateway: Deployed, digest: str, workspace: Resource) -> Answer:
    """Whether a workspace publishes the digest and the hosts of a gateway."""
    if not known(workspace.inputs.get("published")):
        return unknown(f"what {workspace.name} publishes is not known", resource=gateway.urn)
    published = list(entries(workspace, "published"))
    listed = [index for index, entry in enumerate(published) if member(entry, "site") == case.site.name]
    if len(listed) != 1:
        sites = [member(entry, "site") for entry in published]
        example = wrong(workspace.urn, "published", published, f"one entry of {case.site.name}")
        return refuted(f"{workspace.name} publishes of {sites}, not once of the site", example, resource=gateway.urn)
    hosts = _declared(case)
    wanted = {"rule_set_digest": digest, **({} if hosts is None else {"allowed_domains": hosts})}
    for name, allowed in wanted.items():
        told = member(published[listed[0]], name)
        if told != allowed:
            example = wrong(workspace.urn, f"published[{listed[0]}].{name}", told, str(allowed))
            reason = f"{workspace.name} publishes another {name} than the gateway has"
            return refuted(reason, example, resource=gateway.urn)
    grounds = (*gateway.grounds, Ground(workspace.urn, "published"))
    if hosts is None:
        return assumed(UNLISTED.format(workspace.name), resource=gateway.urn, rests_on=grounds)
    return proved(f"{workspace.name} publishes what the gateway lets out", resource=gateway.urn, rests_on=grounds)


UNLISTED = (
    "{} publishes the digest of the deployed rules; nothing declares which hosts may be reached, as in what is read "
    "live: that the published hosts are those of these rules is the auditor's to compare"
)


def _declared(case: Case) -> list[Any] | None:
    """The hosts that the site declares, in the order in which they are published; None where no gateway is declared."""
    gateways = case.resources.of(*GATEWAYS)
    if not gateways:
        return None
    declared = (entries(intent, "allowed_domains") for intent in gateways)
    return sorted(str(member(each, "name")) for listed in declared for each in listed)

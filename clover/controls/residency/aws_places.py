"""RES-1, RES-2 and RES-5 on AWS: locations, copies, and types that nobody understands."""

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from clover.controls.aws_callers import partition
from clover.controls.backups.aws_copies import REPLICATION, into_a_copy, stays
from clover.controls.backups.aws_policies import by_its_policy
from clover.controls.backups.copies import accounts_named
from clover.controls.case import Case
from clover.controls.evidence.stores import EvidenceStores
from clover.controls.verdict import Answer, Ground, Outcome, proved, refuted, unknown
from clover.model.aws import locations
from clover.model.aws.policies import document_of, statements
from clover.model.resources import every, value
from clover.sources import Resource, Unknown
from clover.sources.plain import as_list, as_object
from clover.tables import read_table
from clover.zones.vocabulary import StackKind

_SERVICE = re.compile(r"[a-z0-9-]+\.amazonaws\.com")
_MOVERS = Path(locations.__file__).with_name("movers.yaml")
STORE = "aws:s3/bucket:Bucket"
PROVIDER = "pulumi:providers:aws"
_PULUMI = "pulumi:pulumi:"
"""How the engine's own types begin: they hold nothing. Neither does what is not custom: it groups others."""


@cache
def movers() -> dict[str, Any]:
    """The types through which data leaves, is relayed, and neither; see movers.yaml."""
    return read_table(_MOVERS)


@cache
def doors() -> dict[str, Any]:
    """The types that are doors of a network; see network_doors.yaml."""
    return read_table(_MOVERS.with_name("network_doors.yaml"))["doors"]


def locations_lie_in_the_zone(case: Case) -> Iterator[Answer]:
    """RES-1: one answer for each resource that lies outside or may do so; one for the site when all lie inside."""
    ground = locations.Ground(case.site.region, case.accounts | accounts_named(case))
    grounds: list[Ground] = []
    failed = False
    for resource in _located(case):
        answers = [*_placed(resource, ground), *_left_open(case, resource), *_in_another_account(case, resource)]
        failed = failed or bool(answers)
        yield from answers
        grounds.append(Ground(resource.urn, f"region={_region(resource)}"))
    if not failed:
        yield proved(f"all {len(grounds)} resources lie in {case.site.region}", rests_on=tuple(grounds))


def _left_open(case: Case, resource: Resource) -> Iterator[Answer]:
    """What a provider leaves to whoever runs the program, unless the ARNs of what it made show it."""
    if resource.type != PROVIDER:
        return
    arns = [arn.split(":") for each in case.resources.all if isinstance(arn := each.outputs.get("arn"), str)]
    for name, field, what in (("region", 3, "region"), ("allowedAccountIds", 4, "account")):
        shown = any(len(parts) > field and parts[field] for parts in arns)
        if value(resource, name) in (None, "", "[]", []) and not shown:
            yield unknown(f"{resource.name} is held to no {what}, so the {what} is not known", resource=resource.urn)


def _in_another_account(case: Case, resource: Resource) -> Iterator[Answer]:
    """A provider that is set to an account beside the one that the zone gives the site, or the hand."""
    held = value(resource, "allowedAccountIds") if resource.type == PROVIDER else None
    named = as_list(json.loads(held) if isinstance(held, str) and held else held) or ()
    others = [each for each in named if isinstance(each, str) and each != case.site.account]
    if others:
        example = _property(resource, "allowedAccountIds", held, json.dumps([case.site.account]))
        told = f"{resource.name}: allowedAccountIds has {others[0]}, and the zone names {case.site.account}"
        yield refuted(told, example, resource=resource.urn)


def _region(resource: Resource) -> str:
    """The region that a resource names, in words."""
    found = value(resource, "region")
    return "not known" if isinstance(found, Unknown) else str(found or "none of its own")


def _located(case: Case) -> Iterator[Resource]:
    """What lies somewhere: whatever the site's cloud makes, of a type that anybody knows or not."""
    known = locations.classification()["types"]
    return (each for each in case.resources.all if each.type in known or each.type.startswith("aws:"))


def _placed(resource: Resource, ground: locations.Ground) -> Iterator[Answer]:
    """What is wrong, or not known, about one resource's locations."""
    known, open_names = _split(resource)
    listed = resource.type in locations.classification()["types"]
    for finding in (locations.outside if listed else locations.by_name)(resource.type, known, ground):
        if finding.why == locations.UNCLASSIFIED:
            yield unknown(f"{resource.name}: {finding.property} is {finding.why}", resource=resource.urn)
            continue
        example = _property(resource, finding.property, finding.value, f"in {ground.region}, {finding.why}")
        where = f"{finding.property} is {finding.value!r}" if finding.value is not None else finding.why
        yield refuted(f"{resource.name}: {where}", example, resource=resource.urn)
    if open_names:
        yield unknown(f"{resource.name}: {', '.join(open_names)} not known before the update", resource=resource.urn)


def _split(resource: Resource) -> tuple[dict[str, Any], list[str]]:
    """The properties whose value is known, and the names of declared ones that bear a location and are not."""
    found = {**resource.inputs, **resource.outputs}
    known = {name: _known(content) for name, content in found.items() if not _is_the_engines(resource, name)}
    waiting = [name for name, content in resource.inputs.items() if _has_unknown(content)]
    return known, [name for name in waiting if _may_lead_out(resource.type, name)]


def _may_lead_out(kind: str, name: str) -> bool:
    """Whether a property bears a location or refers to something; by its name, where nobody classified its type."""
    if kind not in locations.classification()["types"]:
        return locations.says_where(name)
    return locations.classes_of(kind, name) in (["location"], ["reference"])


def _is_the_engines(resource: Resource, name: str) -> bool:
    """Whether the engine itself keeps the property: marks of the SDK, and which plugin serves a provider."""
    plugin = resource.type.startswith("pulumi:providers:") and name in ("version", "pluginDownloadURL")
    return plugin or name.startswith("__")


def _known(content: object) -> Any:
    """`content` without what is unknown in it."""
    if (members := as_object(content)) is not None:
        return {name: _known(inner) for name, inner in members.items()}
    if (items := as_list(content)) is not None:
        return [_known(inner) for inner in items]
    return None if isinstance(content, Unknown) else content


def _has_unknown(content: object) -> bool:
    inner = as_list(content) or list((as_object(content) or {}).values())
    return isinstance(content, Unknown) or any(_has_unknown(each) for each in inner)


def copies_stay_in_the_zone(case: Case) -> Iterator[Answer]:
    """RES-2: every resource that copies, shares or delivers data names places of the zone only."""
    kinds = movers()["copies"]
    found = [
        by_its_policy(case, each) if "asked" in kinds[each.type] else _copy(case, each, kinds[each.type])
        for each in case.resources.all
        if each.type in kinds
    ]
    yield from found
    if all(answer.outcome is Outcome.PROVED for answer in found):
        stores = case.resources.of(STORE)
        grounds = tuple(Ground(store.urn, "no copy is declared") for store in stores)
        yield proved("nothing else that is declared copies, shares, exports or delivers data", rests_on=grounds)


def _copy(case: Case, resource: Resource, kind: dict[str, Any]) -> Answer:
    if resource.type == REPLICATION and into_a_copy(case, resource):
        return stays(case, resource)
    if "to" not in kind:
        example = _property(resource, "type", resource.type, "no resource of this type")
        return refuted(f"{resource.name} {kind['how']}", example, resource=resource.urn)
    named = [(path, target) for path in kind["to"] for target in _named_by(resource, path, kind)]
    for path, target in named:
        if isinstance(target, Unknown) or _may_lie_elsewhere(case, target):
            return unknown(f"{resource.name} {kind['how']}: {path} is not known", resource=resource.urn)
        if _inside(case, target) or (kind.get("services") and _SERVICE.fullmatch(str(target))):
            continue
        if kind.get("channels") and _is_a_channel(case, target):
            continue
        vault = EvidenceStores(case) if kind.get("records") else None
        if vault is None or not vault.holds(target):
            return _leaving(resource, kind, path, target, vault)
    elsewhere = _other_destination(resource, kind, [path for path, _ in named])
    if elsewhere:
        return unknown(f"{resource.name} {kind['how']}: {elsewhere}", resource=resource.urn)
    grounds = tuple(Ground(resource.urn, f"{path}={target}") for path, target in named)
    return proved(f"{resource.name} stays in the zone", resource=resource.urn, rests_on=grounds)


def _named_by(resource: Resource, path: str, kind: dict[str, Any]) -> list[Any]:
    """What a property names: its values, or for a policy whoever it allows anything; a service acts for the account."""
    if not kind.get("principals"):
        return every(resource, path)
    document = document_of(value(resource, path))
    if document is None or isinstance(document, Unknown):
        return [] if document is None else [document]
    allowed = (each for each in statements(document) if each.get("Effect") == "Allow")
    named = [each.get("Principal", "*") for each in allowed]
    return [who for each in named for who in _whom(each)]


def _whom(principal: Any) -> list[Any]:
    """The accounts and principals that a statement names, without services."""
    listed = as_object(principal)
    if listed is None:
        return [principal]
    several = (who for kind, found in listed.items() if kind != "Service" for who in (as_list(found) or [found]))
    return list(several)


def _is_a_channel(case: Case, target: Any) -> bool:
    """Whether the auditor or an authority listens there, as the zone says; only the auditor tells them."""
    zone = case.zone.file
    known = (zone.auditor.channel, *(one.channel for one in zone.authorities))
    told = {address.removeprefix("mailto:") for address in known if address}
    return case.hand is StackKind.AUDITOR and target in told


def _leaving(resource: Resource, kind: dict[str, Any], path: str, target: Any, vault: EvidenceStores | None) -> Answer:
    """The answer for a destination that is no place of the zone, unless it may be the vault of the site's records."""
    if vault and vault.perhaps(target):
        return unknown(f"{resource.name} {kind['how']}: {vault.doubt(path)}", resource=resource.urn)
    held = value(resource, path) if kind.get("principals") else target
    example = _property(resource, path, held, "a place of the zone")
    return refuted(f"{resource.name} {kind['how']}: {target}", example, resource=resource.urn)


def _other_destination(resource: Resource, kind: dict[str, Any], named: Sequence[str]) -> str | None:
    """What a resource does beside what its type's row reads, or that it does not say where to, in words."""
    beside = next((name for name in kind.get("never", ()) if value(resource, name) not in (None, "", [])), None)
    if beside:
        return f"to what {beside} names"
    missing = next((path for path in kind.get("needs", ()) if path not in named), None)
    if missing:
        return f"{missing} is not said"
    if kind.get("services") and not any(path in named for path in kind["services"]):
        principal = value(resource, kind["to"][0])
        return f"for whom {principal} calls is not said" if _SERVICE.fullmatch(str(principal)) else None
    return None if named or kind.get("optional") or "needs" in kind else "nothing says where to"


def _inside(case: Case, target: Any) -> bool:
    """Whether a destination is the site's region, an account of the zone, a bucket of the stack there, or an ARN."""
    if bucket := _bucket(case, target):
        return value(bucket, "region") in (None, "", case.site.region)
    text = str(target)
    if text == case.site.region or text in case.accounts:
        return True
    parts = text.split(":")
    known = len(parts) >= 6 and parts[0] == "arn" and parts[4] in case.accounts
    return known and (parts[3] == case.site.region or (parts[2] == "iam" and not parts[3]))


def _may_lie_elsewhere(case: Case, target: Any) -> bool:
    """Whether a destination is a bucket of the stack whose region is not known."""
    bucket = _bucket(case, target)
    return bucket is not None and isinstance(value(bucket, "region"), Unknown)


def _bucket(case: Case, target: Any) -> Resource | None:
    """The bucket of the stack that a destination names, by its name or ARN, with a prefix or without."""
    name = str(target).partition("/")[0].removeprefix(f"arn:{partition(case)}:s3:::")
    return case.resources.having(STORE, "bucket", name)


def types_are_understood(case: Case) -> Iterator[Answer]:
    """RES-5: one answer for each type that nobody classified; one for the site when there is none."""
    strange = [each for each in case.resources.all if each.custom and not _understood(each.type)]
    for resource in strange:
        yield unknown(f"{resource.name} is of type {resource.type}, which nobody classified", resource=resource.urn)
    holding = [each for each in case.resources.all if "holds" in movers()["copies"].get(each.type, ())]
    for resource in holding:
        told = f"{resource.name} holds {movers()['copies'][resource.type]['holds']}: nobody looks at who reaches them"
        yield unknown(told, resource=resource.urn)
    if not strange and not holding:
        yield proved(f"all {len(case.resources.types)} types are classified", given=_closed_world(case))


def _understood(kind: str) -> bool:
    """Whether a type's part is known; a door that may be shut says nothing of what stands behind it."""
    table, door = movers(), doors().get(kind, {"when": {}})
    moved = any(kind in table[part] for part in ("copies", "relays", "guards", "neutral"))
    return kind in locations.classification()["types"] or moved or "when" not in door or kind.startswith(_PULUMI)


def _closed_world(case: Case) -> tuple[str, ...]:
    """The givens that say that the account holds nothing else."""
    return tuple(given.id for given in case.givens.values() if given.kind.value == "closed-world")


def _property(resource: Resource, name: str, content: Any, allowed: str) -> dict[str, Any]:
    return {"kind": "property", "urn": resource.urn, "property": name, "value": content, "allowed": allowed}

"""How rows come to a workspace: the diagnostic settings of what they are about name it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from clover.controls.case import Case
from clover.controls.incidents.rules import Found, root
from clover.controls.network.counterexample import wrong
from clover.controls.verdict import Answer, Ground, refuted, unknown
from clover.model.aws.network_links import entries, known, last, member
from clover.model.azure.incidents import facts
from clover.model.azure.network import FIREWALL
from clover.model.azure.network_places import by_arm_id, lower
from clover.model.azure.records import SETTING, Recording, recordings
from clover.model.azure.stores import ACCOUNT, VAULT
from clover.model.resources import value
from clover.sources import Resource

_TYPES = {"firewall": FIREWALL, "vault": VAULT, "store": ACCOUNT}
_PART = {"store": "/blobservices/default"}
"""Where the records of a kind of resource are set, below the resource itself."""


class _Source(NamedTuple):
    """Something that sends rows: where its settings stand, and the resource itself, or None for a subscription."""

    place: str
    resource: Resource | None
    called: str


def sent(case: Case, table: str, workspace: str, only: str | None = None) -> Found:
    """The grounds on which everything of a case sends its rows of a table; with `only`, what has that name alone."""
    row = facts()["tables"][table]
    sources = list(_sources(case, row["from"], only))
    if not sources:
        told = f"nothing in {case.stack} sends rows of {table}"
        return refuted(told, wrong(root(case.resources), _TYPES[row["from"]], None, "one that sends them"))
    found: list[Ground] = []
    for source in sources:
        answer = _sends(case, source, table, workspace)
        if isinstance(answer, Answer):
            return answer
        found += answer
    return tuple(found)


def _sources(case: Case, kind: str, only: str | None) -> Iterator[_Source]:
    account = case.site.account
    if kind == "activity":
        yield _Source(f"/subscriptions/{account}".lower(), None, "the subscription")
        return
    for place, resource in by_arm_id(case.resources, account, _TYPES[kind]).items():
        if only is None or place.endswith(f"/{only.lower()}"):
            yield _Source(place + _PART.get(kind, ""), resource, last(resource.urn))


def _sends(case: Case, source: _Source, table: str, workspace: str) -> Found:
    """The grounds of a setting that sends the rows of one source; what is wrong where none does."""
    doubt: Answer | None = None
    about = [each for each in recordings(case.resources) if each.about == source.place or not known(each.about)]
    for each in about:
        problem = _problem(each, table, workspace)
        if problem is None:
            return (Ground(each.setting.urn, f"workspaceId={value(each.setting, 'workspaceId')}"),)
        doubt = problem if known(each.about) or doubt is None else doubt
    told = f"{source.called} sends no rows of {table} to the monitor"
    blamed = source.resource.urn if source.resource else root(case.resources)
    example = wrong(blamed, SETTING, None, "a setting that names the monitor's workspace")
    return doubt or refuted(told, example, resource=source.resource.urn if source.resource else None)


def _problem(each: Recording, table: str, workspace: str) -> Answer | None:
    """What is wrong with a setting, as one that sends the rows of a table."""
    setting, row = each.setting, facts()["tables"][table]
    held = {name: value(setting, name) for name in ("workspaceId", row["settings"], "logAnalyticsDestinationType")}
    if not known(each.about) or not all(map(known, held.values())):
        return unknown(f"what {last(setting.urn)} sends where is not known", resource=setting.urn)
    if lower(held["workspaceId"]) != workspace:
        return _refuted(setting, "workspaceId", held["workspaceId"], "the monitor's workspace")
    on = [entry for entry in entries(setting, row["settings"]) if member(entry, "enabled") is True]
    named = {member(entry, name) for entry in on for name in ("category", "categoryGroup")}
    if not named & set(row["categories"]):
        allowed = f"{' or '.join(row['categories'])} enabled"
        return _refuted(setting, row["settings"], held[row["settings"]], allowed)
    if table in facts()["dedicated"] and held["logAnalyticsDestinationType"] != "Dedicated":
        name = "logAnalyticsDestinationType"
        return _refuted(setting, name, held[name], f"Dedicated: rows stand in {table}")
    return None


def _refuted(setting: Resource, name: str, found: Any, allowed: str) -> Answer:
    told = f"{last(setting.urn)} has {name}={found}"
    return refuted(told, wrong(setting.urn, name, found, allowed), resource=setting.urn)

"""INC-2 on Azure: the auditor and the authorities hear the channel, and its alarms show nothing of what was found."""

from collections.abc import Iterator

from clover.controls.case import Case
from clover.controls.incidents.azure_rules import GROUP, channels, shown
from clover.controls.incidents.channel import addresses
from clover.controls.incidents.rules import root
from clover.controls.incidents.watched import Watched, each_watched
from clover.controls.network.counterexample import wrong
from clover.controls.verdict import Answer, Ground, proved, refuted, unknown
from clover.model.aws.network_links import entries, known, last, member
from clover.model.resources import value
from clover.sources import Resource

_WAYS = {"mailto": ("emailReceivers", "emailAddress"), "https": ("webhookReceivers", "serviceUri")}


def the_channel_is_straight(case: Case) -> Iterator[Answer]:
    """INC-2: the answers for every action group that an alarm could sound in."""
    yield from each_watched(case, _straight)


def _straight(watched: Watched) -> Iterator[Answer]:
    part = watched.part
    if part.zone.file.auditor.channel is None:
        told = f"zone {part.zone.name} does not say where the auditor listens"
        yield refuted(told, wrong(root(part.resources), "auditor.channel", None, "an address in the zone file"))
    if not part.resources.of(GROUP):
        yield refuted("the auditor has no channel", wrong(root(part.resources), GROUP, None, "an action group"))
    for group in channels(part).values():
        yield from (_heard(group, who, address) for who, address in addresses(part).items())
        yield _bare(part, group)


def _heard(group: Resource, who: str, address: str) -> Answer:
    """Whether somebody whom the zone names is told by the group."""
    listed, named = _WAYS[address.partition(":")[0]]
    enabled, receivers = value(group, "enabled"), value(group, listed)
    if not known(enabled) or not known(receivers):
        return unknown(f"whom {last(group.urn)} tells is not known", resource=group.urn)
    if enabled is False:
        told = f"{last(group.urn)} tells nobody"
        return refuted(told, wrong(group.urn, "enabled", enabled, "true"), resource=group.urn)
    to = address.removeprefix("mailto:")
    for each in entries(group, listed):
        if member(each, named) != to:
            continue
        if member(each, "status") == "Disabled":
            told = f"{who} does not listen to {last(group.urn)} any more"
            return refuted(told, wrong(group.urn, listed, receivers, f"{to}, enabled"), resource=group.urn)
        grounds = (Ground(group.urn, f"{listed}: {to}"), Ground(group.urn, f"enabled={enabled}"))
        return proved(f"{who} hears of incidents straight", resource=group.urn, rests_on=grounds)
    return refuted(f"{who} does not hear of incidents", wrong(group.urn, listed, receivers, to), resource=group.urn)


def _bare(case: Case, group: Resource) -> Answer:
    """Whether the alarms show a number alone."""
    found = shown(case)
    if isinstance(found, Answer):
        return found
    return proved("an alarm shows nothing of what was found", resource=group.urn, rests_on=found)

"""What the controls are worth to the programme's promises and to each framework, and how they stand at each site."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from clover.controls.frameworks import Framework, Group, Stance, frameworks
from clover.controls.promises import Promise, promises
from clover.controls.verdict import Outcome
from clover.dossier.site_facts import SiteFacts, worst
from clover.zones.vocabulary import Cloud

ORDER = ("GDPR", "NIS2", "DORA", "ISO 27001", "BSI-C5", "SecNumCloud", "FINOS-CCC")
"""The frameworks that come first: law, then standards; those of one cloud come last."""

ABOUT = {"AWS-FSBP": Cloud.AWS, "CIS-AWS": Cloud.AWS, "CIS-Azure": Cloud.AZURE, "MCSB": Cloud.AZURE}
"""Frameworks that are about one cloud; they say nothing of a site on another."""


class Row(NamedTuple):
    """Items of one stance, and the worst outcome of their controls at each site (None: nothing was decided there)."""

    group: Group
    outcomes: tuple[Outcome | None, ...]


def kept_promises(sites: Sequence[SiteFacts]) -> Iterator[tuple[Promise, tuple[Outcome | None, ...]]]:
    """Every promise with the worst outcome of its controls at each site; None where an attestation alone carries it."""
    for promise in promises():
        yield promise, tuple(_worst_of(promise.controls, site) for site in sites)


def matrix(sites: Sequence[SiteFacts]) -> Iterator[tuple[Framework, tuple[Row, ...]]]:
    """Every framework that is about any of the sites, with its rows."""
    clouds = {site.case.site.cloud for site in sites}
    for framework in sorted(frameworks().values(), key=_order):
        if ABOUT.get(framework.framework) in (None, *clouds):
            yield framework, tuple(_row(framework, group, sites) for group in framework.groups)


def _order(framework: Framework) -> tuple[int, str]:
    name = framework.framework
    return (ORDER.index(name) if name in ORDER else len(ORDER), name)


def _row(framework: Framework, group: Group, sites: Sequence[SiteFacts]) -> Row:
    return Row(group, tuple(_outcome(framework, group, site) for site in sites))


def _outcome(framework: Framework, group: Group, site: SiteFacts) -> Outcome | None:
    """No word stands beside an item that no control supports, even where controls are named in its place."""
    if group.stance is not Stance.SUPPORTS or ABOUT.get(framework.framework) not in (None, site.case.site.cloud):
        return None
    return _worst_of(group.controls, site)


def _worst_of(controls: Sequence[str], site: SiteFacts) -> Outcome | None:
    verdicts = [verdict for control in controls for verdict in site.of(control)]
    return worst(verdicts) if verdicts else None

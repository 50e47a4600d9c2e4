"""The collection: what is changed, and what has to be found. The words of a change are explained in changes.py."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml
from msgspec import Struct

from clover.controls.verdict import Claim

HERE = Path(__file__).parent


class Mutant(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One change of a site, and what is expected of the control's claim about the resource `about` (None: the site).

    With `organisation` the organisation's stack is read beside it, and may be what is changed.

    Refuted with a counterexample of kind `example`; or, with `unknown`, not proved; or, with `loses`, still proved, but
    no longer by the statement of that name. Without `foundation` no given counts, neither before nor after.
    """

    id: str
    title: str
    control: str
    about: str | None
    changes: list[dict[str, Any]]
    claim: Claim = Claim.HOLDS
    example: str | None = None
    unknown: bool = False
    loses: str | None = None
    foundation: bool = True
    site: str = ""
    hand: str = "site"
    organisation: bool = False


class Harmless(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One change of a site after which nothing is refuted or unknown that was not before."""

    id: str
    title: str
    changes: list[dict[str, Any]]
    controls: list[str] = []
    """The controls that are asked; all where none is named."""
    claims: tuple[Claim, ...] = (Claim.HOLDS,)
    """The claims that are asked."""
    about: str | None = None
    """The resource that is asked about; all where none is named."""
    site: str = ""
    hand: str = "site"
    organisation: bool = False


class _Also(Struct, forbid_unknown_fields=True):
    """A site at which a page's changes are made too: what stands there in the place of each of the page's names."""

    site: str
    names: dict[str, str]


class _Page(Struct, forbid_unknown_fields=True):
    """The changes of one family at a site, or with `hand` of the part of another hand's stack that is for it."""

    site: str
    family: str
    hand: str = "site"
    organisation: bool = False
    mutants: list[Mutant] = []
    harmless: list[Harmless] = []
    also: list[_Also] = []


@cache
def _pages() -> tuple[_Page, ...]:
    files = sorted(HERE.glob("*/*.yaml"))
    read = [msgspec.convert(yaml.safe_load(file.read_text(encoding="utf-8")), _Page) for file in files]
    return tuple(each for page in read for each in (page, *(_elsewhere(page, other) for other in page.also)))


def _elsewhere(page: _Page, other: _Also) -> _Page:
    """The page with the names of another site, and ids that end with that."""
    words = re.compile("|".join(map(re.escape, other.names)))
    text = words.sub(lambda found: other.names[found[0]], msgspec.json.encode(page).decode())
    found = msgspec.json.decode(text, type=_Page)
    found.mutants = [msgspec.structs.replace(each, id=f"{each.id}-{other.site}") for each in found.mutants]
    found.harmless = [msgspec.structs.replace(each, id=f"{each.id}-{other.site}") for each in found.harmless]
    return found


def mutants(family: str | None = None, site: str | None = None) -> list[Mutant]:
    """Every mutant of a family and a site, or of all."""
    chosen = (page for page in _pages() if family in (None, page.family) and site in (None, page.site))
    return [msgspec.structs.replace(each, **_said(page)) for page in chosen for each in page.mutants]


def harmless(family: str | None = None, site: str | None = None) -> list[Harmless]:
    """Every harmless change of a family and a site, or of all."""
    chosen = (page for page in _pages() if family in (None, page.family) and site in (None, page.site))
    return [msgspec.structs.replace(each, **_said(page)) for page in chosen for each in page.harmless]


def _said(page: _Page) -> dict[str, Any]:
    """What a page says of all its changes."""
    return {"site": page.site, "hand": page.hand, "organisation": page.organisation}


def families() -> Mapping[str, str]:
    """The family of each mutant, by its id."""
    return {each.id: page.family for page in _pages() for each in (*page.mutants, *page.harmless)}

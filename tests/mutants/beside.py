"""What no claim is about: operational.yaml says why, and the claims that it names have to stay proved."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec
import yaml

from clover.controls.verdict import Outcome
from tests.mutants.deletions import Deletion, asked, proofs


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A type, or one name of it, with why no claim is about it and the controls that have to stay proved."""

    type: str
    why: str
    stay: tuple[str, ...]
    name: str | None = None


class Beside(NamedTuple):
    """The entry that a deletion fits, and whether its controls stay proved."""

    entry: Entry
    stands: bool


@cache
def entries() -> tuple[Entry, ...]:
    """The entries of operational.yaml."""
    text = Path(__file__).with_name("operational.yaml").read_text(encoding="utf-8")
    return tuple(msgspec.convert(yaml.safe_load(text), list[Entry]))


def beside(deletion: Deletion) -> Beside | None:
    """The entry for what is taken out, if there is one."""
    kind, name = deletion.urn.split("::")[2].rpartition("$")[2], deletion.urn.rpartition("::")[2]
    found = next((each for each in entries() if each.type == kind and each.name in (None, name)), None)
    if found is None or deletion.item:
        return None
    made = proofs(asked(deletion), [deletion.change], organisation=deletion.stack == "organisation")
    told: dict[str, set[Outcome]] = {}
    for (_, control, _, _), (outcomes, _) in made.items():
        told.setdefault(control, set()).update(outcomes)
    wrong = {Outcome.REFUTED, Outcome.UNKNOWN}
    return Beside(found, all(control in told and not told[control] & wrong for control in found.stay))

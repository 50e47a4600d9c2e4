"""Files of stacks that differ: sites as they are, mutants of them, a plan, each under a name of its own."""

import json
from pathlib import Path
from typing import Any

from tests.data import FOLDER, first_preview, state
from tests.mutants.collection import mutants
from tests.mutants.export import export

MUTANTS = (
    "res-1-a-bucket-in-another-region",
    "net-1-one-address-is-routed-past-the-firewall",
    "evd-2-evidence-expires-early",
    "key-1-one-more-store",
    "aud-1-the-reads-are-gone",
)


OTHERS = [FOLDER / f"{stack}.state.json" for stack in ("auditor", "organisation", "dublin2")]
"""The other hands' stacks, and a site whose proofs lean on them."""


def files(folder: Path) -> list[Path]:
    """A dozen stacks of all hands and both clouds, most with something wrong."""
    known = {each.id: each for each in mutants()}
    found = {each: export(known[each]) for each in MUTANTS}
    found |= {"dublin": state(), "hamar": state("hamar"), "first": first_preview(), "second": state("hamar")}
    return [saved(folder, name, data) for name, data in found.items()] + OTHERS


def saved(folder: Path, name: str, data: Any) -> Path:
    """The data as the stack of a name."""
    path = folder / f"{name}.json"
    text = json.dumps(data)
    for site in ("dublin", "hamar"):
        text = text.replace(f"urn:pulumi:{site}::", f"urn:pulumi:{name}::")
    path.write_text(text, encoding="utf-8")
    return path

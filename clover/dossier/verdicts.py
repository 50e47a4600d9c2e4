"""The verdicts as a dossier keeps them: all of `clover.verdicts/1`, with what many of them share told once.

A verdict is a row: its id, which begins with control and claim, and goes on with the resource's name where it ends in
a slash; the verdict; and for each further name in `columns` the place, from 0, of its value in the list of that name
in `told`. A last cell holds what is not as in `usual`. The promise is that of the control; a ground is a pair of
places, in `resources` and in `statements`; a resource is the place in `begins` of what its URN, or a given's id, begins
with, and the rest.
`python -m clover.dossier.verdicts FILE` writes it out in full.
"""

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from clover.controls.proof import Proof
from clover.report.as_json import document
from clover.report.schema import verdicts_schema

SCHEMA = "clover.dossier-verdicts/2"
OWN = ("id", "verdict")
"""What every verdict says itself."""
TOLD = ("reason", "resource", "where", "given", "rests_on", "changeable_by")
"""What it names by its place."""
SELDOM = {"counterexample": None, "fix": None}
"""What few verdicts have, and what stands for it where it is left out."""


class _Told(dict[bytes, int]):
    """A list of values, each of them once."""

    def place(self, value: Any) -> int:
        """Where the value stands; at the end where it is new."""
        return self.setdefault(msgspec.json.encode(value), len(self))

    @property
    def listed(self) -> list[msgspec.Raw]:
        """The values in their order."""
        return [msgspec.Raw(value) for value in self]


class _Kept:
    """The lists of a document in the making."""

    def __init__(self) -> None:
        self.begins, self.resources, self.statements, self.grounds = _Told(), _Told(), _Told(), _Told()
        self.told = {name: _Told() for name in TOLD}

    def verdict(self, full: dict[str, Any], usual: dict[str, Any]) -> list[Any]:
        """The row of one verdict."""
        unusual = {name: full[name] for name in usual if full[name] != usual[name]}
        own = (full["id"].removesuffix(_name_in(full)), full["verdict"])
        row = [*own, *(self._told(name, full[name]) for name in TOLD)]
        return [*row, unusual] if unusual else row

    def _told(self, name: str, value: Any) -> int:
        if name == "rests_on":
            value = [self._ground(**ground) for ground in value]
        if name == "resource":
            value = value and self._resource(value)
        return self.told[name].place(value)

    def _resource(self, urn: str) -> int:
        begin, between, name = urn.rpartition("::")
        return self.resources.place([self.begins.place(begin + between), name])

    def _ground(self, urn: str, statement: str) -> int:
        return self.grounds.place([self._resource(urn), self.statements.place(statement)])


def _name_in(verdict: dict[str, Any]) -> str:
    """The resource's name at the end of a verdict's id; empty where the id does not end with it."""
    name = (verdict["resource"] or "").rpartition("::")[2]
    return name if verdict["id"].endswith(f"/{name}") else ""


def verdicts_json(proof: Proof) -> bytes:
    """The verdicts as compact JSON, byte for byte the same for the same input."""
    full: dict[str, Any] = msgspec.to_builtins(document(proof))
    usual = {**SELDOM, **_most(verdict["basis"] for verdict in full["verdicts"])}
    kept = _Kept()
    verdicts = [kept.verdict(verdict, usual) for verdict in full["verdicts"]]
    found = {
        "schema": SCHEMA,
        "subjects": full["subjects"],
        "summary": full["summary"],
        "usual": usual,
        "promises": {verdict["control"]: verdict["promise"] for verdict in full["verdicts"]},
        "begins": kept.begins.listed,
        "resources": kept.resources.listed,
        "statements": kept.statements.listed,
        "grounds": kept.grounds.listed,
        "told": {name: listed.listed for name, listed in kept.told.items()},
        "columns": [*OWN, *TOLD],
        "verdicts": verdicts,
    }
    return msgspec.json.encode(found) + b"\n"


def _most(bases: Iterable[str]) -> dict[str, str]:
    """The basis that most verdicts have, as a member; nothing where there are none."""
    common = [basis for basis, _ in Counter(bases).most_common(1)]
    return {"basis": common[0]} if common else {}


def in_full(kept: dict[str, Any]) -> dict[str, Any]:
    """What `clover prove --format json` prints of the same proof."""
    resources = [kept["begins"][begin] + name for begin, name in kept["resources"]]
    statements = kept["statements"]
    grounds = [{"urn": resources[urn], "statement": statements[statement]} for urn, statement in kept["grounds"]]
    told = dict(kept["told"])
    told["resource"] = [None if place is None else resources[place] for place in told["resource"]]
    told["rests_on"] = [[grounds[place] for place in places] for places in told["rests_on"]]
    return {
        "schema": "clover.verdicts/1",
        "subjects": kept["subjects"],
        "verdicts": [_verdict(kept, told, row) for row in kept["verdicts"]],
        "summary": kept["summary"],
    }


def _verdict(kept: dict[str, Any], told: dict[str, list[Any]], row: list[Any]) -> dict[str, Any]:
    own, places, unusual = row[: len(OWN)], row[len(OWN) : len(OWN) + len(TOLD)], row[len(OWN) + len(TOLD) :]
    found = {**kept["usual"], **dict(zip(OWN, own, strict=True))}
    found |= {name: told[name][place] for name, place in zip(TOLD, places, strict=True)}
    if found["id"].endswith("/"):
        found["id"] += (found["resource"] or "").rpartition("::")[2]
    found["control"], _, found["claim"] = found["id"].partition("@")[0].partition(".")
    found["promise"] = kept["promises"][found["control"]]
    return {**found, **(unusual[0] if unusual else {})}


def dossier_verdicts_schema() -> dict[str, Any]:
    """The JSON Schema of what the dossier keeps, made from that of `clover prove --format json`."""
    schema = verdicts_schema()
    parts, place = schema["$defs"], {"type": "integer", "minimum": 0}
    full, told = parts["Verdict"]["properties"], parts["VerdictDocument"]
    places = {"type": "array", "items": place}
    seldom = {"type": "object", "properties": {name: full[name] for name in (*SELDOM, "basis")}}
    listed = {name: {"type": "array", "items": full[name]} for name in TOLD}
    listed["rests_on"]["items"] = places
    listed["resource"]["items"] = {"anyOf": [place, {"type": "null"}]}
    texts = {"type": "array", "items": {"type": "string"}, "uniqueItems": True}
    cells = [*(full[name] for name in OWN), *(place for _ in TOLD), seldom]
    row = {"type": "array", "prefixItems": cells, "items": False, "minItems": len(OWN) + len(TOLD)}
    told["properties"] |= {
        "schema": {"enum": [SCHEMA]},
        "usual": seldom,
        "promises": {"type": "object", "additionalProperties": {"type": "string"}},
        "begins": texts,
        "resources": {"type": "array", "items": {"type": "array", "prefixItems": [place, {"type": "string"}]}},
        "statements": texts,
        "grounds": {"type": "array", "items": {**places, "minItems": 2, "maxItems": 2}, "uniqueItems": True},
        "told": {"type": "object", "properties": listed, "required": list(listed)},
        "columns": {"const": [*OWN, *TOLD]},
        "verdicts": {"type": "array", "items": row},
    }
    told["required"] = list(told["properties"])
    del parts["Ground"], parts["Verdict"]
    return {**schema, "$comment": "Generated: python -m clover.dossier.schema", "title": SCHEMA}


if __name__ == "__main__":
    read = msgspec.json.decode(Path(sys.argv[1]).read_bytes())
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(in_full(read)), indent=2).decode() + "\n")

"""The verdicts as a dossier keeps them: all of `clover.verdicts/1`, with what many of them share told once.

`verdicts` have their own id, control, claim and verdict. What else one has is a place, from 0, in the list of `told` that has
the member's name; a member that it lacks is as in `usual`, and its promise is that of its control. A ground is a pair of
places, in `resources` and in `statements`. `python -m clover.dossier.verdicts FILE` writes it out in full.
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
OWN = ("id", "control", "claim", "verdict")
"""What every verdict says itself."""
TOLD = ("resource", "given", "rests_on", "changeable_by", "reason", "where")
"""What it names by its place."""
EMPTY = {
    "resource": None,
    "given": [],
    "rests_on": [],
    "changeable_by": [],
    "counterexample": None,
    "where": None,
    "fix": None,
}


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
        self.resources, self.statements, self.grounds = _Told(), _Told(), _Told()
        self.told = {name: self.resources if name == "resource" else _Told() for name in TOLD}

    def verdict(self, full: dict[str, Any], usual: dict[str, Any]) -> dict[str, Any]:
        """One verdict as it is kept."""
        found = {name: full[name] for name in OWN}
        for name, value in full.items():
            if name not in (*OWN, "promise") and value != usual.get(name, ...):
                found[name] = self._told(name, value) if name in self.told else value
        return found

    def _told(self, name: str, value: Any) -> int:
        if name != "rests_on":
            return self.told[name].place(value)
        return self.told[name].place([self._ground(**ground) for ground in value])

    def _ground(self, urn: str, statement: str) -> int:
        return self.grounds.place([self.resources.place(urn), self.statements.place(statement)])


def verdicts_json(proof: Proof) -> bytes:
    """The verdicts as compact JSON, byte for byte the same for the same input."""
    full: dict[str, Any] = msgspec.to_builtins(document(proof))
    usual = {**EMPTY, **_most(verdict["basis"] for verdict in full["verdicts"])}
    kept = _Kept()
    verdicts = [kept.verdict(verdict, usual) for verdict in full["verdicts"]]
    found = {
        "schema": SCHEMA,
        "subjects": full["subjects"],
        "summary": full["summary"],
        "usual": usual,
        "promises": {verdict["control"]: verdict["promise"] for verdict in full["verdicts"]},
        "resources": kept.resources.listed,
        "statements": kept.statements.listed,
        "grounds": kept.grounds.listed,
        "told": {name: listed.listed for name, listed in kept.told.items() if name != "resource"},
        "verdicts": verdicts,
    }
    return msgspec.json.encode(found) + b"\n"


def _most(bases: Iterable[str]) -> dict[str, str]:
    """The basis that most verdicts have, as a member; nothing where there are none."""
    return {"basis": basis for basis, _ in Counter(bases).most_common(1)}


def in_full(kept: dict[str, Any]) -> dict[str, Any]:
    """What `clover prove --format json` prints of the same proof."""
    resources, statements = kept["resources"], kept["statements"]
    grounds = [{"urn": resources[urn], "statement": statements[statement]} for urn, statement in kept["grounds"]]
    told = {**kept["told"], "resource": resources}
    told["rests_on"] = [[grounds[place] for place in places] for places in told["rests_on"]]
    verdicts = [
        {
            **kept["usual"],
            "promise": kept["promises"][verdict["control"]],
            **{name: told[name][value] if name in told else value for name, value in verdict.items()},
        }
        for verdict in kept["verdicts"]
    ]
    return {
        "schema": "clover.verdicts/1",
        "subjects": kept["subjects"],
        "verdicts": verdicts,
        "summary": kept["summary"],
    }


def dossier_verdicts_schema() -> dict[str, Any]:
    """The JSON Schema of what the dossier keeps, made from that of `clover prove --format json`."""
    schema = verdicts_schema()
    parts, place = schema["$defs"], {"type": "integer", "minimum": 0}
    full = parts["Verdict"]["properties"]
    listed = {name: {"type": "array", "items": full[name]} for name in TOLD if name != "resource"}
    listed["rests_on"] = {"type": "array", "items": {"type": "array", "items": place}}
    parts["Verdict"]["properties"] = {name: place if name in TOLD else full[name] for name in full if name != "promise"}
    parts["Verdict"]["required"] = list(OWN)
    pair = {"type": "array", "items": place, "minItems": 2, "maxItems": 2}
    texts = {"type": "array", "items": {"type": "string"}, "uniqueItems": True}
    parts["VerdictDocument"]["properties"] |= {
        "schema": {"enum": [SCHEMA]},
        "usual": {"type": "object", "properties": {name: full[name] for name in (*EMPTY, "basis")}},
        "promises": {"type": "object", "additionalProperties": {"type": "string"}},
        "resources": texts,
        "statements": texts,
        "grounds": {"type": "array", "items": pair, "uniqueItems": True},
        "told": {"type": "object", "properties": listed, "required": list(listed)},
    }
    told = parts["VerdictDocument"]
    told["required"] = list(told["properties"])
    del parts["Ground"]
    return {**schema, "$comment": "Generated: python -m clover.dossier.schema", "title": SCHEMA}


if __name__ == "__main__":
    read = msgspec.json.decode(Path(sys.argv[1]).read_bytes())
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(in_full(read)), indent=2).decode() + "\n")

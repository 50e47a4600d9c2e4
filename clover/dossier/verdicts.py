"""The verdicts as a dossier keeps them: `clover.verdicts/1` but for the grounds, each of which is told once.

`grounds` lists them; `rests_on` of a verdict holds their places in that list, from 0.
"""

from typing import Any

import msgspec

from clover.controls.proof import Proof
from clover.controls.verdict import Ground
from clover.report.as_json import document
from clover.report.schema import verdicts_schema

SCHEMA = "clover.dossier-verdicts/1"


def verdicts_json(proof: Proof) -> bytes:
    """The verdicts as compact JSON, byte for byte the same for the same input."""
    places: dict[Ground, int] = {}
    verdicts = [
        {
            **msgspec.structs.asdict(verdict),
            "rests_on": [places.setdefault(ground, len(places)) for ground in verdict.rests_on],
        }
        for verdict in proof.verdicts
    ]
    told = msgspec.structs.asdict(document(proof))
    return msgspec.json.encode({**told, "schema": SCHEMA, "grounds": list(places), "verdicts": verdicts}) + b"\n"


def dossier_verdicts_schema() -> dict[str, Any]:
    """The JSON Schema of what the dossier keeps, made from that of `clover prove --format json`."""
    schema = verdicts_schema()
    parts = schema["$defs"]
    told = parts["VerdictDocument"]
    told["properties"]["schema"] = {"enum": [SCHEMA]}
    told["properties"]["grounds"] = {"type": "array", "items": {"$ref": "#/$defs/Ground"}}
    told["required"] = [*told["required"], "grounds"]
    parts["Verdict"]["properties"]["rests_on"] = {"type": "array", "items": {"type": "integer", "minimum": 0}}
    return {**schema, "$comment": "Generated: python -m clover.dossier.schema", "title": SCHEMA}

"""What this provider made, written down before the engine hears of it.

An engine that is killed forgets the creations whose answer it had not saved; the journal still has their ids. It
belongs to the lab alone: in a real cloud the ids come from its own trail, or from the console.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path

FILE = "created.jsonl"


def recorder(urn: str) -> Callable[[str], None]:
    """Return what writes down the id of the thing made for `urn`; the folder is the engine's home."""
    home = os.environ.get("PULUMI_HOME")

    def record(resource_id: str) -> None:
        if home:
            with (Path(home) / FILE).open("a", encoding="utf-8") as file:
                file.write(json.dumps({"urn": urn, "id": resource_id}) + "\n")

    return record


def created(home: Path) -> dict[str, str]:
    """The last id made for each URN."""
    path = home / FILE
    if not path.exists():
        return {}
    entries = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.endswith("}"))
    return {entry["urn"]: entry["id"] for entry in entries}

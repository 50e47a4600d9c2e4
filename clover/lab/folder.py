"""Where the lab keeps its things: one ignored folder in the checkout, so that two checkouts never meet."""

import json
import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from clover.errors import BadInput
from clover.lab.provider import journal
from clover.sources.plain import as_list, as_object
from clover.zones.attestation import OVERLAY

_ROOT = "pulumi:pulumi:Stack"
"""The resource of every stack that carries what it exports."""


class LabFolder:
    """Paths of one checkout's lab; making one touches nothing."""

    def __init__(self, root: Path) -> None:
        """`root`: the folder of `Pulumi.yaml`."""
        self.root = root
        self.path = root / ".lab"
        self.bin = self.path / "bin"
        self.home = self.path / "home"
        self.state = self.path / "state"
        self.generation = self.path / "generation"

    def discard_state(self) -> None:
        """Forget every stack's state, as when the cloud that it describes is gone."""
        shutil.rmtree(self.state, ignore_errors=True)
        shutil.rmtree(self.root / OVERLAY, ignore_errors=True)
        (self.home / journal.FILE).unlink(missing_ok=True)
        self.generation.unlink(missing_ok=True)

    def knows(self, project: str, stack: str) -> bool:
        """Whether the backend holds this stack already."""
        return self.state_file(project, stack).exists()

    def was_up(self, project: str, stack: str) -> bool:
        """Whether an `up` of this stack has ended well: the engine writes its exports last, and its hand acts after it.

        Of a state that cannot be read it is taken to be so, until it is recovered.
        """
        file = self.state_file(project, stack)
        if not file.exists() or self._begun(project, stack).exists():
            return False
        try:
            found = as_object(json.loads(file.read_text(encoding="utf-8"))) or {}
        except ValueError:
            return True
        latest = as_object((as_object(found.get("checkpoint")) or {}).get("latest")) or {}
        return any(each["type"] == _ROOT and each.get("outputs") for each in as_list(latest.get("resources")) or ())

    @contextmanager
    def bringing_up(self, project: str, stack: str) -> Generator[None]:
        """While an `up` runs, and what its hand does after it; where either is cut off, the stack was not up."""
        begun = self._begun(project, stack)
        begun.parent.mkdir(parents=True, exist_ok=True)
        begun.touch()
        yield
        begun.unlink(missing_ok=True)

    def _begun(self, project: str, stack: str) -> Path:
        """What lies there while a stack is brought up."""
        return self.state / "begun" / project / stack

    def state_file(self, project: str, stack: str) -> Path:
        """Where the engine's file backend keeps a stack's state."""
        return self.state / ".pulumi" / "stacks" / project / f"{stack}.json"


def find_root(start: Path | None = None) -> Path:
    """The project's folder: the nearest one upwards with a `Pulumi.yaml`; BadInput outside of any."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "Pulumi.yaml").exists():
            return folder
    raise BadInput(f"no Pulumi.yaml in {here.name or os.sep} or above: run this inside the project")

"""Plans of somebody else's stack: raw resources, with no component, tag or output of Clover's."""

import json
from pathlib import Path
from typing import Any

from clover.sources import World
from clover.sources.world import observed_world


class Plan:
    """A stack export that grows resource by resource."""

    def __init__(self, cloud: str, provider: dict[str, Any], stack: str = "prod") -> None:
        """An export of a stack with one provider of a cloud."""
        self._name = f"urn:pulumi:{stack}::shop"
        self._resources: list[dict[str, Any]] = [self._state("pulumi:pulumi:Stack", "shop", {}, custom=False)]
        self.add(f"pulumi:providers:{cloud}", "default", provider)

    def add(self, kind: str, name: str, inputs: dict[str, Any], /, **more: Any) -> "Plan":
        """One more resource; `id` and `outputs` where they matter."""
        self._resources.append({**self._state(kind, name, inputs, custom=True), "id": name, **more})
        return self

    def _state(self, kind: str, name: str, inputs: dict[str, Any], *, custom: bool) -> dict[str, Any]:
        state = {"urn": f"{self._name}::{kind}::{name}", "type": kind, "custom": custom}
        return {**state, "inputs": inputs, "outputs": inputs}

    @property
    def export(self) -> dict[str, Any]:
        """The export."""
        return {"version": 3, "deployment": {"resources": self._resources}}

    def saved(self, folder: Path) -> Path:
        """A file that holds the export."""
        path = folder / "export.json"
        path.write_text(json.dumps(self.export), encoding="utf-8")
        return path

    def world(self) -> World:
        """The world of the export alone, as `read_world` gives it of a file."""
        return observed_world(self.export, "export.json")

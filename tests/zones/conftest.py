"""A copy of the real zone and stack that a test may spoil."""

from pathlib import Path

import pytest

from clover.zones.admission import AdmittedSite, admit
from clover.zones.site import Site, read_site
from clover.zones.stack_file import read_stack
from clover.zones.zone import Zone, find_zone
from tests.zones import TODAY, own_evidence


class Project:
    """A folder with zones and stack files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stack_file = folder / "Pulumi.dublin.yaml"
        self.zone_file = folder / "zones" / "europe.yaml"

    def replace(self, file: str, old: str, new: str) -> str:
        """Replace the one `old` in `file`; return the new text."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8")
        return text.replace(old, new)

    def zone(self) -> Zone:
        return find_zone(self.folder / "zones", "europe")

    def site(self) -> Site:
        stack = read_stack(self.stack_file)
        zone = find_zone(self.folder / "zones", stack.config.get("clover:zone"), stack.place("clover:zone"))
        return read_site(stack.config, stack.place, zone)

    def admitted(self) -> AdmittedSite:
        return admit(self.site(), TODAY)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Dublin, keeping its records itself: more of a stack file is there to be spoiled than beside a vault."""
    return Project(own_evidence.project(tmp_path))

"""Dublin and Hamar without their vaults: the zone of two stacks, a site on each cloud that keeps its records itself."""

import shutil
import tempfile
from functools import cache
from pathlib import Path

from clover.zones.zone import Zone, load_zone
from tests.zones import PROJECT

STACK, ON_AZURE = "own-evidence", "own-evidence-azure"
SITES = {STACK: "dublin", ON_AZURE: "hamar"}
"""The site that each stack is of."""
STACK_FILES = Path(__file__).parent / "own-evidence"
"""The folder of their stack files."""
VAULTS = (
    "    - {site: dublin, retention_days: 400}\n",
    "    - {site: hamar, retention_days: 400, alarms_in: swedencentral}\n",
)
"""What the zone file says of their vaults."""
_FOLDER = tempfile.TemporaryDirectory(prefix="own-evidence-")


def written(folder: Path) -> Path:
    """The zone file in a folder, with all zones beside it; an empty line stands where each vault stood."""
    shutil.copytree(PROJECT / "zones", folder / "zones", dirs_exist_ok=True)
    file = folder / "zones" / "europe.yaml"
    text = file.read_text(encoding="utf-8")
    for vault in VAULTS:
        assert text.count(vault) == 1
        text = text.replace(vault, "\n")
    file.write_text(text, encoding="utf-8")
    return file


def project(folder: Path) -> Path:
    """A folder with the zones and every stack file, in which these sites keep their records themselves."""
    written(folder)
    for file in PROJECT.glob("Pulumi.*.yaml"):
        shutil.copy(file, folder)
    for stack, site in SITES.items():
        shutil.copy(STACK_FILES / f"Pulumi.{stack}.yaml", folder / f"Pulumi.{site}.yaml")
    return folder


@cache
def root() -> Path:
    """Such a folder, which goes when the tests end."""
    return project(Path(_FOLDER.name))


def file() -> Path:
    """The zone file in it."""
    return root() / "zones" / "europe.yaml"


@cache
def zone() -> Zone:
    """The zone."""
    return load_zone(file())

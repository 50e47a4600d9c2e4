"""Dublin without its vault: the zone of the stack `own-evidence`, a site on AWS that keeps its records itself."""

import shutil
import tempfile
from functools import cache
from pathlib import Path

from clover.zones.zone import Zone, load_zone
from tests.zones import PROJECT

STACK, SITE = "own-evidence", "dublin"
STACK_FILES = Path(__file__).parent / "own-evidence"
"""The folder of its stack file."""
VAULT = "    - {site: dublin, retention_days: 400}\n"
"""What the zone file says of Dublin's vault."""
_FOLDER = tempfile.TemporaryDirectory(prefix="own-evidence-")


def written(folder: Path) -> Path:
    """The zone file in a folder, with all zones beside it; an empty line stands where the vault stood."""
    shutil.copytree(PROJECT / "zones", folder / "zones", dirs_exist_ok=True)
    file = folder / "zones" / "europe.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count(VAULT) == 1
    file.write_text(text.replace(VAULT, "\n"), encoding="utf-8")
    return file


def project(folder: Path) -> Path:
    """A folder with the zones and every stack file, in which Dublin keeps its records itself."""
    written(folder)
    for file in PROJECT.glob("Pulumi.*.yaml"):
        shutil.copy(file, folder)
    shutil.copy(STACK_FILES / "Pulumi.own-evidence.yaml", folder / "Pulumi.dublin.yaml")
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

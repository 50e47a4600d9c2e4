"""SDKs of component packages: generated beside a program, found there without being installed."""

import shutil
import subprocess
from pathlib import Path

from clover.errors import BadInput
from clover.lab.engine import programs

FOLDER = "sdks"
"""Where the engine puts generated SDKs, below the folder of `Pulumi.yaml`."""


def generate(language: str, schema: str, folder: Path, loader: str) -> None:
    """Write the SDK of the package that `schema` describes; BadInput where the generator is missing or refuses.

    `loader` is the address at which the engine hands out the schemas of other packages.
    """
    generator = shutil.which(programs.SDK_FILE)
    if not generator:
        raise BadInput("no SDK generator yet; once per machine: python -m clover.lab.engine sdk")
    command = [generator, language, str(folder), loader]
    answer = subprocess.run(command, input=schema, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise BadInput(answer.stderr.strip())


def link(folder: Path, package: str, version: str) -> str:
    """Record the SDK in `folder` as pip would, since it asks for its own version; return its name for `import`."""
    name = f"pulumi_{package.replace('-', '_')}"
    record = folder / f"{name}-{version}.dist-info"
    record.mkdir(exist_ok=True)
    (record / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", encoding="utf-8")
    return name


def folders(root: Path) -> list[str]:
    """The generated SDKs of the project in `root`, for the path that Python searches."""
    return [str(folder) for folder in sorted((root / FOLDER).glob("*")) if folder.is_dir()]

"""What the lab compiles from pinned Go modules, and where each result is kept."""

import hashlib
import os
import platform
from pathlib import Path
from typing import NamedTuple

from clover.lab.engine import versions

LANGUAGES = Path(__file__).parent / "languages"
SDK_FILE = "clover-sdk"
YAML_VERSION = "github.com/pulumi/pulumi-yaml/pkg/version.Version"


class Program(NamedTuple):
    """One program: `module` is the folder with its pins, `packages` what a clean build was seen to compile."""

    file: str
    cache: str
    title: str
    module: Path
    package: str
    version: str
    variable: str
    packages: int

    def kept(self) -> Path:
        """Where the program is kept in the user's cache; the folder's name holds the digest of what it is built from.

        Go sources beside the pins count; the engine's folder holds none that is compiled.
        """
        sources = [self.module / "go.mod", self.module / "go.sum", *sorted(self.module.glob("*/*.go"))]
        content = b"".join(source.read_bytes() for source in sources)
        digest = hashlib.sha256(content + platform.machine().encode()).hexdigest()[:16]
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        return cache / "clover" / f"{self.cache}-{self.version}-{digest}" / self.file


def engine() -> Program:
    """The engine itself."""
    version = versions.pinned_engine()
    return Program(
        "pulumi", "engine", "engine", versions.MODULE, versions.PACKAGE, version, versions.VERSION_VARIABLE, 1680
    )


def yaml() -> Program:
    """The host of programs in Pulumi YAML."""
    package = "github.com/pulumi/pulumi-yaml"
    version = versions.pin(LANGUAGES, package)
    command = f"{package}/cmd/pulumi-language-yaml"
    return Program("pulumi-language-yaml", "yaml", "YAML host", LANGUAGES, command, version, YAML_VERSION, 790)


def sdk() -> Program:
    """The generator of packages' SDKs, of the engine's own version."""
    version = versions.pin(LANGUAGES, versions.ENGINE_MODULE)
    return Program(SDK_FILE, "sdk", "SDK generator", LANGUAGES, "./sdk", version, "main.version", 770)

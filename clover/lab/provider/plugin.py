"""Put a provider where the engine looks for it."""

import shlex
from pathlib import Path


def install(home: Path, python: str, name: str, version: str, module: str) -> Path:
    """Write the plugin's folder below `home` (PULUMI_HOME), run by the interpreter `python`; return the folder.

    The engine starts `pulumi-resource-NAME` there, takes its folder for complete once a file of the same name with
    `.lock` exists beside it, and wants the version in the folder's name (sdk/go/common/workspace). It keeps a schema by
    name and version alone (pkg/codegen/schema); the lab's can change while the version stays, so that one is dropped.
    """
    (home / "schemas" / f"{name}-{version}.json").unlink(missing_ok=True)
    folder = home / "plugins" / f"resource-{name}-v{version}"
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / f"pulumi-resource-{name}"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(python)} -m {module} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return folder

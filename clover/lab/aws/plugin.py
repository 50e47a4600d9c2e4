"""Put the provider where the engine looks for it."""

import shlex
from pathlib import Path

from clover.lab.aws.model import schema


def install(home: Path, python: str) -> Path:
    """Write the plugin's folder below `home` (PULUMI_HOME), run by the interpreter `python`; return the folder.

    The engine starts `pulumi-resource-aws` there, takes its folder for complete once a file of the same name with
    `.lock` exists beside it, and wants the version in the folder's name (sdk/go/common/workspace).
    """
    folder = home / "plugins" / f"resource-aws-v{schema()['sdk']}"
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "pulumi-resource-aws"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(python)} -m clover.lab.aws "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return folder

"""Put the provider where the engine looks for it."""

from pathlib import Path

from clover.lab.aws.model import schema
from clover.lab.provider import plugin


def install(home: Path, python: str) -> Path:
    """Write the plugin's folder below `home` (PULUMI_HOME), run by the interpreter `python`; return the folder."""
    return plugin.install(home, python, "aws", schema()["sdk"], "clover.lab.aws")

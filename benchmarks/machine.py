"""What figures were measured on and with."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version

from clover.lab.engine.versions import pinned_engine

PACKAGES = ("pulumi", "pulumi-aws", "pulumi-azure-native", "moto")


def machine() -> dict[str, str | int | None]:
    """The machine, the day, and the versions of what does the work."""
    return {
        "measured": datetime.now(UTC).date().isoformat(),
        "system": platform.system(),
        "architecture": platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "engine": pinned_engine(),
        **{package: version(package) for package in PACKAGES},
    }


def load() -> float:
    """How many processes wanted a core during the last minute, others' included."""
    return round(os.getloadavg()[0], 2)

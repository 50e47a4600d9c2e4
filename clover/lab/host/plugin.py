"""Run a Python plugin: `python -m clover.lab.host.plugin FOLDER ARGUMENTS…`, with source positions as in programs.

The SDK in the plugin opens its own channel to the engine, so that the channel is where positions can be trimmed.
"""

import runpy
import sys
from pathlib import Path
from typing import Any

import grpc

from clover.lab.host.positions import ProjectPositions


def main() -> None:
    """Run the folder's `__main__.py` in this process."""
    folder = sys.argv[1]
    plain, positions = grpc.insecure_channel, ProjectPositions(Path(folder))

    def trimmed(*arguments: Any, **options: Any) -> grpc.Channel:
        return grpc.intercept_channel(plain(*arguments, **options), positions)

    grpc.insecure_channel = trimmed
    sys.argv = sys.argv[1:]
    runpy.run_path(folder, run_name="__main__")


if __name__ == "__main__":
    main()

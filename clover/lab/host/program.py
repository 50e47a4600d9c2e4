"""Run one Pulumi program in this process, as `pulumi-language-python-exec` runs it in a process of its own."""

import asyncio
import logging
import os
import runpy
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pulumi
import pulumi.runtime

from clover.lab.host import positions, sdk

#: What calls under way are answered with once the engine has given up, and has said why (pkg/resource/deploy).
ENGINE_ENDED = "resource monitor shut down"


def run(request: Any, engine_address: str) -> bool:
    """Run the program of a `RunRequest`; False when it failed, after the failure was shown to the person."""
    _configure(request, engine_address)
    entry = Path(request.info.program_directory or request.pwd)
    sys.argv = [str(entry), *request.args]
    sys.path[:0] = sdk.folders(Path(request.info.root_directory))
    os.chdir(request.pwd)
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    with ThreadPoolExecutor(max_workers=max(request.parallel, 1) * 4) as executor:
        loop.set_default_executor(executor)
        try:
            return _run_in(loop, entry)
        finally:
            loop.close()
            sys.stdout.flush()
            sys.stderr.flush()


def _run_in(loop: asyncio.AbstractEventLoop, entry: Path) -> bool:
    """Run the folder's `__main__.py` inside a stack; every failure becomes one message of the engine's log."""

    def program() -> None:
        runpy.run_path(str(entry), run_name="__main__")

    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(program))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return False
    except Exception as error:  # noqa: BLE001  any failure of the person's program is theirs to see
        if ENGINE_ENDED in str(error):
            return False
        pulumi.log.error(f"Program failed with an unhandled exception:\n{traceback.format_exc()}")
        return False
    return True


def _configure(request: Any, engine_address: str) -> None:
    """Hand config and addresses to the SDK, as the official host does through the environment and arguments."""
    pulumi.runtime.set_all_config(dict(request.config), list(request.configSecretKeys))
    pulumi.runtime.configure(
        pulumi.runtime.Settings(
            monitor=positions.monitor(request.monitor_address, Path(request.info.root_directory)),
            engine=engine_address,
            project=request.project,
            stack=request.stack,
            parallel=request.parallel,
            dry_run=request.dryRun,
            organization=request.organization,
            root_directory=request.info.root_directory,
        )
    )

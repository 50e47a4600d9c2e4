"""Build the engine and what stands beside it, once per pinned version, and keep it in the user's cache."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from clover.errors import BadInput
from clover.lab.engine import programs, toolchain
from clover.lab.engine.programs import Program
from clover.lab.progress import Progress

LAST_LINES = 15


def build(root: Path, progress: Progress, program: Program | None = None) -> Path:
    """Return the program (default: the engine) from the cache, compiled first where it is missing: minutes, once.

    `root` is the checkout, whose hashed requirements bring a Go toolchain where there is none.
    """
    program = program or programs.engine()
    target = program.kept()
    if target.exists():
        return target
    go = toolchain.go(root)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        module = shutil.copytree(program.module, Path(scratch) / "module")
        _compile(go, program, module, Path(scratch) / program.file, progress)
        (Path(scratch) / program.file).replace(target)
    return target


def _compile(go: str, program: Program, module: Path, output: Path, progress: Progress) -> None:
    """Run `go build -v`, which prints a line for each module fetched and each package compiled."""
    flags = f"-s -w -X {program.variable}={program.version}"
    command = [go, "build", "-v", "-trimpath", "-ldflags", flags, "-o", str(output), program.package]
    environment = {**os.environ, "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly -buildvcs=false", "CGO_ENABLED": "0"}
    process = subprocess.Popen(
        command, cwd=module, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None  # noqa: S101  asked for above
    tail = _follow(process.stderr, program, progress)
    if process.wait():
        raise BadInput(f"the {program.title} could not be built: " + " | ".join(tail))


def _follow(lines: Iterator[str], program: Program, progress: Progress) -> list[str]:
    """Turn the compiler's lines into progress; return the last ones for an error message."""
    tail: list[str] = []
    with progress.step(f"{program.title}: compile (once per machine)", program.packages) as step:
        for line in lines:
            tail = [*tail, line.strip()][-LAST_LINES:]
            if line.startswith("go: downloading"):
                step.note(f"fetching {line.split()[2]}")
            else:
                step.advance()
    return tail

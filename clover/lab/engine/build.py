"""Build the engine once per pinned version and keep it in the user's cache."""

import hashlib
import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from clover.errors import BadInput
from clover.lab.engine import toolchain, versions
from clover.lab.progress import Progress

#: What a clean build on two cores was seen to take; only the first estimate, corrected by the build's own pace.
EXPECTED_PACKAGES = 1680
LAST_LINES = 15


def cached_engine() -> Path:
    """Where the engine of this pin is kept; the name holds the digest of everything it is built from."""
    sources = b"".join((versions.MODULE / name).read_bytes() for name in ("go.mod", "go.sum"))
    digest = hashlib.sha256(sources + platform.machine().encode()).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "clover" / f"engine-{versions.pinned_engine()}-{digest}" / "pulumi"


def build(root: Path, progress: Progress) -> Path:
    """Return the cached engine, compiling it first where it is missing (minutes on a cold machine)."""
    target = cached_engine()
    if target.exists():
        return target
    go = toolchain.go(root)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        module = shutil.copytree(versions.MODULE, Path(scratch) / "module")
        _compile(go, module, Path(scratch) / "pulumi", progress)
        (Path(scratch) / "pulumi").replace(target)
    return target


def _compile(go: str, module: Path, output: Path, progress: Progress) -> None:
    """Run `go build -v`, which prints a line for each module fetched and each package compiled."""
    version = f"-X {versions.VERSION_VARIABLE}={versions.pinned_engine()}"
    command = [go, "build", "-v", "-trimpath", "-ldflags", f"-s -w {version}", "-o", str(output), versions.PACKAGE]
    environment = {**os.environ, "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly -buildvcs=false", "CGO_ENABLED": "0"}
    process = subprocess.Popen(
        command, cwd=module, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None  # noqa: S101  asked for above
    tail = _follow(process.stderr, progress)
    if process.wait():
        raise BadInput("the engine could not be built: " + " | ".join(tail))


def _follow(lines: Iterator[str], progress: Progress) -> list[str]:
    """Turn the compiler's lines into progress; return the last ones for an error message."""
    tail: list[str] = []
    with progress.step("engine: compile (once per machine)", EXPECTED_PACKAGES) as step:
        for line in lines:
            tail = [*tail, line.strip()][-LAST_LINES:]
            if line.startswith("go: downloading"):
                step.note(f"fetching {line.split()[2]}")
            else:
                step.advance()
    return tail

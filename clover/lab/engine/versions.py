"""The version that the lab is tested with, read from the one place that pins it."""

import re
import subprocess
from pathlib import Path

MODULE = Path(__file__).parent / "module"
ENGINE_MODULE = "github.com/pulumi/pulumi/pkg/v3"
PACKAGE = f"{ENGINE_MODULE}/cmd/pulumi"
VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"

Version = tuple[int, int, int]


def pinned_engine() -> str:
    """The engine's version in `go.mod`, such as `v3.258.0`."""
    return pin(MODULE, ENGINE_MODULE)


def pin(module: Path, required: str) -> str:
    """The version of `required` that the `go.mod` in the folder `module` pins, such as `v3.258.0`."""
    return _required(module, rf"^(?:require |\t){re.escape(required)} (v\S+)")


def needed_go() -> Version:
    """The oldest Go that compiles the engine, from the `go` line of `go.mod`."""
    return parse(_required(MODULE, r"^go (\S+)$"))


def parse(text: str) -> Version:
    """Read the first `a.b[.c]` in `text`; ValueError where there is none."""
    found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", text)
    if not found:
        raise ValueError(text)
    return int(found[1]), int(found[2]), int(found[3] or 0)


def reported(command: list[str]) -> Version | None:
    """The version that a program prints of itself, None where it is missing or does not say one."""
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        return parse(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None


def _required(module: Path, pattern: str) -> str:
    """Find the one line of a folder's `go.mod` that the pattern is about."""
    found = re.search(pattern, (module / "go.mod").read_text(), re.MULTILINE)
    assert found, f"go.mod lacks {pattern}"  # noqa: S101  a file of this package
    return found[1]

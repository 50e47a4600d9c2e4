"""Put the engine and the lab's language host side by side, where the engine finds the host without a warning."""

import os
import shutil
import sys
from pathlib import Path

from clover.errors import BadInput
from clover.lab.engine import build, programs, versions
from clover.lab.engine.programs import Program
from clover.lab.progress import Progress

ELF_MAGIC = b"\x7fELF"
MACH_O_MAGICS = (b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")
COMPANIONS = {"sdk": programs.sdk, "yaml": programs.yaml}
"""What other people's programs need beside the engine, compiled only when it is asked for."""
HOST = """#!/bin/sh
exec '{python}' -m clover.lab.host "$@"
"""


def install(root: Path, folder: Path, progress: Progress) -> Path:
    """Fill `folder` (the lab's `bin`) and return the engine in it; a second call changes nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    engine = official(exclude=folder) or build.build(root, progress)
    placed = _placed(engine, folder / "pulumi")
    host = folder / "pulumi-language-python"
    host.write_text(HOST.format(python=sys.executable))
    host.chmod(0o755)
    return placed


def beside(root: Path, folder: Path, name: str, progress: Progress) -> Path:
    """Put a companion into `folder`, an official engine's own where it has one; BadInput for an unknown name."""
    if name not in COMPANIONS:
        raise BadInput(f"{name!r} is nothing that stands beside the engine; known: {', '.join(COMPANIONS)}")
    program = COMPANIONS[name]()
    folder.mkdir(parents=True, exist_ok=True)
    found = _official_companion(program, folder) or build.build(root, progress, program)
    return _placed(found, folder / program.file)


def _official_companion(program: Program, folder: Path) -> Path | None:
    """The program that an official engine brought with it."""
    engine = official(exclude=folder)
    found = engine and engine.with_name(program.file)
    return found if found and found.exists() and _is_program(found) else None


def official(exclude: Path) -> Path | None:
    """An official `pulumi` on PATH, if it is a program of its own and not older than the pinned one."""
    folders = os.environ.get("PATH", "").split(os.pathsep)
    others = os.pathsep.join(folder for folder in folders if folder and Path(folder).resolve() != exclude.resolve())
    found = shutil.which("pulumi", path=others)
    path = Path(found).resolve() if found else None
    if not path or not _is_program(path):
        return None
    version = versions.reported([str(path), "version"])
    return path if version and version >= versions.parse(versions.pinned_engine()) else None


def _is_program(path: Path) -> bool:
    """Whether the file is a binary: a version switcher's script would not run under another name."""
    with path.open("rb") as file:
        magic = file.read(4)
    return magic == ELF_MAGIC or magic in MACH_O_MAGICS


def _placed(program: Path, placed: Path) -> Path:
    """Link or copy: the engine looks for hosts beside its own resolved path, so a symbolic link will not do."""
    if placed.exists() and placed.samefile(program):
        return placed
    placed.unlink(missing_ok=True)
    try:
        placed.hardlink_to(program)
    except OSError:
        shutil.copy2(program, placed)
    return placed

"""Pairs of policy documents: of a batch, of a folder, or of tables that name the documents and what others found.

A batch (`*.jsonl`) is what `clover compare` takes. A table (`*.csv`) has the columns "Policy 1" and "Policy 2", paths
that start at one of the folders above the table, and beside them what was found: "P1 => P2" and "P2 => P1", each SAT
where the first allows what the second does not, or UNSAT; such are the tables of Quacky. A folder holds tables, at any
depth, or else pairs: folders with `existing.json` and `new.json`.
"""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

Json = dict[str, Any]
EXISTING, NEW = "Policy 1", "Policy 2"
REMOVED, ADDED = "P1 => P2", "P2 => P1"
FOUND = {"SAT": True, "UNSAT": False}


class Pair(NamedTuple):
    """Two documents; `removed` and `added` are whether others found what only one of them allows; None: not said."""

    name: str
    existing: Json
    new: Json
    removed: bool | None = None
    added: bool | None = None


def pairs_of(path: Path) -> list[Pair]:
    """The pairs of a batch, a table or a folder; ValueError where there are none."""
    if path.suffix == ".jsonl":
        found = list(_of_batch(path))
    elif path.suffix == ".csv":
        found = list(_of_table(path))
    else:
        tables = [each for each in sorted(path.rglob("*.csv")) if _is_table(each)]
        found = [pair for table in tables for pair in _of_table(table)] if tables else list(_of_folder(path))
    if not found:
        raise ValueError(f"{path} holds no pairs")
    return found


def _of_batch(path: Path) -> Iterator[Pair]:
    """The lines of a batch."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            row = json.loads(line)
            yield Pair(str(row.get("id", number)), row["existing"], row["new"])


def _of_folder(path: Path) -> Iterator[Pair]:
    """Every folder with both documents."""
    for existing in sorted(path.rglob("existing.json")):
        new = existing.with_name("new.json")
        if new.exists():
            yield Pair(str(existing.parent.relative_to(path)), _read(existing), _read(new))


def _is_table(path: Path) -> bool:
    """Whether the file names pairs."""
    with path.open(encoding="utf-8", newline="") as file:
        return {EXISTING, NEW} <= set(csv.DictReader(file).fieldnames or ())


def _of_table(path: Path) -> Iterator[Pair]:
    """The rows of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            one, other = (_beside(path, row[name]) for name in (EXISTING, NEW))
            found = (FOUND.get(row.get(name) or "") for name in (REMOVED, ADDED))
            yield Pair(f"{other.parent.parent.name}/{other.parent.name}/{other.name}", _read(one), _read(other), *found)


def _beside(table: Path, name: str) -> Path:
    """The file of that name below one of the folders above the table; ValueError where there is none."""
    for folder in table.resolve().parents:
        found = folder / name.lstrip("/")
        if found.is_file():
            return found
    raise ValueError(f"{name}, which {table} names, is not below any folder above it")


def _read(path: Path) -> Json:
    return json.loads(path.read_text(encoding="utf-8"))

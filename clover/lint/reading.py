"""Configurations of other tools as plain data: YAML, JSON, or a list of ids one to a line."""

import json
import re
from pathlib import Path
from typing import Any

import yaml

from clover.errors import BadInput, Place

SIZE_LIMIT = 4 * 1024 * 1024
_IGNORED = re.compile(r"[A-Za-z0-9_.:-]+(\s+exp:\d{4}-\d\d-\d\d)?")


class _Loader(yaml.SafeLoader):
    """Plain YAML in which a tag of CloudFormation, such as !Ref, is the plain value behind it."""


def _behind(loader: yaml.SafeLoader, _: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node) if isinstance(node, yaml.ScalarNode) else None


_Loader.add_multi_constructor("!", _behind)  # pyright: ignore[reportUnknownMemberType]


def read_configuration(path: Path) -> Any:
    """What the file holds; BadInput, with its place, for what is no configuration at all."""
    return parse_configuration(path, _text(path))


def parse_configuration(path: Path, text: str) -> Any:
    """What a text of the file means; BadInput for one that is neither JSON nor YAML."""
    place = Place(str(path))
    if path.suffix == ".json":
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise BadInput(f"is not JSON: {error}", place) from None
    try:
        return yaml.load(text, _Loader)  # noqa: S506 (a safe loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = Place(str(path), mark.line + 1, mark.column + 1) if mark else place
        raise BadInput(f"is not YAML: {error.problem}", where) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise BadInput(f"is not YAML: {str(error).splitlines()[0]}", place) from None
    except (LookupError, AttributeError):  # PyYAML's own, of `!!int ""`, `!!bool maybe`, `!!timestamp soon`
        raise BadInput("is not YAML: a value is not of its tag", place) from None


def read_ignored(path: Path) -> list[str]:
    """The ids of a .trivyignore, one to a line; BadInput for a line that is none."""
    found: list[str] = []
    for number, line in enumerate(_text(path).splitlines(), 1):
        written = line.partition("#")[0].strip()
        if written and not _IGNORED.fullmatch(written):
            raise BadInput(f"{written[:80]!r} is no id of a rule", Place(str(path), number))
        found += [written.split()[0]] if written else []
    return found


def _text(path: Path) -> str:
    place = Place(str(path))
    try:
        with path.open("rb") as file:
            raw = file.read(SIZE_LIMIT + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise BadInput(f"cannot be read: {reason}", place) from None
    if len(raw) > SIZE_LIMIT:
        raise BadInput(f"is larger than {SIZE_LIMIT // 2**20} MiB", place)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"is not UTF-8 at byte {error.start + 1}", place) from None

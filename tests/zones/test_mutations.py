"""Any change to the real files, and any garbage in their place, is either refused in one line or means the same."""

import copy
import json
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any, cast

import msgspec
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clover.errors import BadInput
from clover.zones.admission import admit
from clover.zones.document import Keys, read_document
from clover.zones.site import read_site
from clover.zones.stack_file import read_stack
from clover.zones.zone import load_zone
from tests.zones import TODAY, own_evidence
from tests.zones.conftest import Project

KEEPING = own_evidence.root()
FILES = {"Pulumi.dublin.yaml": "stack_file", "zones/europe.yaml": "zone_file"}
"""The real files, and what a project calls its copy of each."""

CONFIG_KEYS = st.sampled_from(["clover:stores", "clover:network", "clover:site", "clover:x", "aws:region"])
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
ANYTHING = st.recursive(
    LEAVES | st.sampled_from(["restricted", "evidence", "a", "10.16.0.0/16", "x.example.com", "2026-10-01", "IE"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


def data_of(file: str) -> Any:
    return read_document(KEEPING / file, file).data


def key_paths(data: object, path: Keys = ()) -> Iterator[Keys]:
    """The path of every key of every mapping in `data`."""
    if isinstance(data, dict):
        for key, value in cast("dict[str, object]", data).items():
            yield (*path, key)
            yield from key_paths(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(cast("list[object]", data)):
            yield from key_paths(value, (*path, index))


def one_of_each_shape(file: str) -> list[Keys]:
    """The last path of each shape, list positions aside."""

    def shape(path: Keys) -> list[str]:
        return ["*" if isinstance(step, int) else step for step in path]

    return [[*paths][-1] for _, paths in groupby(sorted(key_paths(data_of(file)), key=shape), key=shape)]


PATHS = [(file, path) for file in FILES for path in one_of_each_shape(file)]


def at(data: Any, path: Keys) -> Any:
    for step in path:
        data = data[step]
    return data


def model(project: Project) -> dict[str, Any]:
    """Everything that zone and stack say, as plain data; the digest and the places aside."""
    site = project.site()
    admit(site, TODAY)
    return {
        "zones/europe.yaml": msgspec.to_builtins(site.zone.file),
        "Pulumi.dublin.yaml": msgspec.to_builtins(site.config),
    }


def model_or_refusal(project: Project) -> dict[str, Any] | None:
    """The model, or None after a check that the refusal is one line that names a place in one of the files."""
    try:
        return model(project)
    except BadInput as error:
        assert_one_line(error)
        return None


def assert_one_line(error: BadInput) -> None:
    line = str(error)
    assert line.isprintable(), line
    assert line.startswith(tuple(FILES)), line


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return model(Project(KEEPING))


def write(project: Project, file: str, data: Any) -> None:
    getattr(project, FILES[file]).write_text(json.dumps(data), encoding="utf-8")


@pytest.mark.parametrize(("file", "path"), PATHS, ids=str)
def test_a_missing_key_is_refused_or_has_its_default(
    project: Project, real: dict[str, Any], file: str, path: Keys
) -> None:
    data = data_of(file)
    del at(data, path[:-1])[path[-1]]
    write(project, file, data)
    found = model_or_refusal(project)
    inside = path[1:] if path[0] == "config" else path
    if found is not None and path[0] != "encryptionsalt":
        for said in (found, real := copy.deepcopy(real)):
            at(said[file], inside[:-1])[inside[-1]] = "the key in question"
        assert found == real


@pytest.mark.parametrize(("file", "path"), PATHS, ids=str)
def test_a_renamed_key_is_refused(project: Project, file: str, path: Keys) -> None:
    data = data_of(file)
    holder = at(data, path[:-1])
    holder[f"{path[-1]}s"] = holder.pop(path[-1])
    write(project, file, data)
    assert model_or_refusal(project) is None


def inserted(file: str, path: Keys, make: Callable[[str], str], after_key: bool = False) -> str:
    """The file's text with something put before the key at `path`, or between the key and its value."""
    text = (KEEPING / file).read_text(encoding="utf-8")
    place = read_document(KEEPING / file, file).place(path)
    start = sum(len(line) for line in text.splitlines(keepends=True)[: (place.line or 0) - 1]) + (place.column or 0) - 1
    key = text[start : text.index(": " if f"{path[-1]}: " in text[start : start + 40] else ":\n", start)]
    assert key == path[-1]
    position = start + len(key) + 1 if after_key else start
    return text[:position] + make(key) + text[position:]


@pytest.mark.parametrize(("file", "path"), PATHS, ids=str)
def test_a_key_that_stands_twice_is_refused(project: Project, file: str, path: Keys) -> None:
    column = read_document(KEEPING / file, file).place(path).column or 1
    flow = isinstance(at(data_of(file), path[:-1]), dict) and "{" in line_of(file, path)[: column - 1]
    twice = inserted(file, path, lambda key: f"{key}: x, " if flow else f"{key}: x\n{' ' * (column - 1)}")
    getattr(project, FILES[file]).write_text(twice, encoding="utf-8")
    with pytest.raises(BadInput, match="stands twice"):
        model(project)


def line_of(file: str, path: Keys) -> str:
    line = read_document(KEEPING / file, file).place(path).line or 1
    return (KEEPING / file).read_text(encoding="utf-8").splitlines()[line - 1]


@pytest.mark.parametrize("tag", ["!!str", "!!python/name:os.system", "!x"])
@pytest.mark.parametrize(("file", "path"), PATHS[:12], ids=str)
def test_a_tagged_value_is_refused(project: Project, file: str, path: Keys, tag: str) -> None:
    tagged = inserted(file, path, lambda _: f" {tag}", after_key=True)
    getattr(project, FILES[file]).write_text(tagged, encoding="utf-8")
    with pytest.raises(BadInput, match=r"tag '.*' is not allowed"):
        model(project)


@pytest.mark.parametrize("file", FILES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=80)
@given(data=st.data())
def test_any_value_in_any_place_is_refused_or_fits(project: Project, file: str, data: st.DataObject) -> None:
    changed = data_of(file)
    path = data.draw(st.sampled_from([*key_paths(changed)]))
    at(changed, path[:-1])[path[-1]] = data.draw(ANYTHING)
    write(project, file, changed)
    model_or_refusal(project)


@pytest.mark.parametrize("file", FILES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(raw=st.binary(max_size=200) | ANYTHING.map(lambda data: yaml.safe_dump(data).encode()))
def test_garbage_in_place_of_a_file_is_refused(project: Project, file: str, raw: bytes) -> None:
    getattr(project, FILES[file]).write_bytes(raw)
    assert model_or_refusal(project) is None


@settings(deadline=None)
@given(
    config=st.dictionaries(
        st.sampled_from(["clover:stores", "clover:network", "clover:site", "clover:x", "aws:region"]), ANYTHING
    )
)
def test_any_configuration_is_refused_or_admitted(config: dict[str, Any]) -> None:
    zone = load_zone(KEEPING / "zones" / "europe.yaml")
    stack = read_stack(KEEPING / "Pulumi.dublin.yaml")
    try:
        admit(read_site({**stack.config, **config}, stack.place, zone), TODAY)
    except BadInput as error:
        assert_one_line(error)

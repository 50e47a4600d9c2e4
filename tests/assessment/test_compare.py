"""An app's hosts beside what the auditor publishes: each capture's form, whose a host is, and what is refused."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from clover.assessment.__main__ import main
from clover.assessment.hosts import read_published
from clover.assessment.schema import PATH, hosts_schema, render
from clover.errors import BadInput
from tests.data import file_of, state

DOCUMENT = {
    "schema": "clover.hosts/1",
    "zone": "europe",
    "sites": [
        {
            "site": "dublin",
            "api_hosts": ["api.example.com"],
            "allowed_domains": ["*.push.example.org", "ocsp.example.org"],
            "rule_set_digest": "0" * 64,
        },
    ],
}
WHOSE = [
    ("api.example.com", "API of dublin"),
    ("API.Example.com.", "API of dublin"),
    ("https://api.example.com:8443/v1?q=1", "API of dublin"),
    ("wss://a.push.example.org/", "let out by dublin"),
    ("a.b.push.example.org", "let out by dublin"),
    ("push.example.org", None),
    ("apush.example.org", None),
    ("x.ocsp.example.org", None),
    ("xapi.example.com", None),
    ("192.0.2.7:443", None),
    ("[2001:db8::1]:443", None),
    ("b\u00fccher.example.com", None),
]


@pytest.fixture
def published(tmp_path: Path) -> Path:
    path = tmp_path / "hosts.json"
    path.write_text(json.dumps(DOCUMENT), encoding="utf-8")
    return path


def written(tmp_path: Path, content: Any) -> Path:
    path = tmp_path / "capture"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


@pytest.mark.parametrize(("text", "whose"), WHOSE)
def test_whose_a_host_is(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, whose: str | None
) -> None:
    code = main(["compare", str(published), str(written(tmp_path, [text])), "--format", "json"])
    told = json.loads(capsys.readouterr().out)
    (found,) = told["published"].items()
    assert found[1] == whose
    assert told["outside"] == ([found[0]] if whose is None else [])
    assert code == (1 if whose is None else 0)


ARCHIVE = {"log": {"version": "1.2", "entries": [{"request": {"url": f"https://{host}/"}} for host in "ab"]}}
FORMS: list[Any] = [
    "a # the first\n\n# nothing\nhttps://b/x\nA\n",
    "\ufeffa\nb\n",
    ["a", "b", "a"],
    [{"host": "a"}, {"url": "https://b"}],
    ARCHIVE,
]


@pytest.mark.parametrize("content", FORMS)
def test_each_form_of_a_capture_holds_the_same_hosts(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: Any
) -> None:
    assert main(["compare", str(published), str(written(tmp_path, content))]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "a: OUTSIDE",
        "b: OUTSIDE",
        "2 hosts, 2 outside of what is published for europe",
    ]


BAD: list[tuple[Any, str]] = [
    ("", "holds no host"),
    ("# only a remark\n", "holds no host"),
    ("a\nb c\n", "capture:2: 'b c' is neither a host nor a URL"),
    ({"hosts": []}, "neither a list of hosts nor an HTTP archive"),
    ([], "holds no host"),
    ([1], "entry 0 names no host: 1"),
    ({"log": {"entries": [{}]}}, "entry 0 names no host"),
    (["https:///x"], "neither a host nor a URL"),
    ('["a"', "is not JSON"),
]


@pytest.mark.parametrize(("content", "says"), BAD)
def test_a_capture_that_shows_nothing_is_refused_in_one_line(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: Any, says: str
) -> None:
    assert main(["compare", str(published), str(written(tmp_path, content))]) == 64
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1


def test_a_capture_that_is_not_there(published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", str(published), str(tmp_path / "none")]) == 64
    assert "cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize("stack", ["auditor", "texas-auditor"])
def test_the_auditor_s_export_holds_the_document(stack: str, capsys: pytest.CaptureFixture[str]) -> None:
    published = read_published(file_of(stack))
    assert all(site.api_hosts and site.allowed_domains and len(site.rule_set_digest) == 64 for site in published.sites)
    assert main(["hosts", str(file_of(stack))]) == 0
    jsonschema.validate(json.loads(capsys.readouterr().out), hosts_schema())


def test_what_publishes_nothing_or_two_things_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="holds no lists of published hosts"):
        read_published(file_of("dublin"))
    export = state("auditor")
    stack = next(each for each in export["deployment"]["resources"] if each["type"] == "pulumi:pulumi:Stack")
    stack["outputs"]["workspaces"]["azure"]["hosts"]["zone"] = "another"
    with pytest.raises(BadInput, match="holds 2 lists"):
        read_published(written(tmp_path, export))
    with pytest.raises(BadInput, match=r"is no clover\.hosts/1"):
        read_published(written(tmp_path, {"schema": "clover.hosts/1", "zone": "europe"}))


def test_the_schema_file_is_what_the_structure_says() -> None:
    assert PATH.read_text(encoding="utf-8") == render(hosts_schema()), "stale: python -m clover.assessment.schema"

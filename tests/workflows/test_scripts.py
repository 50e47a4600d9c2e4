"""What the workflows' scripts do, each run as the workflow runs it, with stand-ins for what it calls."""

import base64
import gzip
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from clover.change.difference import Change
from clover.change.finding import Direction, Finding
from clover.change.markdown import MARK, comment
from tests.change.worlds import export
from tests.data import state

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / ".github" / "scripts"
HEAD = "a" * 40
SARIF: Any = {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "clover"}}, "results": list[Any]()}]}


class Hub(HTTPServer):
    """GitHub's API as far as the report needs it: open pull requests, comments, code scanning."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.heads = {7: HEAD, 8: "b" * 40}
        self.comments: list[dict[str, Any]] = [{"id": 1, "body": f"{MARK}\nnot mine", "user": {"login": "stranger"}}]
        self.scans: list[dict[str, Any]] = []


class Answering(BaseHTTPRequestHandler):
    server: Hub  # pyright: ignore[reportIncompatibleVariableOverride]

    def _answer(self, found: Any) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(found).encode())

    def _body(self) -> Any:
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

    def do_GET(self) -> None:
        first = "page=1" in self.path.split("&")
        if "/comments" in self.path:
            found = [each for each in self.server.comments if first]
        else:
            found = [{"number": n, "head": {"sha": sha}} for n, sha in self.server.heads.items() if first]
        self._answer(found)

    def do_POST(self) -> None:
        body = self._body()
        if self.path.endswith("/issues/7/comments"):
            self.server.comments.append({"id": 2, "user": {"login": "github-actions[bot]"}, **body})
        elif self.path.endswith("/code-scanning/sarifs"):
            self.server.scans.append(body)
        self._answer({})

    def do_PATCH(self) -> None:
        number = int(self.path.rpartition("/")[2])
        next(each for each in self.server.comments if each["id"] == number).update(self._body())
        self._answer({})

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is printed."""


@pytest.fixture
def hub() -> Iterator[Hub]:
    server = Hub()
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def report(hub: Hub, folder: Path, text: str, log: Any = SARIF, head: str = HEAD) -> subprocess.CompletedProcess[str]:
    (folder / "comment.md").write_text(text, encoding="utf-8")
    (folder / "dublin.sarif").write_text(json.dumps(log), encoding="utf-8")
    settings = {"REPOSITORY": "example/clover", "HEAD_SHA": head, "GITHUB_TOKEN": "t"}
    settings["GITHUB_API_URL"] = f"http://127.0.0.1:{hub.server_port}"
    command = [sys.executable, "-I", str(SCRIPTS / "report.py"), str(folder)]
    return subprocess.run(command, env=settings, capture_output=True, text=True, check=False)


def written(why: str = "media is now reached") -> str:
    """A comment as Clover writes it, with a witness that quotes an address and a mention."""
    witness = {"kind": "event", "event": {"resource": "https://vault.example/@someone", "category": "a"}}
    finding = Finding("EVD-1", "urn:x::media", "recorded", "not recorded", Direction.WIDENS, witness, why)
    return comment([Change("dublin", (finding,), (), None)])


def test_one_comment_is_written_and_then_replaced(hub: Hub, tmp_path: Path):
    for why in ("the first change", "the second change"):
        assert report(hub, tmp_path, written(why)).returncode == 0
    bodies = [each["body"] for each in hub.comments]
    assert len(bodies) == 2
    assert bodies[0].endswith("not mine")
    assert "the second change" in bodies[1]
    assert [(each["commit_sha"], each["ref"]) for each in hub.scans] == [(HEAD, "refs/pull/7/head")] * 2
    assert json.loads(gzip.decompress(base64.b64decode(hub.scans[0]["sarif"]))) == SARIF


def test_hostile_names_go_through_as_text(hub: Hub, tmp_path: Path):
    assert report(hub, tmp_path, written("@everyone https://evil.example <img> #1 ![x](y) ``` ~~~")).returncode == 0


FORGED = [
    "no mark at all",
    f"{MARK}\n{'x' * 65_536}",
    f"{MARK}\n@everyone look",
    f"{MARK}\n<img src=x>",
    f"{MARK}\nhttps://evil.example",
    f"{MARK}\n[x](//evil.example)",
    f"{MARK}\n[x]: //evil.example",
    f"{MARK}\nwww.evil.example",
    f"{MARK}\n\u202ereversed",
    f"{MARK}\n```text\n@everyone\n```\n",
    f"{MARK}\n\n```text\n````\n@everyone\n```\n",
    f"{MARK}\n\n~~~\n\n```text\n~~~\n@everyone\n```\n",
]


@pytest.mark.parametrize("text", FORGED)
def test_a_forged_comment_is_refused(hub: Hub, tmp_path: Path, text: str):
    done = report(hub, tmp_path, text)
    assert (done.returncode, len(hub.comments), hub.scans) == (1, 1, [])
    assert done.stderr.startswith("report: refused: ")


@pytest.mark.parametrize(
    "log", [[], {}, {**SARIF, "version": "2"}, {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "other"}}}]}]
)
def test_forged_verdicts_are_refused(hub: Hub, tmp_path: Path, log: Any):
    assert report(hub, tmp_path, written(), log).returncode == 1
    assert len(hub.comments) == 1


def test_a_commit_that_no_pull_request_has_any_more_writes_nothing(hub: Hub, tmp_path: Path):
    assert report(hub, tmp_path, written(), head="c" * 40).returncode == 0
    assert (len(hub.comments), hub.scans) == (1, [])


@pytest.fixture
def called(tmp_path: Path) -> Path:
    """A folder of stand-ins, each of which notes its arguments; `pulumi` prints a document."""
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    for name in ("git", "make", "pulumi", ".venv/bin/clover"):
        stand_in = tmp_path / name
        told = "cat given.json" if name == "pulumi" else ":"
        fails = 'case "$*" in *"$FAILS"*) exit 7;; esac\n' if name == "pulumi" else ""
        text = f'#!/bin/sh\necho "{stand_in.name} $*" >> calls\n{fails}{told}\n'
        stand_in.write_text(text, encoding="utf-8")
        stand_in.chmod(0o755)
    (tmp_path / "given.json").write_text("{}", encoding="utf-8")
    (tmp_path / "Pulumi.dublin.yaml").touch()
    return tmp_path


def run(folder: Path, script: str, *words: str, fails: str = "nothing") -> tuple[int, list[str]]:
    settings = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "FAILS": fails}
    done = subprocess.run([str(SCRIPTS / script), *words], cwd=folder, env=settings, capture_output=True, check=False)
    return done.returncode, (folder / "calls").read_text(encoding="utf-8").splitlines()


def test_a_plan_is_made_of_the_head_over_what_the_base_deployed(called: Path):
    code, calls = run(called, "plan", "dublin", "base", "head", "out")
    assert code == 0
    assert (called / "out" / "before.json").exists()
    assert (called / "out" / "after.json").exists()
    assert calls == [
        "git checkout --quiet --detach base",
        "make setup",
        "clover lab up dublin",
        "clover lab env",
        "pulumi stack export --stack dublin",
        "git checkout --quiet --detach head",
        "make setup",
        "clover lab env",
        "pulumi preview --stack dublin --json --show-sames --non-interactive",
    ]


def test_what_another_hand_keeps_for_the_site_is_previewed_as_that_hand(called: Path):
    code, calls = run(called, "plan", "dublin", "base", "head", "out", "auditor")
    assert code == 0
    assert (called / "out" / "beside" / "auditor.json").exists()
    assert calls[-2:] == [
        "clover lab env auditor",
        "pulumi preview --stack auditor --json --show-sames --non-interactive",
    ]


def test_a_new_site_has_no_state_before(called: Path):
    (called / "Pulumi.dublin.yaml").unlink()
    assert run(called, "plan", "dublin", "base", "head", "out")[0] == 0
    assert not (called / "out" / "before.json").exists()


def test_a_program_that_fails_fails_the_plan(called: Path):
    assert run(called, "plan", "dublin", "base", "head", "out", fails="preview")[0] == 7


def test_up_takes_the_saved_plan_and_no_preview_of_its_own(called: Path):
    assert run(called, "live", "up", "dublin", "plans") == (
        0,
        ["pulumi up --stack dublin --plan plans/plan.json --skip-preview --yes --non-interactive"],
    )


def test_a_live_plan_is_saved_proved_and_compared(called: Path):
    code, calls = run(called, "live", "plan", "dublin", "plans")
    assert code == 0
    assert "--save-plan plans/plan.json" in calls[1]
    assert calls[2:] == ["clover diff plans/before.json plans/after.json", "clover prove plans/after.json"]


def test_a_live_plan_is_proved_beside_what_is_named(called: Path):
    assert run(called, "live", "plan", "dublin", "plans", "a.json")[1][-1] == "clover prove plans/after.json a.json"


def test_drift_fails_but_is_proved_all_the_same(called: Path):
    code, calls = run(called, "live", "drift", "dublin", "drift", fails="expect-no-changes")
    assert code == 7
    assert calls[-1] == "clover prove drift/there.json"
    assert not any("pulumi up" in call for call in calls)
    assert all("--preview-only" in call for call in calls if call.startswith("pulumi refresh"))


def test_a_live_run_knows_three_verbs(called: Path):
    (called / "calls").touch()
    assert run(called, "live", "destroy", "dublin", "x") == (64, [])


def test_the_judge_tells_every_site_and_fails_as_the_worst(tmp_path: Path):
    change = {"set": "user-data-key", "path": "rotationPeriodInDays", "to": 730}
    for site, changes in (("dublin", [change]), ("hamar", [])):
        folder = tmp_path / "plans" / site
        (folder / "beside").mkdir(parents=True)
        (folder / "beside" / "auditor.json").write_text(json.dumps(state("auditor")), encoding="utf-8")
        (folder / "before.json").write_text(json.dumps(state(site)), encoding="utf-8")
        (folder / "after.json").write_text(json.dumps(export(site, changes)), encoding="utf-8")
    out = tmp_path / "report"
    words = [str(SCRIPTS / "judge"), str(tmp_path / "plans"), str(out)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, check=False)
    assert done.returncode in (1, 2)
    headlines = [line for line in done.stdout.decode().splitlines() if re.match(r"\w+: \d+ proved ", line)]
    assert [line.partition(":")[0] for line in headlines] == ["auditor", "dublin", "auditor", "hamar"]
    assert not [line for line in headlines if "unknown" in line]
    text = (out / "comment.md").read_text(encoding="utf-8")
    assert text.startswith(MARK)
    assert "365 → 730" in text
    assert "**hamar**: neutral" in text
    logs = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in out.glob("*.sarif")}
    assert set(logs) == {"dublin", "hamar"}
    assert all(log["runs"][0]["tool"]["driver"]["name"] == "clover" for log in logs.values())

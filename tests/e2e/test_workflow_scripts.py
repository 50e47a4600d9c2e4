"""The workflows' scripts as the workflows run them, with the real engine, the lab in place of the clouds, and git."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from clover.change.markdown import LIMIT, MARK
from tests.e2e.checkout import ROOT, Checkout

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("scripts")]

STACK = "Pulumi.dublin.yaml"
HOST = "      - name: push.notifications.example.com\n"
STORE = "    - name: media # published videos\n"


class Repository(Checkout):
    """A checkout under git, with an environment of its own in which nothing has to be installed."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "dublin")
        shutil.copytree(ROOT / ".github", folder / ".github")
        tools = folder / ".venv" / "bin"
        tools.mkdir(parents=True)
        program = (
            f'#!/bin/sh\nexec {sys.executable} -c "import sys; from clover.cli import main; sys.exit(main())" "$@"\n'
        )
        python = f'#!/bin/sh\nexec {sys.executable} "$@"\n'
        for name, text in (("clover", program), ("python", python), ("make", "#!/bin/sh\nexit 0\n")):
            (tools / name).write_text(text, encoding="utf-8")
            (tools / name).chmod(0o755)
        (folder / ".gitignore").write_text(".venv/\n.lab/\n__pycache__/\nout/\nlive/\nreport/\n", encoding="utf-8")
        self.environment["PATH"] = f"{tools}:{self.environment['PATH']}"
        self.git("init", "--quiet")

    def git(self, *words: str) -> str:
        who = ("-c", "user.name=test", "-c", "user.email=test@example.org")
        return self.run(["git", *who, *words], self.environment).stdout.strip()

    def commit(self, message: str) -> str:
        """Everything as a commit; its id."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD")

    def changed(self, base: str, old: str, new: str) -> str:
        """A commit on the base in which the stack file says something else."""
        self.git("checkout", "--quiet", "--detach", base)
        self.replace(STACK, old, new)
        return self.commit("a change")

    def script(self, name: str, *words: str, lab: bool = False) -> subprocess.CompletedProcess[str]:
        """Run a script as a step of a workflow does."""
        settings = self.lab_environment() if lab else self.environment
        return self.run([str(self.root / ".github" / "scripts" / name), *words], settings, check=False)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    made = Repository(tmp_path_factory.mktemp("repository"))
    try:
        yield made
    finally:
        made.clover("lab", "stop")


@pytest.fixture(scope="module")
def base(repository: Repository) -> str:
    return repository.commit("the base")


def test_a_pull_request_is_previewed_and_judged(repository: Repository, base: str) -> None:
    """One more host may be asked: the plan is made without credentials, and the base's prover tells what it opens."""
    head = repository.changed(base, HOST, f"      - name: updates.example.net\n        reason: a test\n{HOST}")
    done = repository.script("plan", "dublin", base, head, "out/dublin", "auditor")
    assert done.returncode == 0, done.stderr
    before, after = (json.loads((repository.root / "out/dublin" / name).read_text()) for name in FILES)
    assert before["deployment"]["resources"]
    assert {step["op"] for step in after["steps"]} > {"same"}
    repository.git("checkout", "--quiet", "--detach", base)
    judged = repository.script("judge", "out", "report")
    assert judged.returncode == 1, judged.stderr
    comment = (repository.root / "report/comment.md").read_text(encoding="utf-8")
    assert comment.startswith(MARK)
    assert len(comment) < LIMIT
    assert "| widens | NET&#45;3" in comment.replace("NET-3", "NET&#45;3")
    assert "updates.example.net" in comment
    assert json.loads((repository.root / "report/dublin.sarif").read_text())["version"] == "2.1.0"


FILES = ("before.json", "after.json")


def exported(repository: Repository) -> str:
    """The export of the auditor's stack, where Dublin's records go."""
    file = repository.root / "out" / "auditor.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(repository.beside("auditor").pulumi("stack", "export", "-s", "auditor").stdout, encoding="utf-8")
    return str(file)


def test_a_reviewed_plan_is_carried_out_and_leaves_no_drift(repository: Repository, base: str) -> None:
    """One more store, once its copy is there: its plan is saved, proved, carried out as saved, and nothing differs."""
    head = repository.changed(base, STORE, f"    - name: archive\n      class: controlled\n{STORE}")
    repository.git("checkout", "--quiet", "--detach", head)
    repository.clover("lab", "up", "backups")
    auditors = exported(repository)
    planned = repository.script("live", "plan", "dublin", "live", auditors, lab=True)
    assert planned.returncode == 0, f"{planned.stdout}{planned.stderr}"
    assert (repository.root / "live/plan.json").exists()
    done = repository.script("live", "up", "dublin", "live", lab=True)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    assert "archive" in repository.outputs()["stores"]
    quiet = repository.script("live", "drift", "dublin", "live", auditors, lab=True)
    assert quiet.returncode == 0, f"{quiet.stdout}{quiet.stderr}"


def test_drift_is_found(repository: Repository) -> None:
    auditors = exported(repository)
    bucket = repository.outputs()["stores"]["profiles"]["physical_name"]
    repository.client("s3").delete_bucket_policy(Bucket=bucket)
    found = repository.script("live", "drift", "dublin", "live", auditors, lab=True)
    assert found.returncode != 0
    assert "refuted" in found.stdout
    assert "profiles-bucket" in found.stdout


def test_what_no_plan_holds_is_not_carried_out(repository: Repository) -> None:
    """What was reviewed adds one store; the program that runs has one more."""
    before = repository.outputs()["stores"]
    repository.replace(STACK, STORE, f"    - name: unseen\n      class: controlled\n{STORE}")
    again = repository.script("live", "up", "dublin", "live", lab=True)
    assert again.returncode != 0
    assert re.search("violates plan|is not allowed by the plan", f"{again.stdout}{again.stderr}")
    assert repository.outputs()["stores"] == before

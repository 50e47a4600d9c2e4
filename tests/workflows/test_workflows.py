"""The workflows are audited, and every check of the audit can fail."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from clover.zones.zone import load_zone
from tests.workflows.audit import Workflow, subjects, trust, wrong

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github" / "workflows"
NAMES = sorted(path.name for path in FOLDER.glob("*.yml"))
SITES = ("dublin", "hamar", "dublin2")


def read(name: str) -> Workflow:
    return Workflow(name, (FOLDER / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_wrong_with_a_workflow(name: str):
    assert wrong(read(name)) == []


@pytest.mark.parametrize("name", ["deploy.yml", "drift.yml", "preview.yml"])
def test_every_site_has_its_job(name: str):
    jobs = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))["jobs"].values()
    matrices = [job["strategy"]["matrix"]["include"] for job in jobs if "strategy" in job]
    assert matrices
    for rows in matrices:
        assert {row["site"] for row in rows} == set(SITES)


def zizmor(*files: Path) -> subprocess.CompletedProcess[str]:
    words = [Path(sys.executable).with_name("zizmor"), "--offline", "--quiet", *files]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def test_zizmor_finds_nothing_but_what_the_workflows_explain():
    done = zizmor(*(FOLDER / name for name in NAMES))
    assert done.returncode == 0, done.stdout


def test_zizmor_finds_a_trigger_that_gives_secrets_away(tmp_path: Path):
    text = (FOLDER / "preview.yml").read_text(encoding="utf-8").replace("pull_request:", "pull_request_target:")
    (tmp_path / "preview.yml").write_text(text, encoding="utf-8")
    assert "dangerous-triggers" in zizmor(tmp_path / "preview.yml").stdout


def test_the_workflows_are_those_that_the_guide_explains():
    assert NAMES == ["deploy.yml", "drift.yml", "preview.yml", "report.yml"]
    guide = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in guide for name in NAMES)


MUTANTS = [
    ("preview.yml", "  pull_request:\n", "  pull_request_target:\n", "starts on pull_request_target"),
    ("preview.yml", r"(actions/checkout)@\w{40} # v\S+", r"\1@v7", "not pinned"),
    ("preview.yml", r"(actions/checkout@\w{7})\w{33}", r"\1", "not pinned"),
    ("report.yml", r"(actions/checkout@\w{40}) # v\S+", r"\1", "no version beside it"),
    ("preview.yml", "  contents: read\n", "  contents: write\n", "the workflow's permissions are"),
    ("preview.yml", "permissions:\n  contents: read\n", "", "the workflow's permissions are None"),
    ("preview.yml", "permissions:\n  contents: read\n", "permissions: write-all\n", "the workflow's permissions are"),
    (
        "preview.yml",
        "  judge:\n",
        "  judge:\n    permissions:\n      pull-requests: write\n",
        "may write pull-requests",
    ),
    ("preview.yml", "  plan:\n", "  plan:\n    permissions:\n      id-token: write\n", "may write id-token"),
    ("preview.yml", "  plan:\n", "  plan:\n    permissions: write-all\n", "may write write-all"),
    ("preview.yml", "          SITE: ", "          KEY: ${{ secrets.KEY }}\n          SITE: ", "given a secret"),
    ("preview.yml", "          SITE: ", "          KEY: ${{ github.token }}\n          SITE: ", "given a secret"),
    ("preview.yml", "jobs:\n", "env:\n  KEY: ${{ secrets.KEY }}\njobs:\n", "given a secret"),
    ("preview.yml", "  plan:\n", "  plan:\n    environment: dublin\n", "in the environment dublin"),
    ("preview.yml", "          persist-credentials: false\n", "", "leaves its token"),
    ("preview.yml", r'"\$SITE" "\$BASE"', '"${{ github.event.pull_request.title }}" "$BASE"', "into a script"),
    ("report.yml", "          sparse-checkout", "          ref: ${{ github.event.workflow_run.head_sha }}\n"
     "          sparse-checkout", "runs foreign code and may write"),
    ("report.yml", "      security-events", "      id-token: write\n      security-events", "may sign in outside"),
    ("report.yml", r'"\$RUNNER_TEMP/report"', '"${{ github.event.workflow_run.head_branch }}"', "into a script"),
    ("deploy.yml", r"    environment: \S+ matrix.site }}\n", "", "may sign in outside"),
    ("deploy.yml", "  push:\n    branches: .main.\n", "  pull_request:\n", "may write id-token"),
    ("drift.yml", "(persist-credentials: false)", r"\1\n          ref: ${{ github.head_ref }}", "may write id-token"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "told"), MUTANTS, ids=[f"{each[0]} {each[3]}" for each in MUTANTS])
def test_the_audit_finds_what_is_put_in(name: str, old: str, new: str, told: str):
    text, count = re.subn(old, new, read(name).text, count=1)
    assert count == 1
    yaml.safe_load(text)
    assert any(told in each for each in wrong(Workflow(name, text))), wrong(Workflow(name, text))


OIDC = yaml.safe_load((ROOT / ".github" / "oidc.yaml").read_text(encoding="utf-8"))


def test_every_environment_has_one_exact_subject():
    assert list(subjects(OIDC, SITES)) == []
    for name in ("deploy.yml", "drift.yml"):
        text = read(name).text
        assert set(re.findall(r"site: (\w+)", text)) == set(SITES)
        assert set(re.findall(r"environment: (.+)", text)) <= {"${{ matrix.site }}", "${{ matrix.site }}-read"}


@pytest.mark.parametrize(
    "subject",
    ["repo:example/clover:*", "repo:example/clover:environment:*", "repo:*/clover:environment:dublin",
     "repo:example/clover:pull_request", "repo:example/clover:ref:refs/heads/main",
     "repo:example/clover:environment:hamar"],
)  # fmt: skip
def test_a_subject_that_is_not_the_environments_own_is_found(subject: str):
    changed = {"subjects": {**OIDC["subjects"], "dublin": {"subject": subject, "may": "change"}}}
    assert any(subject in each for each in subjects(changed, SITES))


def test_an_environment_without_a_subject_is_found():
    changed = {"subjects": {name: held for name, held in OIDC["subjects"].items() if name != "hamar-read"}}
    assert any("hamar-read" in each for each in subjects(changed, SITES))


def test_the_backends_of_the_zone_name_the_same_issuer_and_subjects():
    backends = load_zone(ROOT / "zones/europe.yaml").file.backends
    assert backends
    for each in backends:
        named = {each.site: each.deploys, f"{each.site}-read": each.previews}
        assert each.issuer == OIDC["issuer"]
        assert named == {name: OIDC["subjects"][name]["subject"] for name in named}


TRUST = (ROOT / "zones/europe/foundation/deployer-trust.json").read_text(encoding="utf-8")


def test_the_deployers_trust_names_one_subject():
    assert list(trust(json.loads(TRUST))) == []
    assert OIDC["subjects"]["dublin"]["subject"] in TRUST


@pytest.mark.parametrize(
    ("old", "new"),
    [("environment:dublin", "environment:*"), ("StringEquals", "StringLike"),
     ("token.actions.githubusercontent.com:sub", "x"),
     ('"sts.eu-west-1.amazonaws.com"', '["sts.eu-west-1.amazonaws.com", "*"]')],
)  # fmt: skip
def test_a_trust_that_fits_more_is_found(old: str, new: str):
    assert old in TRUST
    assert list(trust(json.loads(TRUST.replace(old, new))))


def test_what_the_workflows_run_is_there():
    for name in NAMES:
        for script in re.findall(r"\.github/scripts/[\w.]+", read(name).text):
            assert (ROOT / script).is_file()
            assert script.endswith(".py") or os.access(ROOT / script, os.X_OK)

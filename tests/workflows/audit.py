"""What a workflow must not do; each check yields one line for each thing that it finds wrong.

A job runs a pull request's code when its workflow starts on pull requests (whoever opens one can edit the workflow,
too), or when it checks out what a pull request names.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, cast

import yaml

Body = Mapping[str, Any]
PINNED = re.compile(r"[\w.-]+(?:/[\w.-]+)+@[0-9a-f]{40}")
VERSION = re.compile(r"uses: *(\S+) +# v\d+(?:\.\d+)+$")
FOREIGN_REF = re.compile(r"pull_request\.head|head_ref|head_sha|head_branch|pull/|github\.event\.number")
SECRET = re.compile(r"\bsecrets\b|github\.token|GITHUB_TOKEN")
MAY_SIGN_IN = ("deploy.yml", "drift.yml")
"""The workflows that may ask for an identity: they run the protected branch only."""


class Workflow(NamedTuple):
    """A workflow's file."""

    name: str
    text: str

    @property
    def body(self) -> Body:
        """The file as data; YAML 1.1 takes the word `on` for a truth."""
        return cast(Body, yaml.safe_load(self.text))

    @property
    def triggers(self) -> set[str]:
        """The events that start it."""
        held: Any = cast(dict[Any, Any], self.body)[True]
        return {held} if isinstance(held, str) else set(held)

    @property
    def jobs(self) -> Mapping[str, Body]:
        """The jobs by name."""
        return self.body["jobs"]


def steps(job: Body) -> Iterable[Body]:
    """The steps of a job."""
    return job.get("steps", ())


def runs_foreign_code(workflow: Workflow, job: Body) -> bool:
    """Whether a job runs what a pull request brought."""
    if any(trigger.startswith("pull_request") for trigger in workflow.triggers):
        return True
    checkouts = [each.get("with", {}) for each in steps(job) if str(each.get("uses")).startswith("actions/checkout")]
    return any(FOREIGN_REF.search(str(each.get("ref", ""))) or each.get("repository") for each in checkouts)


def triggers(workflow: Workflow) -> Iterator[str]:
    """No trigger that gives a pull request's event the base's rights."""
    yield from (f"starts on {each}" for each in workflow.triggers & {"pull_request_target", "issue_comment"})


def pins(workflow: Workflow) -> Iterator[str]:
    """Every action by its full digest, with the version beside it."""
    versioned = {found[1] for line in workflow.text.splitlines() if (found := VERSION.search(line))}
    for job in workflow.jobs.values():
        for used in [job.get("uses"), *(step.get("uses") for step in steps(job))]:
            if used and not PINNED.fullmatch(used):
                yield f"{used} is not pinned by its digest"
            elif used and used not in versioned:
                yield f"{used} has no version beside it"


def permissions(workflow: Workflow) -> Iterator[str]:
    """Rights are said for the whole workflow, which writes nothing; foreign code has no right to write or sign in."""
    held = workflow.body.get("permissions")
    if not isinstance(held, dict) or set(cast(dict[str, str], held).values()) - {"read", "none"}:
        yield f"the workflow's permissions are {held!r}"
    for name, job in workflow.jobs.items():
        writes = _writes(job.get("permissions", {}))
        if runs_foreign_code(workflow, job):
            yield from (f"{name} runs foreign code and may write {each}" for each in writes)
        elif "id-token" in writes and (workflow.name not in MAY_SIGN_IN or not job.get("environment")):
            yield f"{name} may sign in outside of the environments of {' and '.join(MAY_SIGN_IN)}"


def _writes(given: Any) -> list[str]:
    """The rights to write among those given; a word such as `write-all` is one."""
    if isinstance(given, str):
        return [given]
    return sorted(name for name, held in cast(dict[str, str], given).items() if held == "write")


def secrets(workflow: Workflow) -> Iterator[str]:
    """Foreign code has no secret, no token and no environment, and no job leaves the token in the checkout."""
    for name, job in workflow.jobs.items():
        if runs_foreign_code(workflow, job):
            outer = {key: held for key, held in workflow.body.items() if key in ("env", "defaults")}
            if SECRET.search(yaml.safe_dump([job, outer])):
                yield f"{name} runs foreign code and is given a secret"
            if job.get("environment"):
                yield f"{name} runs foreign code in the environment {job['environment']}"
        for step in steps(job):
            checkout = str(step.get("uses")).startswith("actions/checkout")
            if checkout and step.get("with", {}).get("persist-credentials") is not False:
                yield f"{name} leaves its token in the checkout"


def injections(workflow: Workflow) -> Iterator[str]:
    """No expression in a script: what it stands for would be read as code; the environment carries values."""
    for name, job in workflow.jobs.items():
        for step in steps(job):
            scripts = [step.get("run"), step.get("with", {}).get("script")]
            if any("${{" in str(each) for each in scripts):
                yield f"{name} puts an expression into a script"


CHECKS: tuple[Callable[[Workflow], Iterator[str]], ...] = (triggers, pins, permissions, secrets, injections)


def wrong(workflow: Workflow) -> list[str]:
    """Everything that is wrong with a workflow."""
    return [f"{workflow.name}: {each}" for check in CHECKS for each in check(workflow)]


def subjects(document: Body, sites: Iterable[str]) -> Iterator[str]:
    """Each environment has one exact subject of its own, and no other has any."""
    wanted = {name for site in sites for name in (site, f"{site}-read")}
    held: Mapping[str, Mapping[str, str]] = document["subjects"]
    yield from (f"{name} has a subject here or an environment there, not both" for name in wanted ^ held.keys())
    for name, entry in held.items():
        if not re.fullmatch(rf"repo:[\w.-]+/[\w.-]+:environment:{re.escape(name)}", entry["subject"]):
            yield f"{entry['subject']} is not the one subject of {name}"


def trust(document: Body) -> Iterator[str]:
    """A trust policy compares the whole subject and the audience for equality, with no wildcard."""
    for statement in document["Statement"]:
        if "WebIdentity" not in str(statement["Action"]):
            continue
        condition: Mapping[str, Mapping[str, Any]] = statement.get("Condition", {})
        exact = {name.rpartition(":")[2]: held for name, held in condition.get("StringEquals", {}).items()}
        for name in ("sub", "aud"):
            if not isinstance(exact.get(name), str) or re.search(r"[*?]", exact[name]):
                yield f"{statement.get('Sid')} does not compare {name} with one exact text"

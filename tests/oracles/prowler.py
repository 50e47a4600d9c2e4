"""Prowler, asked about the AWS account of a stack as the lab serves it."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from tests.oracles.asked import RELAYED, asked, command
from tests.oracles.explained import Blind
from tests.oracles.scan import Finding, Scan

SERVICES = ("s3", "kms", "iam", "cloudtrail", "vpc", "networkfirewall", "backup", "organizations")
_LOGGED = re.compile(r'"filename": "([^:"]+).*?"level": "(?:ERROR|CRITICAL)".*?"message": "(.*)"}$', re.MULTILINE)
"""File and message of a line of the log, which is no JSON where the message has quotes."""


class Told(NamedTuple):
    """What Prowler left: its findings, how many checks it ran, and the errors that it logged."""

    findings: list[Any]
    checks: int
    errors: list[str]

    @property
    def troubles(self) -> list[str]:
        """What went wrong, and what it left to a person or muted, each with the file or check before it."""
        return [*self.errors, *self.left]

    @property
    def left(self) -> dict[str, str]:
        """What it left to a person or muted, as the troubles call it, with the check."""
        open_ = [each for each in self.findings if each["status_code"] not in ("PASS", "FAIL")]
        return {f"{_check(each)}: {each['status_detail']}": _check(each) for each in open_}


def ask(shell: Mapping[str, str], folder: Path, what: Sequence[str]) -> Told:
    """Run it unmodified, with the credentials and the endpoint of a shell."""
    reports = ["-M", "json-ocsf", "-o", str(folder), "-F", "out", "--no-banner", "--no-color", "--ignore-exit-code-3"]
    logs = ["--log-level", "ERROR", "--log-file", str(folder / "log")]
    answer = asked([command("prowler"), "aws", *what, *reports, *logs], folder, {**shell, **_by_account(shell)})
    assert answer.returncode == 0, answer.stderr[-2000:]
    ran = re.search(r"Executing (\d+) checks?", answer.stdout)
    assert ran, answer.stdout[-2000:]
    logged = (folder / "log").read_text(encoding="utf-8")
    errors = [f"{file}: {message}" for file, message in _LOGGED.findall(logged)]
    assert len(errors) == len(logged.splitlines()), "the log has lines that are no error of the known form"
    return Told(json.loads((folder / "out.ocsf.json").read_text(encoding="utf-8")), int(ran[1]), errors)


def _by_account(shell: Mapping[str, str]) -> dict[str, str]:
    """Where S3 Control is: it is called by a name with the account before it, which the lab's address cannot have."""
    return {"AWS_ENDPOINT_URL_S3_CONTROL": f"http://{RELAYED}:{urlsplit(shell['AWS_ENDPOINT_URL']).port}"}


def scan(stack: str, told: Told, unseen: Iterable[Blind]) -> Scan:
    """What was said of a stack; a check that rests on what was not answered has neither passed nor failed."""
    here = [each for each in unseen if fnmatchcase(stack, each.stack)]
    met = [each for each in here if any(each.met_by(trouble) for trouble in told.troubles)]
    silent = {check: each.why for each in met for check in each.checks}
    left = {check: each.why for each in met for trouble, check in told.left.items() if each.met_by(trouble)}
    answered = [each for each in told.findings if each["status_code"] in ("PASS", "FAIL")]
    found = tuple(_finding(stack, each) for each in answered if _check(each) not in silent)
    return Scan("prowler", _version(told), stack, "account", found, {**left, **silent})


def surprising(told: Told, unseen: Sequence[Blind]) -> list[str]:
    """What went wrong for a reason that nobody wrote down."""
    return [trouble for trouble in told.troubles if not any(each.met_by(trouble) for each in unseen)]


def _finding(stack: str, told: Mapping[str, Any]) -> Finding:
    uid = str(told["resources"][0]["uid"])
    return Finding(_check(told), f"{stack}/{uid}", told["status_code"] == "PASS")


def _check(told: Mapping[str, Any]) -> str:
    return str(told["metadata"]["event_code"])


def _version(told: Told) -> str:
    return str(told.findings[0]["metadata"]["product"]["version"])

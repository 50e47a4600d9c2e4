"""Checkov, asked about the resources of a stack as Terraform or ARM would declare them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.oracles.arm import as_arm
from tests.oracles.asked import asked, command
from tests.oracles.scan import Finding, Scan
from tests.oracles.terraform import as_terraform

FORMS = {"terraform_plan": as_terraform, "arm": as_arm}
"""How each of Checkov's frameworks is told what a stack holds."""


def scan(stack: str, framework: str, export: Mapping[str, Any], folder: Path) -> Scan:
    """What Checkov says of a stack's export; fails unless it read every resource of it."""
    told = FORMS[framework](export)
    file = folder / f"{stack}.{framework}.json"
    file.write_text(json.dumps(told), encoding="utf-8")
    words = [command("checkov"), "-f", str(file), "--framework", framework, "--skip-download", "-o", "json"]
    answer = asked(words, folder, {"CKV_SKIP_PACKAGE_UPDATE_CHECK": "True"})
    assert answer.returncode in (0, 1), answer.stderr[-2000:]
    said = json.loads(answer.stdout)
    assert said.get("summary", said)["parsing_errors"] == 0
    assert said.get("summary", said)["resource_count"] == _distinct(told)
    return _scan(stack, framework, said)


def _distinct(told: Mapping[str, Any]) -> int:
    """How many resources Checkov tells apart: those of a type and a name are one."""
    planned = told.get("planned_values", {}).get("root_module", told)["resources"]
    return len({(each["type"], each["name"]) for each in planned})


def _scan(stack: str, framework: str, said: Mapping[str, Any]) -> Scan:
    found = [
        Finding(each["check_id"], f"{stack}/{each['resource']}", kind == "passed_checks")
        for kind in ("passed_checks", "failed_checks")
        for each in said["results"][kind]
    ]
    return Scan("checkov", said["summary"]["checkov_version"], stack, framework, tuple(found), {})

"""A checkout of its own for tests with the real engine: a copy of the tree, its lab, and ways to look at both."""

import json
import os
import shutil
import subprocess
import sys
from copy import copy
from pathlib import Path
from typing import Any, cast

from clover.zones.attestation import OVERLAY, OVERLAY_SETTING
from tests.lab.arm.asking import Azure

ROOT = Path(__file__).resolve().parents[2]
OF_TESTS = ROOT / "tests" / "zones" / "us"
"""Stack files of sites that no Python knows of, and that nobody brings up but tests."""
PARTS = (
    "Pulumi.yaml",
    "clover",
    "components",
    "infra",
    "policy",
    "zones",
    "requirements",
    "pyproject.toml",
)


class Checkout:
    """The project in a folder of its own, with a stack that is looked at, and others; no other lab is touched.

    The stack files of every hand are there, so that what a stack waits for comes up before it.
    """

    def __init__(self, folder: Path, stack: str = "dublin", *others: str) -> None:
        self.root, self.stack, self.others = folder, stack, others
        self.refused: tuple[int, str] = (0, "")
        self.promised: set[tuple[str, str]] = set()
        self.done: set[tuple[str, str]] = set()
        self.deployment: list[dict[str, Any]] = []
        named = {f"Pulumi.{name}.yaml" for name in (stack, *others)}
        for part in (*PARTS, *sorted(named | {path.name for path in ROOT.glob("Pulumi.*.yaml")})):
            source = ROOT / part if (ROOT / part).exists() else OF_TESTS / part
            take = shutil.copytree if source.is_dir() else shutil.copy2
            take(source, folder / part)
        own = {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1", OVERLAY_SETTING: str(OVERLAY)}
        self.environment = {**os.environ, **own}

    def beside(self, stack: str) -> "Checkout":
        """The same checkout with another of its stacks looked at, by the hand that runs it."""
        other = copy(self)
        other.stack = stack
        return other

    def clover(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `clover WORDS` in the checkout."""
        program = "import sys; from clover.cli import main; sys.exit(main())"
        return self.run([sys.executable, "-c", program, *words], self.environment, check)

    def pulumi(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run the raw engine as a person would after `eval "$(clover lab env)"`."""
        return self.run(["pulumi", *words, "--non-interactive", "--color", "never"], self.lab_environment(), check)

    def lab_environment(self) -> dict[str, str]:
        """What `eval "$(clover lab env STACK)"` leaves in a shell."""
        exports = self.clover("lab", "env", self.stack).stdout
        script = f"{exports}\nexec {sys.executable} -c 'import json, os; print(json.dumps(dict(os.environ)))'"
        return json.loads(subprocess.check_output(["/bin/sh", "-c", script], env=self.environment, text=True))

    def run(
        self, command: list[str], environment: dict[str, str], check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in the checkout; fails with what it said, if `check`, when it fails."""
        answer = subprocess.run(
            [shutil.which(command[0], path=environment["PATH"]) or command[0], *command[1:]],
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=280,
        )
        if check:
            assert answer.returncode == 0, f"{command[:3]} exited {answer.returncode}: {answer.stdout}\n{answer.stderr}"
        return answer

    def preview(self, *words: str) -> dict[str, Any]:
        """The plan as JSON, with the steps that change nothing."""
        return json.loads(self.pulumi("preview", "-s", self.stack, "--json", "--show-sames", *words).stdout)

    def state(self) -> dict[str, Any]:
        """The stack's deployment."""
        return json.loads(self.pulumi("stack", "export", "-s", self.stack).stdout)["deployment"]

    def outputs(self) -> dict[str, Any]:
        """The stack's exports."""
        return json.loads(self.pulumi("stack", "output", "-s", self.stack, "--json").stdout)

    def up_events(self) -> set[tuple[str, str]]:
        """Run a raw `up` without its own preview; the (URN, operation) of each step that the engine took."""
        log = self.root / "events.json"
        settings = {**self.lab_environment(), "PULUMI_DEBUG_COMMANDS": "true"}
        words = ["pulumi", "up", "-s", self.stack, "--yes", "--skip-preview", "--event-log", str(log)]
        self.run([*words, "--non-interactive"], settings, check=True)
        events = [json.loads(line) for line in log.read_text().splitlines()]
        taken = (event["resOutputsEvent"]["metadata"] for event in events if "resOutputsEvent" in event)
        return {(step["urn"], step["op"]) for step in taken}

    def client(self, service: str) -> Any:
        """A boto3 client that looks at the lab's cloud with the deployer's credentials."""
        import boto3

        settings = self.lab_environment()
        factory = cast(Any, boto3).client
        return factory(
            service,
            endpoint_url=settings["AWS_ENDPOINT_URL"],
            region_name=settings["AWS_DEFAULT_REGION"],
            aws_access_key_id=settings["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=settings["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=settings["AWS_SESSION_TOKEN"],
        )

    def azure(self) -> Azure:
        """The official Azure clients, as the deployer that the lab's shell is."""
        settings = self.lab_environment()
        tenant, subscription, client = (settings[f"ARM_{name}_ID"] for name in ("TENANT", "SUBSCRIPTION", "CLIENT"))
        return Azure(f"http://{settings['ARM_METADATA_HOSTNAME']}", tenant, subscription, client)

    def calls(self) -> list[dict[str, Any]]:
        """Every call that the cloud has answered, in order."""
        lines = (self.root / ".lab" / "calls.jsonl").read_text().splitlines()
        return [json.loads(line) for line in lines]

    def replace(self, file: str, old: str, new: str) -> None:
        """Edit a file of the checkout; the old text has to be there."""
        path = self.root / file
        text = path.read_text()
        assert old in text, f"{file} has no {old!r}"
        path.write_text(text.replace(old, new))

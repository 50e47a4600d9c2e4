"""Bring stacks up in the lab, preview them, refresh them, take them down."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from clover.errors import BadInput
from clover.lab import auditor, environment, prepare, recovery, second_step
from clover.lab.cloud import client
from clover.lab.cloud.client import Cloud
from clover.lab.engine import run
from clover.lab.folder import LabFolder
from clover.lab.kept_state import KeptState
from clover.lab.progress import Progress
from clover.lab.stacks import LabStack, needed, read_stack, stack_names
from clover.zones.vocabulary import StackKind

VERBS = {
    "up": ["up", "--yes"],
    "preview": ["preview"],
    "refresh": ["refresh", "--yes"],
}


class Deployment:
    """One stack in this checkout's lab, ready for the engine."""

    def __init__(self, folder: LabFolder, cloud: Cloud, stack: LabStack) -> None:
        """Initialise the stack in the lab's backend where it is not known yet."""
        self.folder, self.cloud, self.stack = folder, cloud, stack
        self.environment = environment.variables(folder, cloud, [stack])
        if stack.organisation:
            cloud.found_organisation(stack.organisation)
        if not folder.knows(stack.project, stack.name):
            self.engine("stack", "init", stack.name)

    def engine(self, *arguments: str) -> str:
        """Run a short engine command and return what it prints; BadInput with its last line when it fails."""
        command = [str(self.folder.bin / "pulumi"), *arguments, "--non-interactive"]
        settings = {**os.environ, **self.environment}
        answer = subprocess.run(
            command, cwd=self.folder.root, env=settings, capture_output=True, text=True, check=False
        )
        if answer.returncode:
            raise BadInput((answer.stderr or answer.stdout).strip().splitlines()[-1])
        return answer.stdout

    def outputs(self) -> dict[str, Any]:
        """The stack's exports."""
        return json.loads(self.engine("stack", "output", "--json", "--stack", self.stack.name))


def deploy(root: Path, verb: str, names: list[str], faults: list[dict[str, Any]]) -> int:
    """Run `up`, `preview` or `refresh` for each stack in turn; 0 when all went well, else 1.

    The faults befall the stacks that are named, not those that have to be up before them. BadInput for a wrong one,
    before anything is done.
    """
    stacks = [read_stack(root, name) for name in names]
    if faults:
        from clover.lab.cloud.faults import checked  # loads botocore

        checked(faults)
    folder, progress = LabFolder(root), Progress()
    cloud = prepare.prepare(folder, progress)
    first = [other for stack in stacks if verb == "up" for other in _waited_for(folder, stack, names)]
    ended = [_one(Deployment(folder, cloud, stack), verb, progress) for stack in _each(first)]
    if faults:
        cloud.set_faults(faults)
    ended += [_one(Deployment(folder, cloud, stack), verb, progress) for stack in _each(stacks)]
    return max(ended)


def _each(stacks: Iterable[LabStack]) -> Iterable[LabStack]:
    """Each stack once, in turn."""
    return {stack.name: stack for stack in stacks}.values()


def _waited_for(folder: LabFolder, stack: LabStack, asked: Sequence[str] = ()) -> list[LabStack]:
    """The stacks of other hands that are neither up nor `asked` for, and without which `stack` does not come up."""
    others = [each for each in needed(folder.root, stack) if each.name not in asked]
    return [each for each in others if not folder.was_up(each.project, each.name)]


def _one(deployment: Deployment, verb: str, progress: Progress) -> int:
    """Recover what a killed run left, run the engine, say what came of it."""
    recovery.recover(deployment)
    if verb != "up":
        return _run(deployment, verb, progress)
    with deployment.folder.bringing_up(deployment.stack.project, deployment.stack.name):
        failed = _run(deployment, verb, progress)
        if not failed:
            _take_second_step(deployment, progress)
            sys.stdout.write(_next_steps(deployment))
        return failed


def _run(deployment: Deployment, verb: str, progress: Progress) -> int:
    """Run the engine; 0 when it did all, else 1."""
    name = deployment.stack.name
    arguments = [*VERBS[verb], "--stack", name]
    engine = deployment.folder.bin / "pulumi"
    shown = progress.step(f"{name}: {verb}")
    with KeptState(deployment.folder.state_file(deployment.stack.project, name)):
        outcome = run.run(engine, arguments, deployment.folder.root, deployment.environment, shown)
    for error in outcome.errors:
        sys.stderr.write(f"{name}: {error}\n")
    counts = ", ".join(f"{count} {operation}" for operation, count in sorted(outcome.changes.items()))
    sys.stdout.write(f"{name}: {verb} {'failed' if outcome.exit_code else 'done'}: {counts or 'nothing'}\n")
    return int(outcome.exit_code != 0)


def _take_second_step(deployment: Deployment, progress: Progress) -> None:
    """Lock what could only be made with unlocked, of the auditor's stack or of second copies; let the state know."""
    outputs = deployment.outputs()
    vaults: dict[str, Any] = outputs.get("vaults", {})
    locked = second_step.lock((facts["vault"] for facts in vaults.values()), deployment.environment)
    for facts in outputs.get("workspaces", {}).values():
        own = (facts["records"], facts["store"])
        locked += second_step.lock(own, deployment.environment, facts.get("tenant"))
    for facts in outputs.get("backups", {}).values():
        locked += second_step.lock(facts["copies"].values(), deployment.environment)
    if locked:
        name, whose = deployment.stack.name, deployment.stack.kind.value
        with progress.step(f"{name}: the hand of {whose} locks {len(locked)} store{'s' if len(locked) > 1 else ''}"):
            deployment.engine("refresh", "--yes", "--stack", name)


def _next_steps(deployment: Deployment) -> str:
    """What came up, and what to do next."""
    outputs, name = deployment.outputs(), deployment.stack.name
    lines = [
        f"{name} is up in the lab ({deployment.cloud.url}): not evidence of anything in a real cloud.",
        *(f"  store {store:<10} {facts['physical_name']}" for store, facts in outputs.get("stores", {}).items()),
        *(f"  vault {site:<10} {facts['physical_name']}" for site, facts in outputs.get("vaults", {}).items()),
        *(f"  workspace {cloud:<6} {facts['physical_name']}" for cloud, facts in outputs.get("workspaces", {}).items()),
    ]
    if "egress" in outputs:
        lines += [f"  rules {outputs['egress']['rule_set_digest']}", auditor.settle(deployment.folder, outputs)]
    if deployment.stack.kind is StackKind.AUDITOR:
        lines.append(f"  resources signed by the lab's own auditor: digest {_hand_over(deployment)}")
    for facts in outputs.get("guardrails", {}).values():
        lines += [f"  policy {policy:<34} {used} characters" for policy, used in facts["sizes"].items()]
    words = f'eval "$(.venv/bin/clover lab env {name})" && pulumi stack -s {name}'
    return "\n".join([*lines, f"next: make preview · {words} · make down"]) + "\n"


def exports(folder: LabFolder, name: str | None = None) -> str:
    """Shell lines for raw `pulumi`, as the hand that runs the stack `name`; every stack is initialised.

    Without a name, or on a cloud that the stack is not of, the first site's deployer is meant. What the named stack
    cannot come up without is brought up first.
    """
    cloud = prepare.prepare(folder, Progress())
    asked = [read_stack(folder.root, name)] if name else []
    stacks = [read_stack(folder.root, known) for known in stack_names(folder.root)]
    for stack in stacks:
        Deployment(folder, cloud, stack)
    with contextlib.redirect_stdout(sys.stderr):
        for stack in asked:
            for other in _waited_for(folder, stack):
                _one(Deployment(folder, cloud, other), "up", Progress())
    sites = [stack for stack in stacks if stack.kind is StackKind.SITE]
    return environment.exports(environment.variables(folder, cloud, [*asked, *sites]))


def auditor_exports(folder: LabFolder) -> str:
    """Shell lines with the credentials of the auditor's tool at each cloud's first site; BadInput where none is up."""
    cloud = prepare.prepare(folder, Progress())
    found: dict[str, str] = {}
    for stack in (read_stack(folder.root, name) for name in reversed(stack_names(folder.root))):
        access = _auditor_access(Deployment(folder, cloud, stack)) if stack.kind is StackKind.SITE else None
        for actor in stack.actors if access else ():
            found |= environment.as_auditor(folder, cloud, actor, access or "")
    if not found:
        raise BadInput("no site is up that lets the auditor in: clover lab up STACK")
    return environment.exports(found)


def _auditor_access(deployment: Deployment) -> str | None:
    """What lets the auditor's tool into a site that is up."""
    auditor: dict[str, str] = deployment.outputs().get("auditor") or {}
    return auditor.get("machine_access")


def attest(root: Path, names: list[str]) -> int:
    """Have the lab's own auditor sign the rules of sites, or its own stack; BadInput for one that is not up."""
    folder = LabFolder(root)
    cloud = prepare.prepare(folder, Progress())
    for deployment in [Deployment(folder, cloud, read_stack(root, name)) for name in names]:
        own = deployment.stack.kind is StackKind.AUDITOR
        digest = _hand_over(deployment) if own else auditor.attest(folder, deployment.outputs())
        what = "resources" if own else "rules"
        sys.stdout.write(f"{deployment.stack.name}: the lab's own auditor signed the {what} of digest {digest}\n")
    return 0


def _hand_over(deployment: Deployment) -> str:
    """Have the lab's own auditor sign what its own stack declares; the digest of that."""
    export = json.loads(deployment.engine("stack", "export", "--stack", deployment.stack.name))
    return auditor.hand_over(deployment.folder, export)


def destroy(root: Path, names: list[str]) -> int:
    """Discard the lab's cloud and state together: the stacks' protection binds the engine, not the lab's owner."""
    for name in names:
        read_stack(root, name)
    folder = LabFolder(root)
    stop(folder)
    folder.discard_state()
    prepare.say(f"{', '.join(names)}: the lab's cloud and state are discarded")
    return 0


def stop(folder: LabFolder) -> int:
    """End the daemon; nothing of it is left running."""
    cloud = prepare.running(folder)
    if cloud:
        cloud.stop()
    return 0


def status(folder: LabFolder) -> str:
    """One line on the cloud of this checkout."""
    try:
        cloud = client.find(folder.path)
    except client.DeadCloud as dead:
        return str(dead)
    if not cloud:
        return "no cloud is running; `clover lab up` starts one"
    return json.dumps(cloud.status(), sort_keys=True)

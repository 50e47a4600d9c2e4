"""`clover lab …`: the embedded cloud and the stacks in it."""

import json
import sys
from typing import Any, cast

from clover.cli.arguments import Parser
from clover.errors import BadInput

STACK_VERBS = ("up", "preview", "refresh", "destroy")
HANDS = ("deployer", "auditor")
"""Who a shell can be in the lab: the first one who is not asked for otherwise."""


def run(words: list[str]) -> int:
    """Parse and run one lab command; exit code as `main` returns it."""
    parser = Parser(prog="clover lab")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb in STACK_VERBS:
        command = verbs.add_parser(verb)
        command.add_argument("stacks", nargs="+", metavar="STACK")
        command.add_argument("--fault", action="append", default=[], metavar="JSON", help="make the cloud misbehave")
    verbs.add_parser("attest").add_argument("stacks", nargs="+", metavar="STACK")
    for verb in ("status", "stop"):
        verbs.add_parser(verb)
    shell = verbs.add_parser("env")
    shell.add_argument(
        "stack", nargs="?", metavar="STACK", help="whose hand the shell is; the first site's if left out"
    )
    shell.add_argument("--as", dest="hand", choices=HANDS, default=HANDS[0], help="whose credentials")
    arguments = parser.parse_args(words)
    from clover.lab.cloud.client import CloudError

    try:
        if arguments.verb in STACK_VERBS:
            return _stacks(arguments.verb, arguments.stacks, [_fault(text) for text in arguments.fault])
        if arguments.verb == "attest":
            return _attest(arguments.stacks)
        return _shell(arguments.hand, arguments.stack) if arguments.verb == "env" else _cloud(arguments.verb)
    except CloudError as error:
        sys.stderr.write(f"clover: {error}\n")
        return 1


def _stacks(verb: str, stacks: list[str], faults: list[dict[str, Any]]) -> int:
    """Run a verb that works on stacks."""
    from clover.lab import deploy
    from clover.lab.folder import find_root

    root = find_root()
    return deploy.destroy(root, stacks) if verb == "destroy" else deploy.deploy(root, verb, stacks, faults)


def _attest(stacks: list[str]) -> int:
    """Have the lab's own auditor sign the gateways' rules."""
    from clover.lab import deploy
    from clover.lab.folder import find_root

    return deploy.attest(find_root(), stacks)


def _cloud(verb: str) -> int:
    """Run a verb that works on the cloud itself."""
    from clover.lab import deploy
    from clover.lab.folder import LabFolder, find_root

    folder = LabFolder(find_root())
    if verb == "stop":
        return deploy.stop(folder)
    sys.stdout.write(f"{deploy.status(folder)}\n")
    return 0


def _shell(hand: str, stack: str | None) -> int:
    """Print what a shell needs to be the hand that runs a stack, or the auditor's tool."""
    from clover.lab import deploy
    from clover.lab.folder import LabFolder, find_root

    folder = LabFolder(find_root())
    text = deploy.exports(folder, stack) if hand == HANDS[0] else deploy.auditor_exports(folder)
    sys.stdout.write(f"{text}\n")
    return 0


def _fault(text: str) -> dict[str, Any]:
    """One fault as JSON, such as {"kind": "throttle", "operation": "*", "share": 0.2}."""
    try:
        fault = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"--fault {text[:80]!r} is not JSON: {error}") from error
    if not isinstance(fault, dict):
        raise BadInput(f"--fault {text[:80]!r} is not a JSON object")
    return cast(dict[str, Any], fault)

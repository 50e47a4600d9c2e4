"""From configuration to the deployment of one stack: its kind decides whose stack it is."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime import config as runtime_config

from clover.errors import BadInput
from clover.zones.problems import nearest, shown
from clover.zones.stack_file import NAMESPACE
from clover.zones.vocabulary import StackKind
from components.refusal import Refusal
from infra import hands, site
from infra.configuration import Configuration, read_configuration

ROOT = Path(__file__).resolve().parents[1]
"""The folder of `Pulumi.yaml`, with the stack files and the zones."""

KINDS: dict[str, Callable[[Configuration, Path], None]] = {StackKind.SITE.value: site.deploy, **hands.KINDS}
"""What a stack of each kind deploys."""


def main() -> None:
    """Deploy the stack that the engine runs; input that does not fit ends the run with one line."""
    try:
        deploy(ROOT, pulumi.get_stack(), _values())
    except (BadInput, Refusal) as error:
        raise pulumi.RunError(str(error)) from None


def deploy(root: Path, stack: str, values: Mapping[str, Any]) -> None:
    """Deploy the stack that `values` describe; BadInput names what does not fit, and where it stands."""
    configuration = read_configuration(root, stack, values)
    key = f"{NAMESPACE}kind"
    if key not in values:
        raise BadInput(f"stack {shown(stack)} has no {key}; known kinds: {', '.join(KINDS)}", configuration.place(key))
    kind = values[key]
    if kind not in KINDS:
        raise BadInput(
            f"stacks of kind {shown(kind)} are not deployable; {nearest(kind, KINDS)}", configuration.place(key)
        )
    KINDS[kind](configuration, root / "zones")


def _values() -> dict[str, Any]:
    """Every configured value by its full key: hosts hand them over in the environment or through the SDK.

    BadInput for a secret one: all that configures a site stands in plan, state and policies, where auditors read it.
    """
    values = {**runtime_config.get_config_env(), **runtime_config.CONFIG.get()}
    for key in values:
        if key.startswith(NAMESPACE) and runtime_config.is_config_secret(key):
            raise BadInput(f"{key} is a secret; what configures a site is declared in the open")
    return values

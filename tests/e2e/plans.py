"""What plans and states of any site are looked at for."""

import json
import re
from typing import Any

from tests.e2e.checkout import Checkout

MACHINE_PATH = re.compile(r"(?<![\w.:/])/(root|work|home|tmp|usr|opt)/")
QUIET = {"same", "read", "refresh"}


def operations(plan: dict[str, Any]) -> set[str]:
    """The operations of a plan, which has steps."""
    assert plan["steps"], "a plan without steps shows nothing"
    return {step["op"] for step in plan["steps"]}


def assert_silent_on_the_machine(checkout: Checkout, document: dict[str, Any]) -> None:
    """No path of this machine, and no message of the SDK in place of a value."""
    text = json.dumps(document)
    assert len(text) > 10_000
    assert str(checkout.root) not in text
    assert not MACHINE_PATH.search(text), MACHINE_PATH.search(text)
    assert "Calling __str__" not in text


def declared(properties: dict[str, Any]) -> dict[str, Any]:
    """Without the engine's and the bridge's own keys, which describe properties and are none."""
    return {
        name: value for name, value in properties.items() if not name.startswith("__") and name not in ("id", "version")
    }


def name_of(urn: str) -> str:
    """A resource's own name."""
    return urn.rsplit("::", 1)[-1]


def unprotected(resources: list[dict[str, Any]]) -> set[str]:
    """The names of resources that the engine would take down."""
    return {name_of(resource["urn"]) for resource in resources if not resource.get("protect")}


def providers(resources: list[dict[str, Any]]) -> list[str]:
    """The names of the state's providers."""
    return [name_of(each["urn"]) for each in resources if each["type"].startswith("pulumi:providers:")]

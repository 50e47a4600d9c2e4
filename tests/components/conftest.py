import json
from typing import Any

import pytest

from tests.components.answers import created, previewed
from tests.components.sample import declare_site
from tests.recorder import Registration, World, declaring


@pytest.fixture(scope="session")
def world() -> World:
    """The sample site after an update."""
    with declaring(created, stack_name="dublin") as declared:
        declare_site()
    return declared


@pytest.fixture(scope="session")
def first_preview() -> World:
    """The sample site in a preview before anything of it exists."""
    with declaring(previewed, stack_name="dublin", preview=True) as declared:
        declare_site()
    return declared


def policy_of(found: Registration) -> dict[str, Any]:
    """The registration's policy document, read back from its text."""
    return json.loads(found.inputs["policy"])


def statement(policy: dict[str, Any], sid: str) -> dict[str, Any]:
    """The statement of that id; LookupError when there is none or several."""
    found = [candidate for candidate in policy["Statement"] if candidate["Sid"] == sid]
    if len(found) != 1:
        raise LookupError(f"{len(found)} statements {sid}")
    return found[0]

import pytest

from components.azure import Guardrails
from tests.components.azure.answers import created, previewed
from tests.components.azure.guarded import args
from tests.components.azure.sample import declare_site
from tests.recorder import World, declaring


@pytest.fixture(scope="session")
def world() -> World:
    """The sample site after an update."""
    with declaring(created, stack_name="hamar") as declared:
        declare_site()
    return declared


@pytest.fixture(scope="session")
def first_preview() -> World:
    """The sample site in a preview before anything of it exists."""
    with declaring(previewed, stack_name="hamar", preview=True) as declared:
        declare_site()
    return declared


@pytest.fixture(scope="session")
def organisation() -> World:
    """What stands above the sample site."""
    with declaring(created, stack_name="organisation") as declared:
        Guardrails("guardrails", args())
    return declared

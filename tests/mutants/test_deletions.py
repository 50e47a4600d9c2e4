"""No statement of Dublin's policies stands for nothing: without it a verdict flips or a proof loses a ground."""

import pytest

from tests.mutants.deletions import Deletion, Proofs, deletions, effect, proofs
from tests.mutants.site import case
from tests.soak import soaked

EVERY = deletions()
SAMPLE = EVERY[:: soaked(40, 1)]


@pytest.fixture(scope="module")
def before() -> Proofs:
    """The proofs of the site as it is."""
    return proofs(case())


@pytest.mark.parametrize("deletion", SAMPLE, ids=lambda each: f"{each.resource}-{each.sid}")
def test_a_statement_is_missed(deletion: Deletion, before: Proofs):
    assert effect(deletion, before).kind != "unseen"

"""The mutants of the sites, fed to the pack as the engine feeds it: each is reported by the verdict that finds it."""

import re
from pathlib import Path

import pytest

from tests.mutants.collection import Mutant
from tests.mutants.site import zone_file
from tests.policy.declarable import declarable, finding, others, states
from tests.policy.engine import Pack, mandatory
from tests.soak import soaked

EVERY = declarable()
SAMPLE = EVERY[:: soaked(10, 1)]
DAY = "2026-11-24"


def test_most_mutants_are_a_programs() -> None:
    assert len(EVERY) > 500


@pytest.mark.parametrize("mutant", SAMPLE, ids=lambda mutant: mutant.id)
def test_a_mutant_stops_the_run(mutant: Mutant, tmp_path: Path) -> None:
    settings = {"asOf": DAY, "zone": zone_file(mutant.site), "beside": others(mutant, tmp_path)}
    said = mandatory(Pack({"stack-is-judged": settings}).stack(states(mutant)))
    last = [message.rpartition("\n")[2].strip() for messages in said.values() for message in messages]
    assert finding(mutant) in {re.sub(r"~\d+$", "", each) for each in last}

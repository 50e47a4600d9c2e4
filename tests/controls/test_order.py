"""What is decided does not depend on the order in which the engine lists the resources: a plan's is not a state's."""

import json
import random
from datetime import date
from pathlib import Path

import pytest

from clover.controls.run import prove
from clover.sources import read_world
from tests.data import state

DAY = date(2026, 11, 24)


def decided(file: Path) -> dict[str, str]:
    """Every verdict's id, with the verdict."""
    (site,) = prove(read_world([file]), None, DAY).sites
    return {each.id: each.verdict.value for each in site.verdicts}


@pytest.mark.parametrize("stack", ["dublin", "hamar", "dublin2", "auditor", "organisation"])
def test_another_order_decides_the_same(stack: str, tmp_path: Path) -> None:
    export = state(stack)
    files = [tmp_path / name for name in ("as-it-is.json", "shuffled.json")]
    files[0].write_text(json.dumps(export), encoding="utf-8")
    random.Random(1).shuffle(export["deployment"]["resources"])  # noqa: S311 (an order, no secret)
    files[1].write_text(json.dumps(export), encoding="utf-8")
    assert decided(files[1]) == decided(files[0])

"""A state whose writing was cut off is replaced by the last whole one, or the refusal says so."""

from pathlib import Path

import pytest

WHOLE = '{"version": 3, "checkpoint": {}}'


@pytest.fixture
def state(tmp_path: Path) -> Path:
    made = tmp_path / "state" / ".pulumi" / "stacks" / "clover" / "dublin.json"
    made.parent.mkdir(parents=True)
    return made

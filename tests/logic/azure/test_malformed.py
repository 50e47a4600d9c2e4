"""What Azure could not have accepted is refused in one line that names its place."""

from typing import Any, cast

import pytest
import yaml

from clover.logic.azure import Malformed, evaluate
from tests.logic.azure.evaluator_cases import ALICE, FOLDER, Json

ROWS: list[Json] = yaml.safe_load((FOLDER / "malformed.yaml").read_text())
REQUEST = {"principal": "me", "action": "a/read", "scope": "/subscriptions/y"}


def _with_me(value: Any) -> Any:
    """The value with `me` made an object id."""
    if isinstance(value, dict):
        return {key: _with_me(inner) for key, inner in cast(Json, value).items()}
    if isinstance(value, list):
        return [_with_me(inner) for inner in cast("list[Any]", value)]
    return ALICE if value == "me" else value


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["says"])
def test_malformed_input_is_refused_by_its_place(row: Json) -> None:
    with pytest.raises(Malformed) as refused:
        evaluate(_with_me(row.get("request", REQUEST)), _with_me(row.get("policies", {})))
    assert row["says"] in str(refused.value)
    assert str(refused.value).isprintable()

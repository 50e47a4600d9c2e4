"""From where data is reached: one row of data, one documented rule."""

from typing import Any

import pytest
import yaml

from clover.logic.azure import Malformed, evaluate_network
from tests.logic.azure.evaluator_cases import FOLDER, Json

TABLE: Json = yaml.safe_load((FOLDER / "network.yaml").read_text())


@pytest.mark.parametrize("row", TABLE["cases"], ids=lambda row: f"{row['from']}-to-{row['to']}".replace(" ", "-"))
def test_an_origin_is_let_in_as_documented(row: Json) -> None:
    decided = evaluate_network(TABLE["origins"][row["from"]], TABLE["resources"][row["to"]])
    assert (decided.decision == "allow") == row["allow"], (decided.because, TABLE["sources"][row["source"]])


@pytest.mark.parametrize("row", TABLE["malformed"], ids=lambda row: row["says"])
def test_what_azure_would_not_accept_is_refused_by_its_place(row: Json) -> None:
    with pytest.raises(Malformed) as refused:
        evaluate_network(row["origin"], row["resource"])
    assert row["says"] in str(refused.value)


@pytest.mark.parametrize(
    ("origin", "resource", "because"),
    [
        ("internet", "closed", "publicNetworkAccess is Disabled"),
        ("trusted", "closed with bypass", "networkAcls.bypass lets AzureServices in"),
        ("office", "selected", "networkAcls.ipRules has 198.51.100.0/24"),
        ("foreign trusted", "open", "a trusted service acts for another tenant"),
    ],
)
def test_an_answer_names_the_setting_that_decides(origin: str, resource: str, because: Any) -> None:
    assert evaluate_network(TABLE["origins"][origin], TABLE["resources"][resource]).because == (because,)

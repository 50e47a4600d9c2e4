"""The table of required access and denials is whole, and holds for a site as the design declares one."""

import re
from collections import Counter
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from clover.logic.azure import evaluate, evaluate_network
from tests.logic.azure.evaluator_cases import FOLDER, Json, role

FILE = Path(__file__).parents[2] / "e2e" / "azure_access_cases.yaml"
TABLE: Json = yaml.safe_load(FILE.read_text())
SITE: Json = yaml.safe_load((FOLDER / "hamar.yaml").read_text())
NAME = re.compile(r"\{([a-z:-]+)\}")
CASES: list[Json] = TABLE["cases"]


def _names() -> dict[str, str]:
    found: dict[str, str] = dict(SITE["names"])
    for name, group in SITE["stores"].items():
        found[f"account:{name}"] = name
        found[f"store:{name}"] = f"{found[group]}/providers/Microsoft.Storage/storageAccounts/{name}"
        found[f"container:{name}"] = found[f"store:{name}"] + "/blobServices/default/containers/c"
    for name, group in SITE["vaults"].items():
        found[f"vault:{name}"] = f"{found[group]}/providers/Microsoft.KeyVault/vaults/{name}"
        found[f"key:{name}"] = found[f"vault:{name}"] + "/keys/k"
    return found | {name: f"{found['group']}/providers/{path}" for name, path in SITE["below_group"].items()}


NAMES = _names()


def _filled(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _filled(inner) for key, inner in cast(Json, value).items()}
    if isinstance(value, list):
        return [_filled(inner) for inner in cast("list[Any]", value)]
    return NAME.sub(lambda found: NAMES[found[1]], value) if isinstance(value, str) else value


def _role(name: str) -> Json:
    own = name.removeprefix("custom:")
    return {"roleName": own, **SITE["roles"][own]} if own in SITE["roles"] else role(name)


def _assigned(principal: str, row: Json) -> Json:
    condition = {name: _filled(row[name]) for name in ("condition", "conditionVersion") if name in row}
    return {"principalId": principal, "role": _role(row["role"]), "scope": _filled(row["at"]), **condition}


def _policies(who: Json, given: bool) -> Json:
    held = [] if who.get("managing") else [_assigned(_filled(who["id"]), row) for row in who.get("holds", ())]
    assigned = [*SITE["role_assignments"], *(SITE["eligible"] if who.get("activated") else ())]
    return {
        "role_assignments": [*(_assigned(_filled(row["to"]), row) for row in assigned), *held],
        "lighthouse": [_assigned(row["to"], row) for row in SITE["lighthouse"]],
        "deny_assignments": SITE["given"] if given else [],
        "policy_assignments": SITE["policies"] if given else [],
        "management_groups": SITE["management_groups"],
    }


def _let_in(case: Json, target: str) -> bool:
    kind = NAME.match(target)
    assert kind is not None
    settings = SITE["networks"][kind[1].partition(":")[2]]
    return evaluate_network(_filled(TABLE["places"][case["from"]]), _filled(settings)).decision == "allow"


def _allowed(case: Json, given: bool = True) -> bool:
    if "reaches" in case:
        return _let_in(case, case["reaches"])
    who = TABLE["principals"][case["who"]]
    asked: Json = {
        "principal": _filled(who["id"]),
        "action": case.get("does") or case["reads"],
        "is_data_action": "reads" in case,
        "scope": _filled(case["target"]),
        "attributes": _filled(case.get("with", {})),
    }
    if "does" in case:
        declared, kind = _filled(case.get("declares", {})), case["does"].rpartition("/")[0]
        asked["resource"] = {**declared, "type": kind, "id": asked["scope"], "name": asked["scope"].rsplit("/", 1)[-1]}
    granted = evaluate(asked, _policies(who, given)).decision == "allow"
    return granted and ("reads" not in case or _let_in(case, case["target"]))


def _label(case: Json) -> str:
    done = case.get("does") or case.get("reads") or "reach"
    return f"{case['who']} from {case['from']}: {done} at {case.get('target') or case['reaches']} -> {case['expect']}"


def test_the_table_is_wide_enough_and_every_case_has_a_source() -> None:
    assert len(CASES) >= 45
    assert all(case["source"] for case in CASES)
    assert len({_label(case) + str(case.get("declares")) for case in CASES}) == len(CASES)
    assert Counter(case["expect"] for case in CASES).keys() == {"allow", "deny"}
    assert all(("rests_on" in case) == (case["expect"] == "deny") for case in CASES)


def test_every_principal_and_place_is_used() -> None:
    assert {case["who"] for case in CASES} == set(TABLE["principals"])
    assert {case["from"] for case in CASES} == set(TABLE["places"])


def test_every_name_is_explained_at_the_top() -> None:
    top = FILE.read_text().partition("\nprincipals:")[0]
    used = {found.partition(":")[0] for found in NAME.findall(str(TABLE))}
    assert {name for name in used if f"{{{name}}}" not in top and f"{{{name}:" not in top} == set()


@pytest.mark.parametrize("case", CASES, ids=_label)
def test_the_case_holds_for_a_site_as_the_design_declares_one(case: Json) -> None:
    assert _allowed(case) == (case["expect"] == "allow")


@pytest.mark.parametrize("case", [case for case in CASES if case.get("rests_on") == "given"], ids=_label)
def test_what_rests_on_a_given_is_allowed_without_it(case: Json) -> None:
    assert _allowed(case, given=False)


@pytest.mark.parametrize("case", [case for case in CASES if case.get("rests_on") in ("roles", "network")], ids=_label)
def test_what_rests_on_nothing_given_is_denied_without_it_too(case: Json) -> None:
    assert not _allowed(case, given=False)

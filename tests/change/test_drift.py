"""Drift between what is declared and a live reading, thing by thing, and how values are compared."""

import copy
import json
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clover.change.drift import Drift, Kind, drift
from clover.change.drift_document import as_json, text
from clover.change.drift_values import differences, same
from clover.change.schema import DRIFT_PATH, drift_schema, render
from clover.controls.run import prove
from clover.errors import BadInput
from clover.sources import World
from clover.sources.live.scope import scopes
from clover.sources.values import SENTINELS
from clover.sources.world import observed_world, read_world
from tests.data import preview_of, state

DAY = date(2026, 11, 1)
Spoil = Callable[[list[dict[str, Any]]], object]


def observed(site: str, spoil: Spoil | None = None, gaps: list[dict[str, str]] | None = None) -> World:
    """What an audit would see of the site's state: its cloud's things, each with what is read of its type."""
    rows = state(site)["deployment"]["resources"]
    stack = rows[0]["urn"]
    seen: list[dict[str, Any]] = [
        {**row, "parent": stack, "provider": "", "dependencies": [], "inputs": {}, "outputs": _read(row)}
        for row in rows
        if row["type"] in scopes()
    ]
    if spoil:
        spoil(seen)
    root = {**rows[0], "outputs": {"site": {"name": site, "zone": "europe"}}}
    told = {"lab": True, "gaps": gaps or [], "caller": "auditor"}
    return observed_world({"version": 3, "observed": told, "deployment": {"resources": [root, *seen]}}, "live")


def _read(row: dict[str, Any]) -> dict[str, Any]:
    held = {**row["inputs"], **row["outputs"]}
    return {name: copy.deepcopy(held[name]) for name in scopes()[row["type"]].properties if name in held}


def declared(site: str, tmp_path: Path, export: Any = None) -> World:
    file = tmp_path / f"{site}.json"
    file.write_text(json.dumps(export or state(site)))
    return read_world([file])


def found(site: str, tmp_path: Path, spoil: Spoil | None = None, gaps: Any = None, export: Any = None) -> Drift:
    prover = partial(prove, zone="europe", day=DAY)
    return drift(declared(site, tmp_path, export), observed(site, spoil, gaps), prover)


def one(rows: list[dict[str, Any]], kind: str, number: int = 0) -> dict[str, Any]:
    return [row for row in rows if row["type"].endswith(f":{kind}")][number]


@pytest.mark.parametrize("site", ["dublin", "hamar"])
def test_a_site_that_is_as_declared_has_not_drifted(site: str, tmp_path: Path) -> None:
    assert found(site, tmp_path).things == ()
    assert found(site, tmp_path, export=preview_of(state(site))).things == ()


def test_what_is_missing_is_named_with_the_proof_that_rested_on_it(tmp_path: Path) -> None:
    drifted = found("dublin", tmp_path, lambda rows: rows.remove(one(rows, "FlowLog")))
    (thing,) = drifted.things
    assert thing.thing.kind is Kind.MISSING
    assert "EVD-1" in {finding.control for finding in thing.means}
    assert any(finding.worsens for finding in thing.means)
    told = text(drifted, declared("dublin", tmp_path))
    assert "missing aws:ec2/flowLog:FlowLog fl-" in told
    assert "1 missing, 0 extra, 0 changed, 0 unread" in told.splitlines()[-1]


def test_what_is_changed_is_named_by_property_with_its_place(tmp_path: Path) -> None:
    def spoil(rows: list[dict[str, Any]]) -> None:
        one(rows, "StorageAccount")["outputs"]["allowSharedKeyAccess"] = True

    drifted = found("hamar", tmp_path, spoil)
    (thing,) = drifted.things
    assert thing.thing.properties == (("allowSharedKeyAccess", False, True),)
    assert "RES-3" in {finding.control for finding in thing.means}
    document = json.loads(as_json(drifted, declared("hamar", tmp_path)))
    jsonschema.validate(document, drift_schema())
    (entry,) = document["things"]
    assert entry["where"]["file"] == "Pulumi.hamar.yaml"
    assert entry["properties"] == [{"path": "allowSharedKeyAccess", "declared": "false", "live": "true"}]


def test_what_nobody_declared_is_extra_and_what_a_cloud_brings_is_not(tmp_path: Path) -> None:
    def spoil(rows: list[dict[str, Any]]) -> None:
        endpoint, account = one(rows, "PrivateEndpoint"), copy.deepcopy(one(rows, "StorageAccount"))
        kind = "azure-native:network:NetworkInterface"
        urn = f"{endpoint['urn'].rpartition('::')[0].rpartition('::')[0]}::{kind}::nic"
        brought = {**endpoint, "type": kind, "urn": urn, "id": f"{endpoint['id']}-nic"}
        rows.append({**brought, "outputs": {"privateEndpoint": {"id": endpoint["id"].upper()}}})
        rows.append({**account, "urn": f"{account['urn']}-stray", "id": f"{account['id']}stray"})

    (thing,) = found("hamar", tmp_path, spoil).things
    assert thing.thing.kind is Kind.EXTRA
    assert thing.thing.id
    assert thing.thing.id.endswith("stray")


@pytest.mark.parametrize("site", ["hamar", "dublin2"])
def test_what_the_organisation_denies_above_is_neither_drift_nor_a_control_of_the_site(
    site: str, tmp_path: Path
) -> None:
    """A subscription lists what denies from above; the auditor and the deployer of the site have no part in it."""
    kind = "azure-native:authorization:DenyAssignment"
    rows = state("organisation")["deployment"]["resources"]
    (denial,) = [row for row in rows if row["type"] == kind and site in row["urn"].rpartition("::")[2]]

    def spoil(seen: list[dict[str, Any]]) -> None:
        urn = f"urn:pulumi:{site}::clover::{kind}::above"
        there: dict[str, Any] = {
            "urn": urn,
            "parent": seen[0]["parent"],
            "provider": "",
            "dependencies": [],
            "inputs": {},
        }
        seen.append({**denial, **there})

    assert found(site, tmp_path, spoil).things == ()
    with_it, without = (prove(observed(site, each), zone="europe", day=DAY).verdicts for each in (spoil, None))
    asked = {verdict.control for verdict in with_it}
    assert {"AUD-1", "OPS-1"} <= asked
    assert [(each.id, each.verdict) for each in with_it] == [(each.id, each.verdict) for each in without]


def test_what_was_not_read_is_neither_missing_nor_unchanged(tmp_path: Path) -> None:
    gap = {"call": "ec2.DescribeFlowLogs", "about": "all", "code": "UnauthorizedOperation"}
    (thing,) = found("dublin", tmp_path, lambda rows: rows.remove(one(rows, "FlowLog")), [gap]).things
    assert thing.thing.kind is Kind.UNREAD

    def hide(rows: list[dict[str, Any]]) -> None:
        one(rows, "BucketPolicy")["outputs"]["policy"] = min(SENTINELS)

    (thing,) = found("dublin", tmp_path, hide).things
    assert (thing.thing.kind, thing.thing.properties) == (Kind.UNREAD, (("policy", None, "not read"),))


def test_what_no_reading_reads_is_called_unread(tmp_path: Path) -> None:
    export = state("dublin")
    rows = export["deployment"]["resources"]
    urn = f"{rows[0]['urn'].rpartition('pulumi:pulumi:Stack')[0]}aws:sqs/queue:Queue::queue"
    rows.append({"urn": urn, "custom": True, "type": "aws:sqs/queue:Queue", "id": "queue", "parent": rows[0]["urn"]})
    (thing,) = found("dublin", tmp_path, export=export).things
    assert (thing.thing.kind, thing.thing.id) == (Kind.UNREAD, "queue")


def test_a_child_that_nobody_declared_is_found_in_its_parent(tmp_path: Path) -> None:
    def spoil(rows: list[dict[str, Any]]) -> None:
        network = one(rows, "VirtualNetwork")
        joined = {"id": f"{network['id']}/virtualNetworkPeerings/x", "name": "x", "remoteVirtualNetwork": {"id": "/y"}}
        network["outputs"]["virtualNetworkPeerings"] = [joined]

    (thing,) = found("hamar", tmp_path, spoil).things
    assert [path for path, _, _ in thing.thing.properties] == ["virtualNetworkPeerings[]"]
    assert "NET-6" in {finding.control for finding in thing.means}


def test_a_member_that_nobody_declared_and_nobody_had_filled_in_is_found(tmp_path: Path) -> None:
    def spoil(rows: list[dict[str, Any]]) -> None:
        group = next(row for row in rows if row["type"].endswith(":NetworkSecurityGroup"))
        group["outputs"]["securityRules"][0]["sourceAddressPrefixes"] = ["0.0.0.0/0"]
        group["outputs"]["securityRules"][0]["etag"] = "another"

    (thing,) = found("hamar", tmp_path, spoil).things
    ((path, wanted, there),) = thing.thing.properties
    assert path.endswith("].sourceAddressPrefixes[]")
    assert (wanted, there) == (None, "0.0.0.0/0")


def test_another_sites_declaration_and_a_reading_are_refused(tmp_path: Path) -> None:
    prover = partial(prove, zone="europe", day=DAY)
    with pytest.raises(BadInput, match="is of site hamar, and dublin is audited"):
        drift(declared("hamar", tmp_path), observed("dublin"), prover)
    with pytest.raises(BadInput, match="declares nothing"):
        drift(observed("dublin"), observed("dublin"), prover)


def test_the_schema_is_that_of_the_model() -> None:
    assert DRIFT_PATH.read_text(encoding="utf-8") == render(drift_schema())


@pytest.mark.parametrize(
    ("wanted", "there"),
    [
        (None, False),
        ([], None),
        ('{"a": [1, 2]}', '{"a":[2,1]}'),
        ('{"Action": "x"}', '{"Action": ["x"]}'),
        ("/subscriptions/A/x", "/subscriptions/a/X"),
        (["a", "b"], ["b", "a"]),
        (True, "true"),
        ({"a": 1, "b": None}, {"a": 1}),
    ],
)
def test_values_that_say_the_same(wanted: Any, there: Any) -> None:
    assert same(wanted, there)
    assert not list(differences("x", wanted, there))


@pytest.mark.parametrize(
    ("wanted", "there", "paths"),
    [
        (True, None, ["x"]),
        ("a", "A", ["x"]),
        ({"a": 1}, {"a": 2, "b": 3}, ["x.a"]),
        ({"a": {"b": 1}}, None, ["x"]),
        ([{"name": "r", "to": 1}], [{"name": "r", "to": 2, "more": 3}], ["x[r].to"]),
        ([{"to": 1}], [{"to": 1, "more": 3}, {"to": 2}], ["x[]"]),
        (["a"], [], ["x[]"]),
        ('{"Statement": [{"Sid": "A", "Effect": "Deny"}]}', '{"Statement": []}', ["x.Statement[]"]),
        ('{"Statement": [{"Sid": "A"}]}', '{"Statement": [{"Sid": "A", "Action": "*"}]}', ["x.Statement[A].Action"]),
        (["/i/a"], {"/i/b": {}}, ["x[]", "x[]"]),
    ],
)
def test_values_that_say_something_else(wanted: Any, there: Any, paths: list[str]) -> None:
    assert [path for path, _, _ in differences("x", wanted, there)] == paths


JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_a_value_is_the_same_as_itself_and_as_what_it_is_written_as(value: Any) -> None:
    assert same(value, copy.deepcopy(value))
    assert not list(differences("x", value, copy.deepcopy(value)))
    if isinstance(value, dict | list):
        assert same(json.dumps(value), json.dumps(value, indent=2))


@given(st.lists(JSON, min_size=2, max_size=4), st.randoms())
def test_the_order_of_a_list_is_nothing(values: list[Any], random: Any) -> None:
    mixed = list(values)
    random.shuffle(mixed)
    assert same(values, mixed)


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.integers(1, 9), min_size=1, max_size=4), st.data())
def test_any_declared_member_that_is_otherwise_is_found(value: dict[str, int], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(value)))
    there = {**value, name: value[name] + 1, "what the cloud adds": 1}
    assert [(wanted, live) for _, wanted, live in differences("x", value, there)] == [(value[name], value[name] + 1)]


def test_what_lies_in_another_subscription_is_not_read_with_the_site(tmp_path: Path) -> None:
    def without_copies(rows: list[dict[str, Any]]) -> None:
        rows[:] = [row for row in rows if "-000000000511/" not in row["id"]]

    differing = {each.thing.one.name: each.thing.kind for each in found("hamar", tmp_path, without_copies).things}
    assert differing == dict.fromkeys(("profiles-copies", "research-copies", "usage-copies"), Kind.UNREAD)

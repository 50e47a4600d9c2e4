"""The access register says what the policies let through, no less and no more, and the pages follow it."""

from itertools import product
from pathlib import Path
from typing import Any

import pytest

from clover.controls.aws_policies import EVERYTHING
from clover.controls.residency.aws_reading import site_endpoints, stores
from clover.dossier.access import Reach
from clover.dossier.access.register import Row
from clover.dossier.flow_map import State, flow_map, flows
from clover.dossier.site_facts import SiteFacts
from clover.logic.aws import evaluate
from clover.model.aws.principals import roles
from tests.data import state
from tests.dossier.worlds import edited, facts, without_statement
from tests.zones import own_evidence

AUDITOR_ADDRESS, OTHER_ADDRESS = "192.0.2.9", "203.0.113.9"
STRANGER = "arn:aws:iam::999999999999:role/stranger"
OWN = "arn:aws:iam::111122223333:role/some-workload"
ACTIONS = {"read": ("s3:GetObject", "/k"), "write": ("s3:PutObject", "/k"), "list": ("s3:ListBucket", "")}
ORDER = (Reach.NOTHING, Reach.ENDPOINTS, Reach.AUDITOR_NETWORKS, Reach.ANYWHERE)


@pytest.fixture(scope="module")
def dublin(tmp_path_factory: pytest.TempPathFactory) -> SiteFacts:
    return facts(tmp_path_factory.mktemp("dublin"), state("dublin"))


@pytest.fixture(scope="module")
def keeping(tmp_path_factory: pytest.TempPathFactory) -> SiteFacts:
    """A site on AWS that keeps its records itself."""
    return facts(tmp_path_factory.mktemp("keeping"), state(own_evidence.STACK), str(own_evidence.file()))


@pytest.fixture(scope="module")
def hamar(tmp_path_factory: pytest.TempPathFactory) -> SiteFacts:
    return facts(tmp_path_factory.mktemp("hamar"), state("hamar"))


@pytest.fixture(scope="module")
def keeping_on_azure(tmp_path_factory: pytest.TempPathFactory) -> SiteFacts:
    """A site on Azure that keeps its records itself."""
    return facts(tmp_path_factory.mktemp("keeping"), state(own_evidence.ON_AZURE), str(own_evidence.file()))


GATE = "clover-dublin-access-support"


def _rows(site: SiteFacts, store: str) -> dict[tuple[str, str], Row]:
    (group,) = [group for group in site.access if store in group.stores]
    return {(row.kind, row.caller.rpartition("/")[2]): row for row in group.rows}


def _read(site: SiteFacts, store: str) -> dict[tuple[str, str], str]:
    return {who: row.reach["read"].value for who, row in _rows(site, store).items()}


def test_users_data_is_read_through_the_site_alone_and_never_by_the_auditor(dublin: SiteFacts) -> None:
    assert _read(dublin, "profiles-bucket") == {
        ("auditor", "clover-dublin-auditor-machine"): "nothing",
        ("auditor", "clover-dublin-auditor-person"): "nothing",
        ("declared", GATE): "endpoints",
        ("copier", "clover-dublin-copies-profiles"): "nothing",
        ("copier", "clover-dublin-copies-research"): "nothing",
        ("copier", "clover-dublin-copies-usage"): "nothing",
        ("trusted", "break-glass"): "endpoints",
        ("trusted", "deployer"): "endpoints",
        ("own", "111122223333"): "endpoints",
        ("zone", "444455556666, 777788889999"): "nothing",
        ("service", ""): "nothing",
        ("anybody", ""): "nothing",
    }


def test_a_gate_opens_stores_of_its_class_alone(dublin: SiteFacts) -> None:
    assert {_read(dublin, f"{store}-bucket")["declared", GATE] for store in ("usage", "research", "media")} == {
        "nothing"
    }


def test_evidence_is_read_by_the_auditor_from_its_networks_alone(
    keeping: SiteFacts, keeping_on_azure: SiteFacts
) -> None:
    read = {who: reach for who, reach in _read(keeping, "logs-bucket").items() if reach != "nothing"}
    assert set(read.values()) == {"auditor-networks"}
    assert {kind for kind, _ in read} == {"auditor"}
    machine = ("auditor", "00000000-0000-0000-0000-000000000402")
    on_azure = _read(keeping_on_azure, "logs-account")
    assert {who for who, reach in on_azure.items() if reach != "nothing"} == {machine}
    assert on_azure[machine] == "auditor-networks"


@pytest.mark.parametrize("verb", ACTIONS)
def test_the_plain_evaluator_never_allows_more_than_the_register_says(dublin: SiteFacts, verb: str) -> None:
    """Concrete requests from an endpoint, the auditor's network and elsewhere, weighed by the other engine."""
    (door,) = site_endpoints(dublin.case)
    origins: list[tuple[Reach, dict[str, str]]] = [
        (Reach.ENDPOINTS, {"aws:SourceVpce": door, "aws:VpcSourceIp": "10.16.0.9"}),
        (Reach.AUDITOR_NETWORKS, {"aws:SourceIp": AUDITOR_ADDRESS}),
        (Reach.ANYWHERE, {"aws:SourceIp": OTHER_ADDRESS}),
    ]
    declared = {role.arn: role for role in roles(dublin.case.resources)}
    for store in stores(dublin.case):
        for row, (reach, place) in product(_rows(dublin, store.resource.name).values(), origins):
            if row.kind == "service":
                continue
            principal = {"own": OWN, "zone": "arn:aws:iam::444455556666:role/x", "anybody": STRANGER}.get(
                row.kind, row.caller
            )
            action, below = ACTIONS[verb]
            request = {
                "principal": principal,
                "action": action,
                "resource": f"{store.arn}{below}",
                "resource_account": "111122223333",
                "context": {"aws:SecureTransport": "true", "s3:TlsVersion": "1.3", **place},
            }
            held = declared[principal].identity if principal in declared else ()
            identity = [policy.document for policy in held] if held else [EVERYTHING]
            assert store.policy
            allowed = evaluate(request, {"identity": identity, "resource": store.policy.document})
            if allowed.decision == "allow":
                assert ORDER.index(row.reach[verb]) >= ORDER.index(reach), (row, request)


def test_a_cell_is_no_wider_than_some_request_shows(dublin: SiteFacts) -> None:
    (door,) = site_endpoints(dublin.case)
    store = next(one for one in stores(dublin.case) if one.resource.name == "profiles-bucket")
    request = {
        "principal": OWN,
        "action": "s3:GetObject",
        "resource": f"{store.arn}/k",
        "resource_account": "111122223333",
        "context": {"aws:SecureTransport": "true", "s3:TlsVersion": "1.3", "aws:SourceVpce": door},
    }
    assert store.policy
    assert evaluate(request, {"identity": [EVERYTHING], "resource": store.policy.document}).decision == "allow"


def test_without_the_statement_the_own_account_reads_from_anywhere(tmp_path: Path) -> None:
    spoiled = edited(state("dublin"), "profiles-policy", without_statement("DataOnlyViaSiteEndpoints"))
    site = facts(tmp_path, spoiled)
    assert _read(site, "profiles-bucket")["own", "111122223333"] == "anywhere"
    assert _read(site, "usage-bucket")["own", "111122223333"] == "endpoints"


def test_a_policy_that_is_not_known_keeps_nobody_out(tmp_path: Path) -> None:
    def unknown(held: Any) -> None:
        held["policy"] = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

    spoiled = edited(state("dublin"), "profiles-policy", unknown)
    reads = set(_read(facts(tmp_path, spoiled), "profiles-bucket").values())
    assert reads == {"open"}


def _opened(account: Any) -> None:
    account["publicNetworkAccess"] = "Enabled"
    account["networkRuleSet"] = {"defaultAction": "Allow", "bypass": "None", "ipRules": [], "virtualNetworkRules": []}


def test_a_role_and_an_open_network_together_reach_the_data(tmp_path: Path) -> None:
    """A stranger holds the built-in role Storage Blob Data Reader at the subscription."""
    spoiled = state("hamar")
    held = {
        "principalId": "99999999-0000-0000-0000-000000000999",
        "principalType": "User",
        "roleDefinitionId": "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
        "scope": "/subscriptions/00000000-0000-0000-0000-000000000111",
    }
    model = next(
        one for one in spoiled["deployment"]["resources"] if one["type"] == "azure-native:authorization:RoleAssignment"
    )
    stranger = {**model, "urn": f"{model['urn']}-stranger", "id": f"{model['id']}9", "inputs": held, "outputs": held}
    spoiled["deployment"]["resources"].append(stranger)
    who = ("role", "99999999-0000-0000-0000-000000000999")
    closed = facts(tmp_path, spoiled)
    assert _read(closed, "profiles-account")[who] == "endpoints"
    opened = facts(tmp_path, edited(spoiled, "profiles-account", _opened))
    assert _read(opened, "profiles-account")[who] == "anywhere"
    assert _read(opened, "usage-account")[who] == "endpoints"


def test_every_way_is_stopped_where_all_is_proved(keeping: SiteFacts) -> None:
    found = {flow.label: flow.state for flow in flows(keeping)}
    assert {label for label, drawn in found.items() if drawn is State.UNDECIDED} == set()
    assert found["handshake"] is State.ALLOWED
    assert found["copies"] is State.STOPPED


def test_a_way_whose_control_fails_is_not_drawn_as_stopped_and_the_store_stands_outside(tmp_path: Path) -> None:
    site = facts(tmp_path, edited(state("hamar"), "profiles-account", _opened))
    found = {flow.label: flow.state for flow in flows(site)}
    assert found["not-from-site"] is State.UNDECIDED
    boxes = {box.title: box for box in flow_map(site).boxes}
    network, inside, outside = boxes["Hamar 10.32.0.0/16"], boxes["usage"], boxes["profiles"]
    assert network.y < inside.y < network.y + network.height
    assert outside.y > network.y + network.height


def test_no_box_or_way_leaves_the_drawing(dublin: SiteFacts, hamar: SiteFacts) -> None:
    for site in (dublin, hamar):
        found = flow_map(site)
        assert len(found.boxes) <= 25
        for box in found.boxes:
            assert box.y >= 0
            assert box.y + box.height <= found.height
        for line in found.lines:
            assert line.y < found.height

"""What exists before what on Azure: read from the dependency graph, as the engine orders and deletes by it."""

import pytest

from tests.recorder import UNKNOWN, Registration, World

DATA = ["profiles", "drafts"]
ROLE = {"logs": "evidence", "profiles": "user-data", "drafts": "user-data"}


def account(world: World, store: str) -> Registration:
    return world.one("azure-native:storage:StorageAccount", f"{store}-account")


def component(world: World, kind: str, name: str) -> set[str]:
    """Every resource of a component."""
    return {one.urn for one in world.below(world.one(f"clover-azure:index:{kind}", name).urn)}


@pytest.mark.parametrize("store", ROLE)
def test_no_store_exists_before_its_key_and_the_right_to_use_it(world: World, store: str) -> None:
    before = world.before(account(world, store).urn)
    assert component(world, "EncryptionKey", ROLE[store]) <= before


@pytest.mark.parametrize("store", DATA)
def test_no_store_of_user_data_exists_before_what_records_it_and_where_it_is_reached(world: World, store: str) -> None:
    before = world.before(account(world, store).urn)
    assert component(world, "RegionLockedStore", "logs") <= before
    names = {one.name for one in world.all() if one.urn in before}
    assert {"egress-endpoints", "egress-zone-blob", "egress-zone-blob-link", "egress-endpoints-security"} <= names


@pytest.mark.parametrize("role", ["evidence", "user-data"])
def test_no_key_exists_before_its_vault_is_administered(world: World, role: str) -> None:
    before = world.before(world.one("azure-native:keyvault:Key", f"{role}-key").urn)
    assert world.one("azure-native:keyvault:Vault", f"{role}-vault").urn in before
    assert world.one("azure-native:authorization:RoleAssignment", f"{role}-administrator").urn in before


def test_no_key_but_that_of_evidence_exists_before_its_use_is_recorded(world: World) -> None:
    before = world.before(world.one("azure-native:keyvault:Key", "user-data-key").urn)
    assert world.one("azure-native:monitor:DiagnosticSetting", "user-data-use").urn in before


@pytest.mark.parametrize("store", ROLE)
def test_the_lock_comes_last_and_so_goes_first(world: World, store: str) -> None:
    lock = world.one("azure-native:authorization:ManagementLockByScope", f"{store}-lock").urn
    assert component(world, "RegionLockedStore", store) - {lock} <= world.before(lock)


def test_whoever_is_handed_the_evidence_store_waits_for_all_of_it(world: World) -> None:
    parts = component(world, "RegionLockedStore", "logs")
    takers = [
        *(one for one in world.all("azure-native:monitor:DiagnosticSetting")),
        *(one for one in world.all("azure-native:network:FlowLog")),
    ]
    assert len(takers) == 8
    for taker in takers:
        taken = taker.property_dependencies.get("storageAccountId") or taker.property_dependencies["storageId"]
        assert parts <= set(taken), taker.name


def test_whoever_is_handed_the_workloads_subnet_waits_for_filters_and_logs(world: World) -> None:
    guards = {
        "egress-firewall",
        "egress-firewall-logs",
        "egress-rules",
        "egress-dns-link",
        "egress-dns-log",
        "egress-dns-blocked",
        "egress-flows",
        "egress-workload-security",
    }
    gateway = world.one("clover-azure:index:EgressGateway", "egress")
    assert guards <= {one.name for one in world.below(gateway.urn)}


def test_subnets_are_made_one_after_the_other(world: World) -> None:
    subnets = world.all("azure-native:network:Subnet")
    chained = sorted(len({other.urn for other in subnets} & world.before(one.urn)) for one in subnets)
    assert chained == [0, 1, 2]


def test_the_resolver_is_attached_when_both_rules_are_in_place(world: World) -> None:
    link = world.one("azure-native:dnsresolver:DnsResolverPolicyVirtualNetworkLink")
    rules = world.all("azure-native:dnsresolver:DnsSecurityRule")
    assert {rule.urn for rule in rules} <= world.before(link.urn)


def test_a_first_preview_knows_every_name_and_id_but_the_principals_of_new_identities(first_preview: World) -> None:
    unknown = {
        f"{one.name}.{key}"
        for one in first_preview.all()
        if one.custom
        for key, value in one.inputs.items()
        if UNKNOWN in str(value)
    }
    assert unknown == {"evidence-user.principalId", "user-data-user.principalId"}

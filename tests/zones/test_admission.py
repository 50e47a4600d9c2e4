"""What a zone admits, and what follows from a site's place in it."""

import json
from datetime import date

import pytest
import yaml

from clover.errors import BadInput
from clover.zones.admission import AdmittedDomain, AdmittedSite, Auditor, admit
from clover.zones.site import read_site
from clover.zones.stack_file import read_stack
from clover.zones.vocabulary import Cloud, Immutability, Lifecycle, StoreRole, TlsVersion, Versioning
from clover.zones.zone import find_zone
from tests.zones import PROJECT, TODAY, own_evidence
from tests.zones.conftest import Project

TWIN = PROJECT / "tests" / "zones" / "twin"


def ohio(on: date) -> AdmittedSite:
    stack = read_stack(TWIN / "Pulumi.ohio.yaml")
    return admit(read_site(stack.config, stack.place, find_zone(TWIN / "zones", stack.config["clover:zone"])), on)


def test_dublin_is_what_its_zone_says(project: Project) -> None:
    site = project.admitted()
    assert (site.name, site.cloud, site.region, site.country) == ("dublin", Cloud.AWS, "eu-west-1", "IE")
    assert (site.partition, site.account, site.zone) == ("aws", "111122223333", "europe")
    assert (site.lifecycle, site.protected) == (Lifecycle.LIVE, True)
    assert site.deployer == "arn:aws:iam::111122223333:role/clover/deployer"
    assert site.break_glass == "arn:aws:iam::111122223333:role/clover/break-glass"
    assert site.auditor == Auditor(
        person="arn:aws:iam::444455556666:user/clover/auditor",
        machine="arn:aws:iam::444455556666:role/clover/audit",
        external_id="clover-dublin-4f2c9a71d0",
        networks=("192.0.2.0/24", "198.51.100.0/25"),
    )


def test_dublins_stores_are_strict_unless_told(project: Project) -> None:
    stores = {store.name: store for store in project.admitted().stores}
    assert [*stores] == ["profiles", "usage", "research", "media", "logs", "arrivals"]
    for name in ("profiles", "usage", "research", "media"):
        assert stores[name].role is StoreRole.USER_DATA
        assert stores[name].versioning is Versioning.ENABLED
        assert stores[name].minimum_tls is TlsVersion.TLS_1_3
        assert (stores[name].immutability, stores[name].retention_days) == (Immutability.NONE, None)
    logs = stores["logs"]
    assert (logs.role, logs.immutability, logs.retention_days) == (StoreRole.EVIDENCE, Immutability.COMPLIANCE, 400)
    assert stores["arrivals"].role is StoreRole.INTAKE


def test_everything_says_where_it_is_declared(project: Project) -> None:
    lines = project.stack_file.read_text(encoding="utf-8").splitlines()
    site = project.admitted()
    declared = {store.name: store.declared_at for store in site.stores}
    declared |= {domain.name: domain.declared_at for domain in site.network.allowed_domains}
    for name, place in declared.items():
        file, line = place.split(":")
        assert file == "Pulumi.dublin.yaml"
        assert f"- name: {name}" in lines[int(line) - 1]
    assert "clover:network:" in lines[int(site.network.declared_at.split(":")[1]) - 1]


def test_the_network_has_full_zone_names(project: Project) -> None:
    network = project.admitted().network
    assert network.availability_zones == ("eu-west-1a", "eu-west-1b")
    assert network.interface_endpoints == ("sts", "logs")
    assert [domain.name for domain in network.allowed_domains] == [
        "push.notifications.example.com",
        "ocsp.certificates.example.org",
    ]


def test_evidence_is_locked_for_the_floor_when_nothing_is_said(project: Project) -> None:
    project.replace("Pulumi.dublin.yaml", "      immutability: compliance\n      retention_days: 400\n", "")
    logs = next(store for store in project.admitted().stores if store.role is StoreRole.EVIDENCE)
    assert (logs.immutability, logs.retention_days) == (Immutability.COMPLIANCE, 365)


def test_a_weaker_choice_that_the_zone_allows_is_admitted_by_name(project: Project) -> None:
    project.replace("Pulumi.dublin.yaml", "class: public\n", 'class: public\n      minimum_tls: "1.2"\n')
    project.replace("Pulumi.dublin.yaml", "name: media", "versioning: suspended\n      name: media")
    media = project.admitted().stores[3]
    assert (media.versioning, media.minimum_tls) == (Versioning.SUSPENDED, TlsVersion.TLS_1_2)


def test_the_json_that_the_engine_hands_over_means_the_same(project: Project) -> None:
    stack = read_stack(project.stack_file)
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in stack.config.items()}
    texts["pulumi:disable-default-providers"] = '["*"]'
    assert admit(read_site(texts, stack.place, project.zone()), TODAY) == project.admitted()


def test_keys_without_a_namespace_are_the_projects(project: Project) -> None:
    site = project.admitted()
    text = project.stack_file.read_text(encoding="utf-8")
    project.stack_file.write_text(text.replace("clover:", ""), encoding="utf-8")
    assert project.admitted() == site


def test_values_set_beside_the_stack_file_have_no_place(project: Project) -> None:
    stack = read_stack(project.stack_file)
    site = admit(read_site(stack.config, lambda _: None, project.zone()), TODAY)
    assert {store.declared_at for store in site.stores} == {"set beside the stack file"}
    with pytest.raises(BadInput) as refused:
        read_site({**stack.config, "clover:stores": "[{"}, lambda _: None, project.zone())
    assert str(refused.value) == "clover:stores: '[{' is neither data nor JSON"


def test_a_stack_of_another_zone_is_refused(project: Project) -> None:
    stack = read_stack(project.stack_file)
    with pytest.raises(BadInput, match=r"Pulumi.dublin.yaml:6:3: zone 'us' is not the zone 'europe'"):
        read_site({**stack.config, "clover:zone": "us"}, stack.place, project.zone())


@pytest.mark.parametrize(
    ("day", "state", "protected"),
    [
        (date(2026, 1, 1), Lifecycle.INTERIM, True),
        (date(2026, 5, 31), Lifecycle.INTERIM, True),
        (date(2026, 6, 1), Lifecycle.LIVE, True),
        (date(2030, 1, 1), Lifecycle.RETIRED, False),
    ],
)
def test_the_state_that_counts_is_the_one_in_force(day: date, state: Lifecycle, protected: bool) -> None:
    site = ohio(day)
    assert (site.lifecycle, site.protected) == (state, protected)


def test_nothing_is_deployed_before_the_first_state() -> None:
    with pytest.raises(BadInput, match=r"Pulumi.ohio.yaml:4:3: site ohio is only planned on 2025-12-31"):
        ohio(date(2025, 12, 31))


def test_a_zone_elsewhere_is_data_alone() -> None:
    site = ohio(TODAY)
    assert (site.region, site.country, site.partition) == ("us-east-2", "US", "aws")
    assert site.network.availability_zones == ("us-east-2c",)
    assert site.network.interface_endpoints == ("sts",)
    assert site.network.allowed_domains == ()
    assert site.break_glass is None
    assert [(store.name, store.retention_days) for store in site.stores] == [("people", None), ("logs", 30)]


def test_a_site_on_azure_keeps_ids_and_zones_as_they_are(project: Project) -> None:
    hamar = (project.folder / "Pulumi.hamar.yaml").read_text(encoding="utf-8")
    project.stack_file.write_text(hamar, encoding="utf-8")
    project.replace("Pulumi.dublin.yaml", '["1", "2", "3"]', '["1", "3"]')
    site = project.admitted()
    assert (site.cloud, site.region, site.country) == (Cloud.AZURE, "norwayeast", "NO")
    assert site.deployer == "00000000-0000-0000-0000-000000000121"
    assert site.auditor.machine == "00000000-0000-0000-0000-000000000402"
    assert site.network.availability_zones == ("1", "3")


def test_the_zones_limits_hold(project: Project) -> None:
    project.replace("zones/europe.yaml", "  stores: 1000", "  stores: 4")
    project.replace("zones/europe.yaml", "allowed_domains: 500", "allowed_domains: 1")
    with pytest.raises(BadInput) as refused:
        project.admitted()
    assert str(refused.value).endswith("2 allowed_domains are more than the zone's limit of 1 (and 1 more)")


@pytest.mark.parametrize(
    ("site", "most", "limit"),
    [
        ("hamar", 250, "250 storage accounts in one region of one subscription (https://learn.microsoft.com/"),
        ("dublin", 1000, "zone's limit of 1000"),
    ],
)
def test_a_site_has_no_more_stores_than_its_cloud_takes(project: Project, site: str, most: int, limit: str) -> None:
    stack = yaml.safe_load((own_evidence.root() / f"Pulumi.{site}.yaml").read_text(encoding="utf-8"))
    stores = stack["config"]["clover:stores"]
    stores += [{"name": f"s{number}", "class": "restricted"} for number in range(most - len(stores))]
    project.stack_file.write_text(yaml.safe_dump(stack), encoding="utf-8")
    assert len(project.admitted().stores) == most
    stores.append({"name": "more", "class": "restricted"})
    project.stack_file.write_text(yaml.safe_dump(stack), encoding="utf-8")
    with pytest.raises(BadInput, match=f"{most + 1} stores are more than") as refused:
        project.admitted()
    assert limit in str(refused.value)


@pytest.mark.parametrize(
    "name",
    ["example.com", "a.b.example.com", "*.example.com", "*.a.example.co.uk", "x-1.example.no", "my.s3.amazonaws.com"],
)
def test_a_domain_of_one_party_is_admitted(project: Project, name: str) -> None:
    project.replace("Pulumi.dublin.yaml", "name: push.notifications.example.com", f'name: "{name}"')
    domain = project.admitted().network.allowed_domains[0]
    assert domain == AdmittedDomain(name, "Delivers push messages to apps", "Pulumi.dublin.yaml:13")


@pytest.mark.parametrize(
    "name",
    [
        "", ".", "*", "*.",
        "*.*.com", "a.*.com", "*example.com", "example", "Example.com", "example.com.", "-a.com", "a-.com",
        "a..com", "a_b.com", "a b.com", "10.0.0.1", "1.2", "[::1]", "::1", "*.uk", "*.co.uk", "*.amazonaws.com",
        "*.github.io", "*.s3.eu-west-1.amazonaws.com", "xn--80ak6aa92e.com", "\u0435xample.com", "example.com:443",
        "http://example.com", f"{'a' * 64}.com", f"{'a.' * 127}com",
    ],
)  # fmt: skip
def test_a_domain_that_names_more_or_less_than_one_party_is_refused(project: Project, name: str) -> None:
    project.replace("Pulumi.dublin.yaml", "name: push.notifications.example.com", f"name: {json.dumps(name)}")
    with pytest.raises(BadInput) as refused:
        project.admitted()
    assert str(refused.value).startswith("Pulumi.dublin.yaml:13:9: domain ")


def test_a_transfer_counts_on_its_last_day(project: Project) -> None:
    project.replace("zones/europe.yaml", "valid_until: 2031-12-27", f"valid_until: {TODAY}")
    assert project.admitted().name == "dublin"

"""Where second copies lie, as the zone says it, and until when anybody reads them."""

from dataclasses import dataclass
from datetime import date

import pytest

from clover.errors import BadInput
from clover.zones.backups import backups_of
from clover.zones.hands import admit_backups
from clover.zones.vaults import RecordedCopies
from clover.zones.vocabulary import Cloud
from clover.zones.zone import Zone, load_zone
from tests.zones import PROJECT
from tests.zones.conftest import Project

OLD = "    deployer: role/clover/backups\n"
RESTORE = "    restore: {until: 2026-12-01, endpoints: [vpce-0a1b2c3d4e5f60718], why: A drill}\n"


@dataclass
class Opened:
    """The zone with a restore of Dublin's copies."""

    zone: Zone

    def on(self, day: date) -> object:
        found = backups_of(self.zone, self.zone.file.sites[0], day)
        assert found
        return found.restore


@pytest.fixture
def opened(project: Project) -> Opened:
    project.replace("zones/europe.yaml", OLD, f"{OLD}{RESTORE}")
    return Opened(load_zone(project.folder / "zones/europe.yaml"))


def test_copies_on_aws_stay_in_the_sites_region_and_those_on_azure_lie_at_the_other_site() -> None:
    admitted = admit_backups(load_zone(PROJECT / "zones/europe.yaml"))
    assert {one.site: (one.cloud, one.at, one.region, one.country) for one in admitted} == {
        "dublin": (Cloud.AWS, "dublin", "eu-west-1", "IE"),
        "hamar": (Cloud.AZURE, "dublin2", "northeurope", "IE"),
        "dublin2": (Cloud.AZURE, "hamar", "norwayeast", "NO"),
    }


def test_records_of_copies_end_where_the_site_in_whose_region_they_lie_has_its_vault() -> None:
    zone = load_zone(PROJECT / "zones/europe.yaml")
    for one in admit_backups(zone):
        assert (one.vault is None) is (zone.file.auditor.vault(one.at) is None)
        if one.vault:
            assert (one.vault.site, one.vault.region) == (one.at, one.region)
            assert RecordedCopies(one.site, one.account, one.deployer) in one.vault.copies
    assert admit_backups(zone)[0].vault


def test_no_account_of_copies_and_no_deployer_there_is_a_sites() -> None:
    for one in admit_backups(load_zone(PROJECT / "zones/europe.yaml")):
        assert one.account != one.site_account
        assert one.deployer != one.site_deployer
    assert admit_backups(load_zone(PROJECT / "zones/europe.yaml"))[0].deployer == (
        "arn:aws:iam::333344445555:role/clover/backups"
    )


def test_nobody_reads_a_copy_unless_the_zone_says_it() -> None:
    zone = load_zone(PROJECT / "zones/europe.yaml")
    assert [one.restore for one in admit_backups(zone)] == [None, None, None]


def test_a_restore_is_open_until_its_day_and_no_longer(opened: Opened) -> None:
    assert opened.on(date(2026, 12, 1)) is not None
    assert opened.on(date(2026, 12, 2)) is None


def test_a_zone_that_names_no_copies_has_no_such_stack(project: Project) -> None:
    text = (project.folder / "zones/europe.yaml").read_text(encoding="utf-8")
    project.replace("zones/europe.yaml", text[text.index("backups: ") : text.index("authorities:")], "")
    project.replace(
        "zones/europe.yaml",
        text[text.index("  # The accounts of second copies") : text.index("\n# Employees who read")],
        "",
    )
    project.replace("zones/europe.yaml", "organisation, backend, backups]", "organisation, backend]")
    zone = load_zone(project.folder / "zones/europe.yaml")
    assert backups_of(zone, zone.file.sites[0]) is None
    with pytest.raises(BadInput, match="names no backups: their stack has nowhere to go"):
        admit_backups(zone)

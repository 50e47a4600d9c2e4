from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.aws.addresses import ZoneAddresses, plan

LETTERS = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=6, unique=True)


def private_range(prefix: int, address: int) -> str:
    return str(IPv4Network(((10 << 24) + address >> 32 - prefix << 32 - prefix, prefix)))


RANGES = st.builds(private_range, st.integers(16, 22), st.integers(0, 2**24 - 1))


def networks(zone: ZoneAddresses) -> list[IPv4Network]:
    return [IPv4Network(one) for one in (zone.workload, zone.firewall, zone.egress)]


@given(RANGES, LETTERS)
def test_subnets_lie_in_the_range_and_apart_from_each_other(cidr: str, letters: list[str]) -> None:
    planned = [one for zone in plan(cidr, [f"eu-west-1{letter}" for letter in letters]) for one in networks(zone)]
    assert len(planned) == 3 * len(letters)
    assert all(one.subnet_of(IPv4Network(cidr)) for one in planned)
    apart = [(one, other) for number, one in enumerate(planned) for other in planned[:number]]
    assert not any(one.overlaps(other) for one, other in apart)


@given(RANGES, LETTERS, LETTERS)
def test_a_zone_keeps_its_addresses_whatever_other_zones_there_are(cidr: str, some: list[str], more: list[str]) -> None:
    alone = {zone.letter: zone for zone in plan(cidr, [f"x{letter}" for letter in some])}
    together = {zone.letter: zone for zone in plan(cidr, [f"x{letter}" for letter in dict.fromkeys(more + some)])}
    assert alone.items() <= together.items()


@pytest.mark.parametrize(
    ("cidr", "zones", "message"),
    [
        ("10.0.0.0/23", ["x"], "at least /22"),
        ("10.0.0.0/16", ["eu-west-1z"], "'eu-west-1z'"),
        ("10.0.0.0/16", [""], "''"),
        ("10.0.0.1/16", ["xa"], "host bits set"),
        ("2001:db8::/32", ["xa"], "Expected 4 octets"),
    ],
)
def test_what_cannot_be_planned_is_refused(cidr: str, zones: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        plan(cidr, zones)

"""Sets of numbers, addresses, names and flows agree with counting one by one."""

from ipaddress import ip_address, ip_network
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from clover.logic.network.addresses import EVERYWHERE, Addresses
from clover.logic.network.flows import APPLICATIONS, PORTS, Box, mask_of, possible, subtract
from clover.logic.network.intervals import Intervals
from clover.logic.network.names import NameClasses, NamePattern, below, exactly

NUMBERS = st.integers(0, 40)
INTERVALS = st.lists(st.tuples(NUMBERS, NUMBERS), max_size=5).map(Intervals.of)


def four(number: int, length: int) -> str:
    return f"{ip_address((10 << 24) + number)}/{length}"


def six(number: int, length: int) -> str:
    return f"fd00::{number:x}/{length}"


PREFIXES = st.builds(four, st.integers(0, 255), st.integers(24, 32))
SIXES = st.builds(six, st.integers(0, 255), st.integers(118, 128))
LABELS = st.sampled_from(["a", "b", "ab"])
NAMES = st.lists(LABELS, min_size=1, max_size=3).map(".".join)
PATTERNS = st.one_of(
    NAMES.map(exactly),
    NAMES.map(below),
    NAMES.map(lambda name: NamePattern(ends=f".{name}", dotted=True)),
    NAMES.map(lambda name: NamePattern(ends=name)),
    NAMES.map(lambda name: NamePattern(begins=name)),
    NAMES.map(lambda name: NamePattern(holds=(name,))),
    NAMES.map(lambda name: NamePattern(holds=(f".{name}",), dotted=True)),
    st.builds(NamePattern, begins=NAMES, ends=NAMES),
    st.builds(NamePattern, begins=st.just(".a"), ends=NAMES, dotted=st.just(True)),
    st.builds(NamePattern, holds=st.tuples(NAMES, NAMES), ends=NAMES),
)
SHORT = ["".join(letters) for length in range(1, 6) for letters in product("ab.z", repeat=length)]
"""Every short name of a few letters."""


def members(numbers: Intervals) -> set[int]:
    return {number for number in range(45) if number in numbers}


@given(INTERVALS, INTERVALS)
def test_numbers_are_counted_one_by_one(one: Intervals, other: Intervals):
    assert members(one | other) == members(one) | members(other)
    assert members(one & other) == members(one) & members(other)
    assert members(one - other) == members(one) - members(other)
    assert (one <= other) == (members(one) <= members(other))
    assert bool(one) == bool(members(one))


@given(INTERVALS)
def test_ranges_stay_sorted_and_apart(numbers: Intervals):
    edges = [edge for pair in numbers.ranges for edge in pair]
    assert edges == sorted(edges)
    assert all(high + 1 < low for (_, high), (low, _) in zip(numbers.ranges, numbers.ranges[1:], strict=False))


@given(st.lists(PREFIXES | SIXES, max_size=4), st.lists(PREFIXES | SIXES, max_size=4), st.integers(0, 255))
def test_prefixes_mean_what_the_standard_library_says(ours: list[str], theirs: list[str], number: int):
    one, other = Addresses.of(*ours), Addresses.of(*theirs)
    for text in (f"10.0.0.{number}", f"fd00::{number:x}"):
        address = ip_address(text)
        mine = any(address in ip_network(prefix, strict=False) for prefix in ours)
        not_theirs = not any(address in ip_network(prefix, strict=False) for prefix in theirs)
        assert (Addresses.of(text) <= one) == mine
        assert (Addresses.of(text) <= one - other) == (mine and not_theirs)


@given(st.lists(PREFIXES | SIXES, min_size=1, max_size=4))
def test_a_witness_lies_in_its_set_and_prefixes_write_the_set_again(prefixes: list[str]):
    found = Addresses.of(*prefixes)
    assert Addresses.of(found.witness()) <= found
    assert Addresses.of(*found.prefixes()) == found
    assert found <= EVERYWHERE


@given(st.lists(PATTERNS, max_size=5), st.lists(st.sampled_from("ab."), max_size=7).map("".join))
def test_every_name_has_a_class_that_fits_what_a_single_pattern_says(patterns: list[NamePattern], name: str):
    classes = NameClasses(tuple(dict.fromkeys(patterns)))
    for pattern in classes.patterns:
        witness = classes.witness(classes.masks[pattern])
        assert witness is not None
        assert pattern.fits(witness)
        if pattern.fits(name):
            assert classes.masks[pattern]


@given(st.lists(PATTERNS, max_size=5).map(lambda found: tuple(dict.fromkeys(found))))
def test_every_combination_of_patterns_that_a_name_fits_is_a_class(patterns: tuple[NamePattern, ...]):
    classes = NameClasses(patterns)
    for bit, witness in enumerate(classes.witnesses):
        fitting = {each for each, mask in classes.masks.items() if mask >> bit & 1}
        assert fitting == {each for each in patterns if witness is not None and each.fits(witness)}
    shown = [tuple(each.fits(witness) for each in patterns) for witness in classes.witnesses if witness is not None]
    assert len(set(shown)) == len(shown)
    assert {tuple(each.fits(name) for each in patterns) for name in SHORT} <= set(shown)


def test_a_name_beside_those_that_a_beginning_takes_is_found():
    """What is passed by its end and dropped by its beginning leaves every other beginning."""
    passed, dropped = NamePattern(ends=".evil.example"), NamePattern(begins="any")
    classes = NameClasses((passed, dropped))
    name = classes.witness(classes.masks[passed] & ~classes.masks[dropped])
    assert name is not None
    assert name.endswith(".evil.example")


def test_hundreds_of_names_are_told_apart():
    patterns = tuple(make(f"host{number}.site.example") for number in range(200) for make in (exactly, below))
    classes = NameClasses(patterns)
    assert len(classes.witnesses) == len(patterns) + 2


@given(st.lists(st.one_of(NAMES.map(exactly), NAMES.map(below)), max_size=6), NAMES)
def test_names_and_suffixes_are_told_apart_exactly(patterns: list[NamePattern], name: str):
    classes = NameClasses(tuple(dict.fromkeys(patterns)))
    fitting = [pattern.fits(name) for pattern in classes.patterns]
    alike = [
        witness
        for witness in classes.witnesses
        if witness and [each.fits(witness) for each in classes.patterns] == fitting
    ]
    assert len(alike) == 1


BOXES = st.builds(
    Box,
    protocols=st.sampled_from([Intervals.only(6), Intervals.only(17), Intervals.only(6, 17)]),
    sources=st.lists(PREFIXES, min_size=1, max_size=2).map(lambda found: Addresses.of(*found)),
    source_ports=st.just(PORTS),
    destinations=st.lists(PREFIXES, min_size=1, max_size=2).map(lambda found: Addresses.of(*found)),
    ports=INTERVALS.filter(bool),
    applications=st.integers(1, mask_of(APPLICATIONS[:3])),
    names=st.integers(1, 7),
)


def holds(box: Box, point: tuple[int, int, int, int, int, int]) -> bool:
    protocol, source, destination, port, application, name = point
    return (
        protocol in box.protocols
        and source in box.sources.four
        and destination in box.destinations.four
        and port in box.ports
        and bool(box.applications >> application & 1)
        and bool(box.names >> name & 1)
    )


@given(
    BOXES,
    BOXES,
    st.tuples(
        st.sampled_from([6, 17]),
        st.integers(10 << 24, (10 << 24) + 255),
        st.integers(10 << 24, (10 << 24) + 255),
        NUMBERS,
        st.integers(0, 2),
        st.integers(0, 2),
    ),
)
def test_what_is_left_of_a_box_is_each_point_once(box: Box, other: Box, point: tuple[int, int, int, int, int, int]):
    left = subtract([box], other)
    assert sum(holds(piece, point) for piece in left) == int(holds(box, point) and not holds(other, point))
    assert holds(box & other, point) == (holds(box, point) and holds(other, point))


def test_every_protocol_is_possible_and_only_speaking_applications_name_hosts():
    boxes = possible(Addresses.of("10.0.0.0/8"), Addresses.of("192.0.2.0/24", "2001:db8::/32"), 0b111)
    assert {number for box in boxes for low, high in box.protocols.ranges for number in (low, high)} >= {0, 6, 17, 255}
    silent = [box for box in boxes if not box.applications & mask_of(["tls", "http", "http2", "quic", "dns"])]
    assert all(box.names == 1 for box in silent)
    assert all(box.sources.six.ranges == () for box in boxes)

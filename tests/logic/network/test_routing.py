"""Ways through a network agree with a packet that is sent along them."""

from ipaddress import ip_network

from hypothesis import given
from hypothesis import strategies as st

from clover.logic.network.addresses import EVERYWHERE, Addresses
from clover.logic.network.plain import follow, pick
from clover.logic.network.routing import Kind, Node, Route, chosen, outside, ways

TARGETS = ["one", "two", "gate", "relay", "exit", "inside", "nowhere"]


def route(number: int, length: int, target: str, rank: int) -> Route:
    return Route(ip_network((0x0A000000 + number, length), strict=False), target, "", "route", rank)


ROUTES = st.builds(
    route,
    st.integers(0, 255),
    st.integers(22, 32),
    st.sampled_from(TARGETS),
    st.integers(0, 1),
)
TABLES = st.lists(ROUTES, max_size=5, unique_by=lambda route: (route.destination, route.rank)).map(tuple)
SPACE = Addresses.of("10.0.0.0/24")


@given(TABLES, st.integers(0, 255))
def test_the_longest_prefix_decides(routes: tuple[Route, ...], number: int):
    text = f"10.0.0.{number}"
    taken = [route for route, part in chosen(routes, SPACE) if Addresses.of(text) <= part]
    expected = pick(routes, text)
    assert taken == ([] if expected is None else [expected])


@given(TABLES, TABLES, TABLES, TABLES, st.integers(0, 255))
def test_every_packet_takes_a_way_that_was_found(
    one: tuple[Route, ...], two: tuple[Route, ...], gate: tuple[Route, ...], relay: tuple[Route, ...], number: int
):
    graph = {
        "one": Node("one", Kind.PLACE, "one", one),
        "two": Node("two", Kind.PLACE, "two", two),
        "gate": Node("gate", Kind.GATE, "gate", gate),
        "relay": Node("relay", Kind.RELAY, "relay", relay),
        "exit": Node("exit", Kind.EXIT, "exit"),
        "inside": Node("inside", Kind.INSIDE, "inside"),
    }
    text = f"10.0.0.{number}"
    found = [way for way in ways(graph, "one", SPACE) if Addresses.of(text) <= way.addresses]
    visited = list(follow(graph, "one", text))
    arrived = bool(visited) and visited[-1].kind in (Kind.EXIT, Kind.INSIDE, Kind.UNKNOWN)
    assert len(found) == int(arrived)
    for way in found:
        assert [hop.node.name for hop in way.hops[1:]] == [node.name for node in visited]


def test_a_route_to_unknown_addresses_may_take_every_packet():
    routes = (Route(None, "exit", "", "listed"), Route(ip_network("0.0.0.0/0"), "gate", "", "rest"))
    graph = {
        "one": Node("one", Kind.PLACE, "one", routes),
        "gate": Node("gate", Kind.GATE, "gate", (Route(ip_network("0.0.0.0/0"), "exit", "", "out"),)),
        "exit": Node("exit", Kind.EXIT, "exit"),
    }
    found = list(ways(graph, "one", SPACE))
    assert {(way.known, bool(way.gates)) for way in found} == {(False, False), (True, True)}


def test_what_routers_never_carry_on_is_not_outside():
    assert not outside(SPACE) & Addresses.of("169.254.169.254", "10.0.0.7", "fe80::1")
    assert Addresses.of("8.8.8.8", "2001:db8::1") <= outside(SPACE)
    assert outside(SPACE) <= EVERYWHERE

"""What a rule list lets out, as a set, is what a plain evaluation says of each flow."""

from hypothesis import given
from hypothesis import strategies as st

from clover.logic.network.addresses import Addresses
from clover.logic.network.flows import APPLICATIONS, NAMED, OVER_TCP, OVER_UDP, Box, Flow, common, possible
from clover.logic.network.intervals import Intervals
from clover.logic.network.names import NamePattern, below, exactly
from clover.logic.network.plain import leaves, lets_out
from clover.logic.network.rules import Action, Default, Rule, RuleList, classes_of, flow_of, in_action_order
from clover.logic.network.stateless import FORWARD_ON, Inspection
from clover.logic.network.suricata import rules
from clover.logic.network.suricata_header import Variables

HOME, AWAY = "10.0.0.0/24", "192.0.2.0/24"
VARIABLES = Variables({"HOME_NET": [HOME]})
NAMES = ("a.example", "b.a.example", "c.example")

HEADERS = st.tuples(
    st.sampled_from(["pass", "drop", "alert", "reject"]),
    st.sampled_from(["tcp", "udp", "ip", "icmp", "tls", "http", "dns"]),
    st.sampled_from(
        [
            f"{HOME} any -> any any",
            "any any -> any 443",
            "any any -> 192.0.2.0/25 [80,443]",
            "any !443 -> any any",
            f"any any <> {HOME} any",
        ]
    ),
)
OPTIONS = st.lists(
    st.sampled_from(
        [
            "flow:to_server;",
            "flow:to_client;",
            "flow:established;",
            "flow:not_established;",
            "ip_proto:!6;",
            "app-layer-protocol:!tls;",
            "app-layer-protocol:http;",
        ]
    ),
    max_size=2,
    unique=True,
).map(" ".join)
HOSTS = {"tls": "tls.sni; {}", "http": "http.host; {}", "dns": "dns.query; {}"}
PLACES = st.sampled_from(
    [
        'content:"a.example"; startswith; endswith; nocase;',
        'content:".example"; endswith; nocase;',
        'content:"b."; startswith; nocase;',
        'content:"a.ex"; nocase;',
    ]
)


@st.composite
def lines(draw: st.DrawFn) -> str:
    action, protocol, ends = draw(HEADERS)
    named = draw(st.booleans()) and protocol in HOSTS
    host = HOSTS[protocol].format(draw(PLACES)) if named else ""
    return f"{action} {protocol} {ends} ({host} {draw(OPTIONS)} sid:{draw(st.integers(1, 9))};)"


@st.composite
def flows(draw: st.DrawFn) -> Flow:
    protocol = draw(st.sampled_from([6, 17, 1, 47]))
    spoken = {6: (*OVER_TCP, "other"), 17: (*OVER_UDP, "other")}.get(protocol, ("other",))
    application = draw(st.sampled_from(spoken))
    name = draw(st.sampled_from((None, *NAMES, "zz.net"))) if application in NAMED else None
    ported = protocol in (6, 17)
    return Flow(
        protocol=protocol,
        source=f"10.0.0.{draw(st.integers(1, 254))}",
        source_port=draw(st.sampled_from([443, 50000])) if ported else 0,
        destination=f"192.0.2.{draw(st.integers(1, 254))}",
        port=draw(st.sampled_from([22, 53, 80, 443])) if ported else 0,
        application=application,
        server_name=name,
    )


@given(st.lists(lines(), max_size=6), st.sampled_from(list(Default)), flows())
def test_a_flow_passes_where_a_box_of_what_passes_holds_it(texts: list[str], default: Default, flow: Flow):
    read = rules("\n".join(texts), VARIABLES)
    listed = RuleList([rule for rule in read if not rule.unknown], default)
    names = tuple(exactly(name) for name in (*NAMES, "zz.net"))
    classes = classes_of(listed.rules, names)
    space = possible(Addresses.of(HOME), Addresses.of(AWAY), classes.everything)
    judged = listed.judge(space, classes)
    opened, data = leaves(listed, flow)
    mask = 1 if flow.server_name is None else classes.masks[exactly(flow.server_name)]

    def held(box: Box) -> bool:
        parts = (
            flow.protocol in box.protocols,
            Addresses.of(flow.source) <= box.sources,
            flow.source_port in box.source_ports,
            Addresses.of(flow.destination) <= box.destinations,
            flow.port in box.ports,
            bool(box.applications >> APPLICATIONS.index(flow.application) & 1),
            bool(box.names & mask),
        )
        return all(parts)

    assert any(held(outcome.box) for outcome in judged.passed) == data
    if opened and not data:
        assert any(held(box) for box in judged.opened)


@given(st.lists(lines(), max_size=6), st.sampled_from(list(Default)))
def test_every_witness_of_what_passes_passes(texts: list[str], default: Default):
    read = [rule for rule in rules("\n".join(texts), VARIABLES) if not rule.unknown]
    inspection = Inspection(RuleList(read, default))
    classes = classes_of(read)
    judged = inspection.judge(possible(Addresses.of(HOME), Addresses.of(AWAY), classes.everything), classes)
    assert all(lets_out(inspection, flow_of(outcome.box, classes))[1] for outcome in judged.passed)
    assert all(lets_out(inspection, flow_of(box, classes))[0] for box in judged.opened)


def judge(text: str, default: Default = Default.DROP_ESTABLISHED) -> tuple[set[str | None], tuple[Box, ...]]:
    """The names that TCP flows pass with, and the openings of TCP that get out."""
    read = rules(text, VARIABLES)
    classes = classes_of(read)
    space = common(
        possible(Addresses.of(HOME), Addresses.of(AWAY), classes.everything), Box(protocols=Intervals.only(6))
    )
    judged = RuleList(read, default).judge(space, classes)
    masks = [outcome.box.names for outcome in judged.passed]
    return {name for bit, name in enumerate(classes.witnesses) if any(mask >> bit & 1 for mask in masks)}, judged.opened


def test_a_name_cannot_be_seen_before_the_connection_stands():
    passed, _ = judge(
        'drop tls any any -> any any (tls.sni; content:"a.example"; endswith; nocase; sid:1;)\n'
        "pass tcp any any -> any any (sid:2;)"
    )
    assert "a.example" in passed


def test_a_drop_of_openings_leaves_nothing_for_a_name_to_pass():
    allowed = 'pass tls any any -> any any (tls.sni; content:"a.example"; endswith; nocase; sid:1;)'
    assert judge(allowed)[0] >= {"a.example"}
    assert judge(f"{allowed}\ndrop tcp any any -> any any (sid:2;)") == (set(), ())
    assert judge(allowed, Default.DROP) == (set(), ())


def test_without_strict_order_what_passes_comes_first():
    read = rules("drop tcp any any -> any any (sid:1;)\npass tcp any any -> any 443 (sid:2;)", VARIABLES)
    assert [rule.action for rule in in_action_order(read)] == [Action.PASS, Action.DROP]


def test_a_drop_that_minds_the_case_can_be_evaded():
    name = 'tls.sni; content:"a.example"; startswith; endswith;'
    dropped = f"drop tls any any -> any any ({name} sid:1;)\npass tls any any -> any any (sid:2;)"
    assert "a.example" in judge(dropped)[0]
    assert "a.example" not in judge(dropped.replace("endswith;", "endswith; nocase;"))[0]


def test_a_stateless_rule_passes_what_the_list_would_drop():
    early = Rule(Action.PASS, "early", protocols=Intervals.only(17), ports=Intervals.only(53))
    inspection = Inspection(RuleList((), Default.DROP), (early,), FORWARD_ON)
    classes = classes_of(())
    judged = inspection.judge(possible(Addresses.of(HOME), Addresses.of(AWAY), classes.everything), classes)
    assert {
        (flow_of(outcome.box, classes).protocol, flow_of(outcome.box, classes).port) for outcome in judged.passed
    } == {(17, 53)}


def test_names_by_dots():
    assert below("a.example").fits("b.a.example")
    assert not below("a.example").fits("a.example")
    assert NamePattern(ends=".a.example", dotted=True).fits("a.example")
    assert not NamePattern(ends=".a.example", dotted=True).fits("ba.example")

"""Rules are read as Suricata means them; what is not understood is named."""

import pytest

from clover.logic.network.addresses import Addresses
from clover.logic.network.flows import PORTS, PROTOCOLS, Stage
from clover.logic.network.intervals import Intervals
from clover.logic.network.names import NamePattern
from clover.logic.network.rules import BACK, FORWARD, Rule
from clover.logic.network.suricata import rules
from clover.logic.network.suricata_header import Variables

VARIABLES = Variables({"HOME_NET": ["10.0.0.0/8", "!10.1.0.0/16"], "LOOP": ["$LOOP"]}, {"WEB": ["80", "443"]})


def rule(options: str = "sid:1;", header: str = "pass tcp any any -> any any") -> Rule:
    (found,) = rules(f"{header} ({options})", VARIABLES)
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("any", PORTS),
        ("443", Intervals.only(443)),
        ("1:3", Intervals.only(1, 2, 3)),
        ("65530:", Intervals.of([(65530, 65535)])),
        (":2", Intervals.only(0, 1, 2)),
        ("!443", PORTS - Intervals.only(443)),
        ("[80,443,!443]", Intervals.only(80)),
        ("![80,443]", PORTS - Intervals.only(80, 443)),
        ("$WEB", Intervals.only(80, 443)),
        ("!$WEB", PORTS - Intervals.only(80, 443)),
    ],
)
def test_ports(text: str, expected: Intervals):
    assert rule(header=f"pass tcp any any -> any {text}").ports == expected


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("10.0.0.0/8", "10.9.9.9", "11.0.0.1"),
        ("!10.0.0.0/8", "11.0.0.1", "10.0.0.1"),
        ("[10.0.0.0/8,!10.2.0.0/16]", "10.3.0.1", "10.2.0.1"),
        ("$HOME_NET", "10.2.0.1", "10.1.0.1"),
        ("$EXTERNAL_NET", "10.1.0.1", "10.2.0.1"),
        ("[2001:db8::/32,192.0.2.7]", "2001:db8::1", "192.0.2.8"),
    ],
)
def test_addresses(text: str, inside: str, outside: str):
    found = rule(header=f"pass tcp {text} any -> any any").sources
    assert Addresses.of(inside) <= found
    assert not Addresses.of(outside) <= found


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ('tls.sni; content:"A.Example"; startswith; endswith; nocase;', NamePattern(whole="a.example")),
        ('tls.sni; content:".a.example"; endswith;', NamePattern(ends=".a.example")),
        ('tls.sni; dotprefix; content:".a.example"; endswith;', NamePattern(ends=".a.example", dotted=True)),
        ('tls.sni; content:"a"; startswith; content:"b"; endswith;', NamePattern(begins="a", ends="b")),
        ('tls.sni; content:"a|2e|b";', NamePattern(holds=("a.b",))),
        ('tls.sni; content:"a\\;b";', NamePattern(holds=("a;b",))),
    ],
)
def test_host_names(options: str, expected: NamePattern):
    found = rule(f"{options} sid:1;", "pass tls any any -> any any")
    assert found.unknown is None
    assert found.name == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("ip_proto:!TCP; ip_proto:!UDP;", PROTOCOLS - Intervals.only(6, 17)),
        ("ip_proto:47;", Intervals.only(47)),
        ("ip_proto:>250;", Intervals.of([(251, 255)])),
    ],
)
def test_ip_protocols(options: str, expected: Intervals):
    assert rule(f"{options} sid:1;", "drop ip any any -> any any").protocols == expected


def test_flow_says_whose_packets_and_when():
    found = rule("flow:established, to_server; sid:1;")
    assert found.directions == {FORWARD}
    assert found.stages == {Stage.ESTABLISHED, Stage.APPLICATION}
    assert rule("flow:from_server,not_established; sid:1;").directions == {BACK}


def test_messages_may_hold_whatever_else_has_a_meaning():
    found = rule('msg:"a \\"quoted; (word)\\""; sid:7; rev:2;')
    assert found.unknown is None
    assert found.label.startswith("sid 7")


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("pass tcp any any -> any any (moonphase:full; sid:1;)", "keyword moonphase"),
        ("permit tcp any any -> any any (sid:1;)", "action permit"),
        ("pass sctp any any -> any any (sid:1;)", "protocol sctp"),
        ("pass tcp $NOBODY any -> any any (sid:1;)", "variable $NOBODY"),
        ("pass tcp @LIST any -> any any (sid:1;)", "address @LIST"),
        ("pass tcp $LOOP any -> any any (sid:1;)", "variable $LOOP"),
        ("pass tcp any any -> any http (sid:1;)", "port http"),
        ("pass tcp any any => any any (sid:1;)", "arrow =>"),
        ("pass tcp any any -> any any (flow:sideways; sid:1;)", "flow:sideways"),
        ("pass tls any any -> any any (tls.sni; sid:1;)", "tls.sni without content"),
        ('pass http any any -> any any (tls.sni; content:"a"; sid:1;)', "tls.sni in a rule on http"),
        ("pass tls any any -> any any (tls.sni; content:a; sid:1;)", "content a"),
        ("pass tls any any -> any any (nocase; sid:1;)", "nocase without content"),
        ("pass tcp any any -> any any (app-layer-protocol:gopher; sid:1;)", "app-layer-protocol:gopher"),
        ("pass tcp any any -> any any (ip_proto:what; sid:1;)", "ip_proto:what"),
        ("nonsense", "nonsense"),
    ],
)
def test_what_is_not_understood_is_named(line: str, word: str):
    (found,) = rules(line, VARIABLES)
    assert found.unknown is not None
    assert word in found.unknown


@pytest.mark.parametrize(
    "option", ["geoip:dst,IE;", "flowbits:isset,x;", 'content:"GET";', "dsize:>100;", "tcp.flags:S;"]
)
def test_what_only_narrows_a_rule_is_noted(option: str):
    found = rule(f"{option} sid:1;")
    assert found.unknown is None
    assert found.narrowed


def test_comments_and_empty_lines_are_no_rules_and_long_lines_go_on():
    assert rules("# a\n\n   \npass tcp any any \\\n-> any any (sid:1;)", VARIABLES)[0].label == "sid 1"

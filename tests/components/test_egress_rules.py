import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.aws.egress_rules import capacity, rule_set
from components.limits import OverLimit
from tests.components.sample import SITE

LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)


def host_name(star: str, labels: list[str]) -> str:
    return star + ".".join(labels)


HOST = st.builds(host_name, st.sampled_from(["", "*."]), st.lists(LABEL, min_size=2, max_size=4))


def rules(*hosts: str) -> list[str]:
    return rule_set(SITE, hosts, ["s3"]).rules


def test_a_host_is_passed_over_tls_to_443_alone_and_logged_first() -> None:
    about = [rule for rule in rules("api.example.com") if "api.example.com" in rule]
    assert [rule.split(" ")[0] for rule in about] == ["alert", "pass"]
    assert all('tls.sni; content:"api.example.com"; startswith; endswith; nocase;' in rule for rule in about)
    assert all("tls $HOME_NET any -> any 443 (" in rule for rule in about)


def test_a_wildcard_fits_what_is_below_a_name_and_not_the_name() -> None:
    (passing,) = [rule for rule in rules("*.example.com") if rule.startswith("pass")]
    assert 'content:".example.com"; endswith; nocase;' in passing
    assert "startswith" not in passing


def test_only_listed_hosts_are_passed() -> None:
    assert [rule for rule in rules() if rule.startswith("pass")] == []
    assert len([rule for rule in rules("a.example.com", "b.example.com") if rule.startswith("pass")]) == 2


@pytest.mark.parametrize(
    "start",
    [
        "drop udp $HOME_NET any -> any any",
        "drop icmp $HOME_NET any -> any any",
        "drop ip $HOME_NET any -> any any",
        "drop tcp $HOME_NET any -> any !443",
        "drop http $HOME_NET any -> any any",
        "drop tcp $HOME_NET any -> any 443",
        "drop tcp any any -> $HOME_NET any",
        "drop udp any any -> $HOME_NET any",
        "drop icmp any any -> $HOME_NET any",
        "drop ip any any -> $HOME_NET any",
    ],
)
def test_what_the_default_action_would_let_through_is_dropped(start: str) -> None:
    assert len([rule for rule in rules("a.example.com") if rule.startswith(start + " (")]) == 1


def test_handshakes_to_other_ports_are_dropped_before_any_host_is_passed() -> None:
    found = rules("a.example.com")
    first_pass = next(number for number, rule in enumerate(found) if rule.startswith("pass"))
    assert any("any -> any !443" in rule for rule in found[:first_pass])


@given(st.lists(HOST, max_size=30, unique=True))
def test_every_rule_has_its_own_sid_and_well_formed_options(hosts: list[str]) -> None:
    found = rules(*hosts)
    sids = [int(one) for rule in found for one in re.findall(r" sid:(\d+);", rule)]
    assert len(sids) == len(set(sids)) == len(found)
    assert all(re.fullmatch(r"(pass|alert|drop) [a-z]+ \S+ \S+ -> \S+ \S+ \(.*;\)", rule) for rule in found)


@given(st.lists(HOST, min_size=1, max_size=10, unique=True))
def test_the_digest_changes_with_every_host_and_not_by_itself(hosts: list[str]) -> None:
    whole = rule_set(SITE, hosts, ["s3"])
    assert whole.digest == rule_set(SITE, list(hosts), ["s3"]).digest
    assert whole.digest != rule_set(SITE, hosts[:-1], ["s3"]).digest
    assert whole.digest != rule_set(SITE, hosts, ["s3", "sts"]).digest
    assert json.dumps(whole.policy)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "*",
        "*.com.*",
        "example",
        "Example.com",
        "a.example.com.",
        "a..example.com",
        "-a.example.com",
        'a.example.com"; sid:1;) pass tcp any any -> any any (msg:"',
        "a.example.com\npass tcp any any -> any any (sid:9;)",
        "exämple.com",
        "a.example.com/path",
        "a.example.com:8443",
    ],
)
def test_text_that_is_no_host_never_becomes_a_rule(host: str) -> None:
    with pytest.raises(ValueError, match="neither a host name"):
        rules(host)


@given(st.text())
def test_whatever_becomes_a_rule_is_a_host_name(text: str) -> None:
    try:
        found = rules(text)
    except ValueError:
        return
    assert re.fullmatch(r"[a-z0-9.*-]+", text)
    assert len(found) == len(rules()) + 2


def test_more_rules_than_fit_are_refused_by_the_limits_name() -> None:
    hosts = [f"h{number}.example.com" for number in range(capacity())]
    with pytest.raises(OverLimit, match="network-firewall-stateful-rules: 54010 used, allowed are 27000 of"):
        rules(*hosts)


def test_a_dotted_service_is_resolved_under_its_turned_name() -> None:
    resolvable = rule_set(SITE, [], ["ecr.api"]).resolvable
    assert resolvable == ["*.api.ecr.eu-west-1.amazonaws.com", "api.ecr.eu-west-1.amazonaws.com"]

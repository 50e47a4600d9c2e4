"""What may leave the site's network, written as rules: pure, and known before anything is deployed.

Sources: https://docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-rule-evaluation-order.html,
https://docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-examples.html and
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall.html.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from clover.zones.vocabulary import Cloud
from components.aws.site import SiteArgs, service_host
from components.egress import digest, refuse_odd_hosts
from components.limits import allowed, refuse_over

_FIRST_HOST_RULE = 1001


class RuleSet(NamedTuple):
    """Everything that decides what leaves: firewall rules and policy, and the names that can be resolved."""

    rules: list[str]
    policy: dict[str, Any]
    resolvable: list[str]
    blocked: list[str]

    @property
    def digest(self) -> str:
        """The digest of the whole set."""
        return digest(self._asdict())


def rule_set(site: SiteArgs, hosts: Sequence[str], services: Sequence[str]) -> RuleSet:
    """The rules for hosts outside and for the services that have an endpoint in the network.

    A host is a name, or `*.` and a name for everything below it; Refusal for anything else, OverLimit for too many.
    """
    refuse_odd_hosts(hosts)
    rules = [*_NOT_TCP, *_ONLY_443, *_allowed(hosts), *_NO_OTHER_PROTOCOL, *_NOTHING_IN]
    refuse_over(Cloud.AWS, "network-firewall-stateful-rules", len(rules))
    resolvable = sorted({*hosts, *_service_names(site, services)})
    refuse_over(Cloud.AWS, "dns-firewall-domains", len(resolvable))
    return RuleSet(rules, POLICY, resolvable, ["*"])


def declared(site: SiteArgs, hosts: Sequence[str], endpoints: Sequence[str]) -> RuleSet:
    """The rules of a gateway with these hosts and interface endpoints; S3 always has its gateway endpoint."""
    return rule_set(site, hosts, ["s3", *(service for service in endpoints if service != "s3")])


def capacity() -> int:
    """The rules that the rule group reserves room for; it cannot grow later without being replaced."""
    return allowed(Cloud.AWS, "network-firewall-stateful-rules")


POLICY: dict[str, Any] = {
    "stateless_default_actions": ["aws:forward_to_sfe"],
    "stateless_fragment_default_actions": ["aws:drop"],
    "stateful_default_actions": ["aws:drop_established_app_layer", "aws:alert_established_app_layer"],
    "stateful_engine_options": {"rule_order": "STRICT_ORDER", "stream_exception_policy": "DROP"},
}
"""Whatever no rule passes is dropped and logged.

`drop_strict` would drop the handshake that carries the host name, and plain `drop_established` a first message that
spans two packets, as post-quantum key exchange makes it. What the chosen action lets through (the handshake, and
protocols without connections) the rules below drop by name, except the handshake to port 443: that packet, which
carries no data of the application, reaches any address.
"""

_NOT_TCP = [
    'drop udp $HOME_NET any -> any any (msg:"UDP does not leave"; flow:to_server; sid:1; rev:1;)',
    'drop icmp $HOME_NET any -> any any (msg:"ICMP does not leave"; flow:to_server; sid:2; rev:1;)',
    'drop ip $HOME_NET any -> any any (msg:"no other protocol leaves"; ip_proto:!TCP; ip_proto:!UDP; ip_proto:!ICMP; '
    "flow:to_server; sid:3; rev:1;)",
]
_ONLY_443 = [
    'drop tcp $HOME_NET any -> any !443 (msg:"no port but 443 leaves"; flow:to_server; sid:4; rev:1;)',
]
_NO_OTHER_PROTOCOL = [
    'drop http $HOME_NET any -> any any (msg:"plain HTTP has no allowed host"; flow:to_server; sid:5; rev:1;)',
    'drop tcp $HOME_NET any -> any 443 (msg:"port 443 carries TLS only"; app-layer-protocol:!tls; '
    "flow:to_server; sid:6; rev:1;)",
]
_NOTHING_IN = [
    'drop tcp any any -> $HOME_NET any (msg:"nothing comes in"; flow:to_server; sid:7; rev:1;)',
    'drop udp any any -> $HOME_NET any (msg:"nothing comes in"; flow:to_server; sid:8; rev:1;)',
    'drop icmp any any -> $HOME_NET any (msg:"nothing comes in"; flow:to_server; sid:9; rev:1;)',
    'drop ip any any -> $HOME_NET any (msg:"nothing comes in"; ip_proto:!TCP; ip_proto:!UDP; ip_proto:!ICMP; '
    "flow:to_server; sid:10; rev:1;)",
]


def _allowed(hosts: Sequence[str]) -> list[str]:
    """Two rules per host: one that logs the connection, one that passes it. A passing rule writes no log."""
    rules: list[str] = []
    for number, host in enumerate(hosts):
        sid = _FIRST_HOST_RULE + 2 * number
        rules += [_tls("alert", host, sid), _tls("pass", host, sid + 1)]
    return rules


def _tls(action: str, host: str, sid: int) -> str:
    """A rule on the host name that a client claims in its TLS greeting."""
    name = f'content:"{host[1:]}"' if host.startswith("*.") else f'content:"{host}"; startswith'
    return (
        f'{action} tls $HOME_NET any -> any 443 (tls.sni; {name}; endswith; nocase; msg:"{host}"; '
        f"flow:to_server; sid:{sid}; rev:1;)"
    )


def _service_names(site: SiteArgs, services: Sequence[str]) -> list[str]:
    """The names under which workloads reach the endpoints; S3 buckets answer below the service's name."""
    hosts = [service_host(site, service) for service in services]
    return [name for host in hosts for name in (host, f"*.{host}")]

"""Ways into and out of a network beside its firewall; see network_doors.yaml."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from clover.logic.network.addresses import Addresses
from clover.model.aws.network_links import entries, known, member, present, several
from clover.model.resources import Resources, value
from clover.sources import Resource, Unknown
from clover.tables import read_table

ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"


class Door(NamedTuple):
    """One door, or what may be one: `certain` is False where that is not known."""

    resource: Resource
    what: str
    property: str
    found: Any
    allowed: str
    certain: bool = True


class Incoming(NamedTuple):
    """Addresses that a security group lets in; `sources` is None where they are not known."""

    resource: Resource
    rule: Any
    sources: Addresses | None


@cache
def _table() -> Mapping[str, Any]:
    return read_table(Path(__file__).with_name("network_doors.yaml"))


def kinds() -> int:
    """How many types are looked for."""
    return len(_table()["doors"])


def doors(resources: Resources, region: str) -> Iterator[Door]:
    """Every door that a resource is by its type or by a property; `region` is the site's own."""
    for kind, fact in _table()["doors"].items():
        for resource in resources.of(kind):
            yield from _door(resource, fact)
    for kind, properties in _table()["addresses"].items():
        for resource in resources.of(kind):
            for name in properties:
                if present(found := value(resource, name)):
                    yield Door(resource, "public address on an interface", name, found, "a NAT gateway's", known(found))
    for endpoint in resources.of(ENDPOINT):
        yield from _endpoint(endpoint, region)


def _door(resource: Resource, fact: Mapping[str, Any]) -> Iterator[Door]:
    if "when" not in fact:
        yield Door(resource, fact["door"], "type", resource.type, "no resource of this type")
    for name, harmless in fact.get("when", {}).items():
        found = value(resource, name)
        if found not in harmless:
            yield Door(resource, fact["door"], name, found, _one_of(harmless), known(found))


def _one_of(harmless: list[Any]) -> str:
    return " or ".join(str(each).lower() for each in harmless if each is not None)


def _endpoint(endpoint: Resource, region: str) -> Iterator[Door]:
    """An endpoint to anything but a service of AWS in the site's own region."""
    kind, service = value(endpoint, "vpcEndpointType"), value(endpoint, "serviceName")
    if kind not in (None, "Gateway", "Interface"):
        told = "endpoint to another network's service or resource"
        yield Door(endpoint, told, "vpcEndpointType", kind, "Gateway or Interface", known(kind))
    elif not _of_aws(service, region) or value(endpoint, "serviceRegion") not in (None, "", region):
        yield Door(
            endpoint,
            "endpoint to a foreign service",
            "serviceName",
            service,
            f"a service of AWS in {region}",
            known(service),
        )


def _of_aws(service: Any, region: str) -> bool:
    """Whether a service is AWS's own: `com.amazonaws.REGION.…`, in some partitions with a part before it.

    https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html.
    """
    parts = service.split(".") if isinstance(service, str) else []
    while parts and parts[0] != "com":
        parts.pop(0)
    return len(parts) > 3 and parts[1] == "amazonaws" and parts[2] == region


def incoming(resources: Resources) -> Iterator[Incoming]:
    """Everything that a security group lets in by address."""
    for kind, fact in _table()["incoming"].items():
        for resource in resources.of(kind):
            if all(value(resource, name) == wanted for name, wanted in fact.get("only", {}).items()):
                for rule in entries(resource, fact["rules"]) if "rules" in fact else [resource]:
                    yield from _let_in(resource, rule, fact)


def _let_in(resource: Resource, rule: Any, fact: Mapping[str, Any]) -> Iterator[Incoming]:
    """What one rule lets in."""
    if isinstance(rule, Unknown):
        yield Incoming(resource, rule, None)
        return
    ranges = [each for name in fact["ranges"] for each in several(_of(rule, name)) if present(each)]
    if present(_of(rule, fact["lists"])) or not all(isinstance(each, str) for each in ranges):
        yield Incoming(resource, rule, None)
    elif ranges:
        yield Incoming(resource, rule, Addresses.of(*ranges))


def _of(rule: Any, name: str) -> Any:
    """A property of a rule, which is a resource or an object within one."""
    return value(rule, name) if isinstance(rule, Resource) else member(rule, name)


def serves(rule: Any, port: int) -> bool | None:
    """Whether a rule lets in TCP connections to a port; None where that is not known."""
    protocol, *ends = (_of(rule, name) for name in ("protocol", "fromPort", "toPort"))
    protocol = _of(rule, "ipProtocol") if protocol is None else protocol
    if not all(known(each) for each in (protocol, *ends)):
        return None
    if str(protocol) in ("-1", "all"):
        return True
    first, last = (int(each) if isinstance(each, int | float) else -1 for each in ends)
    return str(protocol) in ("tcp", "6") and first <= port <= last


def port_of(rule: Any) -> int | None:
    """The first port that a rule lets in; None for all."""
    found = _of(rule, "fromPort")
    return found if isinstance(found, int) and found > 0 else None

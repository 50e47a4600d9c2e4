"""Whether a zone admits a site's network and what it lets out."""

from clover.zones.addresses import private_range
from clover.zones.domains import domain_fault
from clover.zones.geography import Region, ZoneSite
from clover.zones.problems import Problems, nearest, shown
from clover.zones.site import Site
from clover.zones.vocabulary import AzureService, Cloud

WIDEST_PREFIX = 16
"""The widest range that AWS gives a VPC (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html)."""

NARROWEST_PREFIX = 22
"""The narrowest range that still holds the gateway's and the workloads' subnets in every availability zone."""


DEFAULT_ENDPOINTS: dict[Cloud, tuple[str, ...]] = {Cloud.AWS: ("sts",), Cloud.AZURE: ()}
"""The services with a private endpoint where none are named."""


def endpoints_of(site: Site, home: ZoneSite) -> tuple[str, ...]:
    """Return the services that have a private endpoint besides stores."""
    named = site.config.network.interface_endpoints
    return DEFAULT_ENDPOINTS[home.cloud] if named is None else named


class NetworkExaminer:
    """Examines the network of one site."""

    def __init__(self, site: Site, home: ZoneSite, problems: Problems) -> None:
        self._site = site
        self._home = home
        self._problems = problems
        self._network = site.config.network

    def examine(self, region: Region | None) -> None:
        """Note everything about the network that the zone forbids."""
        self._cidr()
        self._availability_zones(region)
        self._interface_endpoints()
        self._allowed_domains()

    def _problem(self, message: str, path: str) -> None:
        self._problems.add(message, self._site.place(f"clover:network.{path}"))

    def _cidr(self) -> None:
        text, space = self._network.cidr, private_range(self._home.address_space)
        try:
            cidr = private_range(text)
        except ValueError as error:
            self._problem(f"cidr {shown(text)} {error}", "cidr")
            return
        if not cidr.subnet_of(space):
            self._problem(f"cidr {shown(text)} lies outside the site's address space {space}", "cidr")
        if not WIDEST_PREFIX <= cidr.prefixlen <= NARROWEST_PREFIX:
            self._problem(f"cidr {shown(text)} is not between /{WIDEST_PREFIX} and /{NARROWEST_PREFIX}", "cidr")

    def _availability_zones(self, region: Region | None) -> None:
        known = region.availability_zones if region else ()
        for index, letter in enumerate(self._network.availability_zones):
            if letter not in known:
                message = f"{self._home.region} has no availability zone {shown(letter)}; {nearest(letter, known)}"
                self._problem(message, f"availability_zones[{index}]")
        self._distinct("availability zone", self._network.availability_zones, "availability_zones[{}]")

    def _interface_endpoints(self) -> None:
        services = endpoints_of(self._site, self._home)
        self._distinct("endpoint", services, "interface_endpoints[{}]")
        known = [service.value for service in AzureService]
        for index, service in enumerate(services):
            if self._home.cloud is Cloud.AZURE and service not in known:
                message = f"endpoint {shown(service)} is not known on azure; {nearest(service, known)}"
                self._problem(message, f"interface_endpoints[{index}]")
        self._within(len(services), self._site.zone.file.limits.interface_endpoints, "interface_endpoints")

    def _allowed_domains(self) -> None:
        domains = self._network.allowed_domains
        shared = self._site.zone.file.shared_domains
        for index, domain in enumerate(domains):
            if fault := domain_fault(domain.name, shared):
                self._problem(f"domain {shown(domain.name)} {fault}", f"allowed_domains[{index}].name")
        self._distinct("domain", [domain.name for domain in domains], "allowed_domains[{}].name")
        self._within(len(domains), self._site.zone.file.limits.allowed_domains, "allowed_domains")

    def _distinct(self, what: str, values: list[str] | tuple[str, ...], path: str) -> None:
        for index, value in enumerate(values):
            if value in values[:index]:
                self._problem(f"{what} {shown(value)} stands twice", path.format(index))

    def _within(self, count: int, limit: int, path: str) -> None:
        if count > limit:
            self._problem(f"{count} {path} are more than the zone's limit of {limit}", path)

"""The rules of each service."""

from importlib import import_module

_SERVICES = (
    "authorization",
    "containers",
    "dns",
    "eligibility",
    "firewall",
    "flow_logs",
    "identity",
    "keyvault",
    "lighthouse",
    "loganalytics",
    "management",
    "monitor",
    "network",
    "policies",
    "private_endpoints",
    "replication",
    "storage",
)


def in_force() -> None:
    """Put the rules of all services in force: each says itself which types it is about."""
    for service in _SERVICES:
        import_module(f"{__name__}.{service}")

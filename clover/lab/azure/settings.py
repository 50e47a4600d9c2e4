"""The provider's own configuration, and the guard that keeps it inside the lab."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from clover.lab.provider.failure import Refusal
from clover.lab.provider.loopback import is_loopback_url
from clover.lab.provider.wire import Props

#: Who is asked and as whom is the lab's to say (`clover lab env`); these would say it anew.
REFUSED = frozenset(
    {
        "auxiliaryTenantIds",
        "clientCertificatePassword",
        "clientCertificatePath",
        "metadataHost",
        "msiEndpoint",
        "oidcRequestToken",
        "oidcRequestUrl",
        "oidcToken",
        "oidcTokenFilePath",
        "useDefaultAzureCredential",
        "useMsi",
        "useOidc",
    }
)
#: Provider inputs and the environment variables that stand in for them (pulumi-azure-native, «Configuration»).
IDENTITY = {
    "clientId": "ARM_CLIENT_ID",
    "clientSecret": "ARM_CLIENT_SECRET",
    "tenantId": "ARM_TENANT_ID",
    "subscriptionId": "ARM_SUBSCRIPTION_ID",
}


@dataclass(frozen=True)
class Settings:
    """The configuration of one provider instance; `location` is the default of resources that name none."""

    host: str
    subscription: str
    tenant: str
    client: str
    secret: str = field(repr=False)
    location: str | None = None


def lab_host(environment: Mapping[str, str]) -> str:
    """Return host and port of the lab; Refusal unless ARM_METADATA_HOSTNAME is on this machine's loopback."""
    host = environment.get("ARM_METADATA_HOSTNAME", "")
    if not is_loopback_url(f"http://{host}") or "/" in host or "@" in host:
        raise Refusal(
            "this provider is the lab's and speaks to the embedded cloud only: ARM_METADATA_HOSTNAME has to name a "
            f"port of this machine (127.0.0.1), and is {repr(host) if host else 'not set'}; run inside `clover lab env`"
        )
    return host


def read_settings(inputs: Props, environment: Mapping[str, str]) -> Settings:
    """Return the configuration of `inputs` (with nothing unknown) within `environment`; Refusal if wrong."""
    host = lab_host(environment)
    known = {name: inputs.get(name) or environment.get(variable) or "" for name, variable in IDENTITY.items()}
    for name, value in known.items():
        if not value:
            raise Refusal(f"the Azure provider has no {name}: set it on the provider or run inside `clover lab env`")
    for name in ("subscriptionId", "tenantId"):
        if not _is_guid(known[name]):
            raise Refusal(f"the Azure provider's {name} {known[name]!r} is no GUID")
    location = inputs.get("location") or environment.get("ARM_LOCATION_NAME")
    return Settings(
        host, known["subscriptionId"], known["tenantId"], known["clientId"], known["clientSecret"], location
    )


def _is_guid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False

"""Who reads and writes the state of a stack on Azure, and under which names.

Azure denies nobody: that nobody else does either rests on no assignment that grants it, at any scope.
"""

from collections.abc import Sequence

from components.azure import site as names
from components.azure.site import SiteArgs
from components.stores import Runners

OWN_CONTAINER = "backends"
"""Where a store has the state of the backends' own stack, which their deployer alone reads and writes."""
ISSUED = "runner"
"""The name of the one federated credential of a runner's identity."""


def runners(site: SiteArgs, networks: Sequence[str]) -> Runners:
    """The two identities of a backend at a place."""
    deploys, previews = (names.runner_id(site, kind) for kind in ("deploys", "previews"))
    return Runners(deploys=deploys, previews=previews, networks=networks)


def backend_url(site: SiteArgs, account: str, container: str) -> str:
    """What `pulumi login` is given (https://www.pulumi.com/docs/iac/concepts/state-and-backends/#azure-blob-storage).

    Names below `blob.core.windows.net` are what it takes without being told; of another cloud the domain would be said.
    """
    names.environment(site)
    return f"azblob://{container}?storage_account={account}"


def secrets_provider(key: str) -> str:
    """What `pulumi stack change-secrets-provider` is given, for the address of one version of a key.

    Without the version the newest would be asked to open what an older one closed, so that rotating the key would lock
    the state (https://gocloud.dev/howto/secrets/#azure).
    """
    return f"azurekeyvault://{key.removeprefix('https://')}"

"""The auditor's vault on AWS, as whoever delivers records into it finds it."""

from typing import NamedTuple

import pulumi
import pulumi_aws as aws

from clover.errors import BadInput
from clover.zones.vaults import AdmittedVault
from components.aws import SiteArgs
from components.aws import site as names


class Records(NamedTuple):
    """Where records end: ARNs of a store and of its key."""

    store: pulumi.Input[str]
    key: pulumi.Input[str]


def found_vault(vault: AdmittedVault, site: SiteArgs, whose: str, provider: pulumi.ProviderResource | None) -> Records:
    """The vault of a site; its key is looked up by alias, through the provider of who delivers.

    BadInput where it cannot be, telling `whose` it is: nothing comes before the place that its records go to.
    """
    place = names.vault_place(site, vault.account, vault.deployer)
    try:
        key = aws.kms.get_key(key_id=names.vault_key_alias(place), opts=pulumi.InvokeOptions(provider=provider))
    except Exception as error:  # noqa: BLE001  the SDK raises nothing narrower
        said = str(error).rpartition(": ")[2]
        raise BadInput(f"{whose}: the key of its vault cannot be found; the auditor's stack first ({said})") from None
    return Records(names.vault_arn(place), key.arn)

"""What a store on Azure refuses to be told, and what it makes of less than the strictest."""

from typing import Any

import pytest

from clover.zones.vocabulary import DataClass, Immutability, StoreRole, Versioning
from components.azure import RegionLockedStore, RegionLockedStoreArgs
from components.refusal import Refusal
from tests.components.azure.answers import created
from tests.components.azure.sample import NETWORKS, SITE
from tests.recorder import declaring

BASE: RegionLockedStoreArgs = {
    "site": SITE,
    "name": "odd",
    "data_class": DataClass.PUBLIC,
    "role": StoreRole.USER_DATA,
    "key": "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v/keys/user-data",
    "endpoints": ["/subscriptions/s/subnet"],
    "recorded_by": "/subscriptions/s/account",
}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"role": StoreRole.AUDITOR_OWNED}, "store odd: role auditor-owned needs auditor_networks, owners"),
        (
            {"role": StoreRole.STATE, "runners": {"deploys": "/d", "previews": "/p", "networks": []}},
            "store odd: runners is empty",
        ),
        ({"recorded_by": None, "endpoints": None}, "store odd: role user-data needs endpoints, recorded_by"),
        ({"role": StoreRole.EVIDENCE, "retention_days": 1}, "store odd: role evidence needs auditor_networks"),
        ({"role": StoreRole.EVIDENCE, "auditor_networks": NETWORKS}, "store odd: immutability needs retention_days"),
        ({"retention_days": 3}, "store odd: retention_days without immutability"),
        (
            {"immutability": Immutability.GOVERNANCE, "retention_days": 3, "versioning": Versioning.SUSPENDED},
            "store odd: immutability needs retention_days and versioning",
        ),
        ({"endpoints": []}, "store odd: endpoints is empty, so nobody could reach it"),
        ({"minimum_tls": "1.3"}, r"store odd: Azure Storage takes no floor above TLS 1\.2"),
        ({"data_class": "secret"}, "'secret' is not a valid DataClass"),
    ],
)
def test_inputs_that_cannot_hold_are_refused(change: dict[str, Any], message: str) -> None:
    args: Any = {**BASE, **change}
    with pytest.raises(ValueError, match=message), declaring(created):
        RegionLockedStore("odd", args)


def test_a_refusal_says_where_the_store_is_declared() -> None:
    args: Any = {**BASE, "minimum_tls": "1.3", "declared_at": "Pulumi.hamar.yaml:18"}
    with pytest.raises(Refusal, match=r"^Pulumi\.hamar\.yaml:18: store odd: "), declaring(created):
        RegionLockedStore("odd", args)


def test_a_weaker_choice_has_to_be_named() -> None:
    with declaring(created) as world:
        RegionLockedStore("odd", {**BASE, "versioning": Versioning.SUSPENDED})
    assert world.one("azure-native:storage:BlobServiceProperties").inputs["isVersioningEnabled"] is False


def test_plain_text_from_another_language_means_the_same_as_the_vocabulary() -> None:
    args: Any = {**BASE, "data_class": "public", "role": "intake", "minimum_tls": "1.2", "immutability": "none"}
    with declaring(created) as world:
        RegionLockedStore("odd", args)
    found = world.one("azure-native:storage:StorageAccount").inputs
    assert (found["tags"]["clover:data-class"], found["tags"]["clover:store-role"]) == ("public", "intake")
    assert found["encryption"]["keyVaultProperties"]["keyName"] == "user-data"

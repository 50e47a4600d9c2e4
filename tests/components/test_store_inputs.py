"""What a store refuses to be told, and what it makes of less than the strictest."""

from typing import Any

import pytest

from clover.zones.vocabulary import DataClass, Immutability, StoreRole, Versioning
from components.aws import EncryptionKey, RegionLockedStore, RegionLockedStoreArgs
from components.refusal import Refusal
from tests.components.answers import created
from tests.components.sample import NETWORKS, SITE
from tests.recorder import declaring

BASE: RegionLockedStoreArgs = {
    "site": SITE,
    "name": "odd",
    "data_class": DataClass.PUBLIC,
    "role": StoreRole.USER_DATA,
    "key": "arn:aws:kms:eu-west-1:111122223333:key/1",
    "endpoints": ["vpce-1"],
    "recorded_by": "arn:aws:cloudtrail:eu-west-1:111122223333:trail/clover-dublin",
}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"role": StoreRole.AUDITOR_OWNED}, "store odd: role auditor-owned needs auditor_networks, owners"),
        ({"role": StoreRole.STATE}, "store odd: role state needs runners"),
        ({"endpoints": None}, "store odd: role user-data needs endpoints"),
        ({"recorded_by": None, "endpoints": None}, "store odd: role user-data needs endpoints, recorded_by"),
        ({"role": StoreRole.EVIDENCE, "retention_days": 1}, "store odd: role evidence needs auditor_networks"),
        ({"role": StoreRole.EVIDENCE, "auditor_networks": NETWORKS}, "store odd: immutability needs retention_days"),
        ({"immutability": Immutability.COMPLIANCE}, "store odd: immutability needs retention_days and versioning"),
        ({"retention_days": 3}, "store odd: retention_days without immutability"),
        (
            {"immutability": Immutability.GOVERNANCE, "retention_days": 3, "versioning": Versioning.SUSPENDED},
            "store odd: immutability needs retention_days and versioning",
        ),
        ({"endpoints": []}, "store odd: endpoints is empty, so nobody could reach it"),
        ({"data_class": "secret"}, "'secret' is not a valid DataClass"),
    ],
)
def test_inputs_that_contradict_each_other_are_refused(change: dict[str, Any], message: str) -> None:
    args: Any = {**BASE, **change}
    with pytest.raises(ValueError, match=message), declaring(created):
        RegionLockedStore("odd", args)


def test_a_refusal_says_where_the_store_is_declared() -> None:
    args: Any = {**BASE, "retention_days": 3, "declared_at": "Pulumi.dublin.yaml:18"}
    with pytest.raises(Refusal, match=r"^Pulumi\.dublin\.yaml:18: store odd: "), declaring(created):
        RegionLockedStore("odd", args)


def test_a_weaker_choice_has_to_be_named() -> None:
    with declaring(created) as world:
        RegionLockedStore("odd", {**BASE, "versioning": Versioning.SUSPENDED})
    versioning = world.one("aws:s3/bucketVersioning:BucketVersioning").inputs
    assert versioning["versioningConfiguration"] == {"status": "Suspended"}


def test_plain_text_from_another_language_means_the_same_as_the_vocabulary() -> None:
    args: Any = {**BASE, "data_class": "public", "role": "intake", "minimum_tls": "1.2", "immutability": "none"}
    with declaring(created) as world:
        args["key"] = EncryptionKey("intake", {"site": SITE, "role": StoreRole.INTAKE}).key
        RegionLockedStore("odd", args)
    tags = world.one("aws:s3/bucket:Bucket").inputs["tags"]
    assert (tags["clover:data-class"], tags["clover:store-role"]) == ("public", "intake")

"""One store, every late input of which is a secret that nobody else knows; stands in for `infra/__main__.py`."""

import json
from pathlib import Path

import pulumi
import pulumi_aws as aws

from clover.zones.vocabulary import DataClass, StoreRole
from components.aws import RegionLockedStore, SiteArgs

SECRETS = json.loads((Path(__file__).resolve().parents[1] / "secrets.json").read_text(encoding="utf-8"))
SITE = SiteArgs(
    name="dublin",
    account="111122223333",
    region="eu-west-1",
    partition="aws",
    deployer="arn:aws:iam::111122223333:role/clover/deployer",
    zone="europe",
)

store = RegionLockedStore(
    "hushed",
    {
        "site": SITE,
        "name": "hushed",
        "data_class": DataClass.RESTRICTED,
        "role": StoreRole.USER_DATA,
        "key": pulumi.Output.secret(SECRETS["key"]),
        "endpoints": pulumi.Output.secret([SECRETS["endpoint"]]),
        "recorded_by": pulumi.Output.secret(SECRETS["trail"]),
    },
    pulumi.ResourceOptions(provider=aws.Provider("dublin", region=SITE["region"])),
)
pulumi.export("store", store.store)
pulumi.export("hushed", pulumi.Output.secret(SECRETS["export"]))

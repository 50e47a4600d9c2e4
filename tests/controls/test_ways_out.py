"""Whatever may hold or move data is found in anybody's plan: refuted, or unknown by its name, and never passed over."""

from datetime import date
from typing import Any

import pytest

from clover.controls.case import Case
from clover.controls.residency import aws_places, azure_copies
from clover.controls.run import cases
from clover.controls.verdict import Answer, Claim, Outcome
from clover.model.listing import doors
from clover.zones.vocabulary import Cloud
from tests.controls.plans import Plan
from tests.mutants.asking import ask
from tests.mutants.site import ROOT, last

ZONE = str(ROOT / "zones" / "europe.yaml")
BEFORE = date(2026, 1, 1)
"""A day on which nothing has been attested yet."""
ASKED = ("RES-2", "RES-P2", "RES-5", "NET-6")
PROVIDER: dict[str, dict[str, Any]] = {"aws": {"region": "eu-west-1"}, "azure-native": {"location": "norwayeast"}}


def found(cloud: str, kind: str, controls: tuple[str, ...] = ASKED) -> list[Answer]:
    """What is refuted or unknown about the one thing of a plan."""
    about: Case = cases(Plan(cloud, PROVIDER[cloud]).add(kind, "thing", {}).world(), ZONE, BEFORE)[0]
    answers = [answer for control in controls for answer in ask(about, control, Claim.HOLDS)]
    bad = (Outcome.REFUTED, Outcome.UNKNOWN)
    return [answer for answer in answers if last(answer.resource) == "thing" and answer.outcome in bad]


def kinds(cloud: Cloud) -> list[str]:
    """Every type through which data may leave, or that reads for others, or that is a door."""
    movers = aws_places.movers() if cloud is Cloud.AWS else azure_copies.movers()
    harmless_alone = {kind for kind, row in movers["copies"].items() if row.get("optional") and "holds" not in row}
    harmless_alone |= {kind for kind, row in movers["copies"].items() if cloud is Cloud.AZURE and "to" in row}
    shut = {kind for kind, row in doors(cloud.value).items() if "when" in row}
    return sorted({*movers["copies"], *movers["relays"], *doors(cloud.value)} - harmless_alone - shut)


@pytest.mark.parametrize("kind", kinds(Cloud.AWS))
def test_a_way_out_on_aws_is_named(kind: str):
    assert found("aws", kind)


@pytest.mark.parametrize("kind", kinds(Cloud.AZURE))
def test_a_way_out_on_azure_is_named(kind: str):
    assert found("azure-native", kind)


STRANGE = (
    *("gcp:storage/bucket:Bucket", "kubernetes:core/v1:Secret", "random:index/randomPassword:RandomPassword"),
    *("tls:index/privateKey:PrivateKey", "command:local:Command", "command:remote:Command", "cloudflare:index/r2:R2"),
    *("pulumi-python:dynamic:Resource", "pulumi-nodejs:dynamic:Resource", "pulumi:providers:gcp", "vault:kv:Secret"),
    *("aws-native:s3:Bucket", "azure:storage/account:Account", "azure-native:storage/v20230101:StorageAccount"),
    *("aws:s3/directoryBucket:DirectoryBucket", "aws:efs/fileSystem:FileSystem", "aws:rds/cluster:Cluster"),
    *("aws:sqs/queue:Queue", "aws:kinesis/stream:Stream", "aws:opensearch/domain:Domain"),
    *("aws:cloudcontrol/resource:Resource", "aws:cloudformation/stack:Stack", "aws:never/heard:Of"),
    *("azure-native:containerregistry:Registry", "azure-native:sql:Server", "azure-native:storage:FileShare"),
)


@pytest.mark.parametrize("cloud", PROVIDER)
@pytest.mark.parametrize("kind", STRANGE)
def test_a_type_that_nobody_classified_is_unknown_by_name(cloud: str, kind: str):
    (answer,) = found(cloud, kind, ("RES-5",))
    assert answer.outcome is Outcome.UNKNOWN
    assert kind in answer.reason


@pytest.mark.parametrize("cloud", PROVIDER)
def test_what_only_groups_others_is_no_type_that_anybody_has_to_know(cloud: str):
    plan = Plan(cloud, PROVIDER[cloud]).add("shop:index:Group", "thing", {}, custom=False)
    (about,) = cases(plan.world(), ZONE, BEFORE)
    assert not [each for each in ask(about, "RES-5", Claim.HOLDS) if each.outcome is not Outcome.PROVED]


def test_what_clover_s_own_components_are_called_hides_nothing():
    plan = Plan("aws", PROVIDER["aws"]).add("clover-aws:index:RegionLockedStore", "thing", {})
    (about,) = cases(plan.world(), ZONE, BEFORE)
    assert [each for each in ask(about, "RES-5", Claim.HOLDS) if each.outcome is Outcome.UNKNOWN]

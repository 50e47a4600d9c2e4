"""What holds of every policy document of the components."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clover.zones.vocabulary import Cloud, StoreRole, TlsVersion
from components.aws.policies import auditor, buckets, endpoints, keys
from components.aws.policies.document import allow, document, render
from components.aws.records import kept_records, own_records
from components.aws.site import SiteArgs, bucket_name
from components.limits import SHARE, OverLimit, limits
from tests.recorder import UNKNOWN, World

POLICIES = {
    "aws:kms/key:Key": ("policy", "kms-key-policy"),
    "aws:s3/bucketPolicy:BucketPolicy": ("policy", "s3-bucket-policy"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": ("policy", "vpc-endpoint-policy"),
    "aws:iam/role:Role": ("assumeRolePolicy", "iam-trust-policy"),
    "aws:iam/rolePolicy:RolePolicy": ("policy", "iam-role-inline-policies"),
}
ELEMENTS = {"Sid", "Effect", "Principal", "Action", "NotAction", "Resource", "NotResource", "Condition"}


def every_policy(world: World) -> list[tuple[str, str, str]]:
    """Name of the resource, its limit, and the text of its policy."""
    found = [(one.name, *POLICIES[one.type], one.inputs) for one in world.all() if one.type in POLICIES]
    return [(name, limit, inputs[key]) for name, key, limit, inputs in found]


def test_every_document_is_minified_json_with_known_elements_only(world: World) -> None:
    policies = every_policy(world)
    assert len(policies) == 13
    for name, _, text in policies:
        policy = json.loads(text)
        assert text == json.dumps(policy, separators=(",", ":")), name
        assert set(policy) == {"Version", "Statement"}, name
        assert policy["Version"] == "2012-10-17"
        sids = [one["Sid"] for one in policy["Statement"]]
        assert len(sids) == len(set(sids)), name
        assert all(sid.isalnum() for sid in sids), name
        for one in policy["Statement"]:
            assert set(one) <= ELEMENTS, (name, one["Sid"])
            assert one["Effect"] in {"Allow", "Deny"}
            assert ("Action" in one) != ("NotAction" in one), (name, one["Sid"])


def test_no_document_holds_the_text_of_an_output_or_of_an_unknown(world: World, first_preview: World) -> None:
    for seen in (world, first_preview):
        texts = [text for _, text in seen.strings()]
        assert len(texts) > 1000
        assert [text for text in texts if "Calling __str__" in text or "pulumi.Output" in text] == []
    inside = [text for _, text in first_preview.strings() if UNKNOWN in text and text != UNKNOWN]
    assert inside == []


def test_every_resource_policy_that_allows_everybody_says_under_what_condition(world: World) -> None:
    for name, _, text in every_policy(world):
        for one in json.loads(text)["Statement"]:
            if one["Effect"] == "Allow" and one.get("Principal") == "*":
                assert one["Condition"], (name, one["Sid"])


def test_every_policy_stays_below_its_limit(world: World) -> None:
    for name, limit, text in every_policy(world):
        assert len(text.encode()) <= SHARE * limits(Cloud.AWS)[limit]["value"], name


def site(name: str, account: str, role: str) -> SiteArgs:
    """A site where regions and partitions have their longest names."""
    deployer = f"arn:aws-eusc:iam::{account}:role{role}"
    return SiteArgs(
        name=name, account=account, region="eusc-de-east-1", partition="aws-eusc", deployer=deployer, zone="europe"
    )


SITES = st.builds(
    site,
    st.from_regex(r"[a-z]([a-z0-9-]{0,28}[a-z0-9])?", fullmatch=True),
    st.from_regex(r"[0-9]{12}", fullmatch=True),
    st.from_regex(r"[a-z/]{1,100}", fullmatch=True),
)
KEY = "arn:aws-eusc:kms:eusc-de-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


@given(SITES, st.integers(1, 100), st.sampled_from(TlsVersion))
def test_no_site_outgrows_a_limit(site: SiteArgs, count: int, tls: TlsVersion) -> None:
    networks = [f"198.51.{number}.0/24" for number in range(min(count, 30))]
    vpces = [f"vpce-{number:017x}" for number in range(count)]
    facts = buckets.BucketFacts(site, bucket_name(site, StoreRole.USER_DATA, "x" * 20), KEY, tls)
    machine = "arn:aws-eusc:iam::111122223333:role/" + "m" * 64
    own, kept = own_records(site), kept_records(site, site, machine, machine)
    rendered = {
        "kms-key-policy": [
            *(keys.evidence_key(site, each) for each in (own, kept)),
            keys.user_data_key(site, StoreRole.USER_DATA),
        ],
        "s3-bucket-policy": [
            buckets.user_data(facts, vpces),
            *(buckets.evidence(facts, each, networks) for each in (own, kept)),
        ],
        "vpc-endpoint-policy": [endpoints.site_only(site)],
        "iam-trust-policy": [auditor.person_trust(machine), auditor.machine_trust(machine, "x" * 64, networks)],
    }
    for limit, documents in rendered.items():
        for found in documents:
            assert json.loads(render(found, limit)) == found
    inline = len(render(auditor.reads(site), "iam-role-inline-policies"))
    inline += len(render(auditor.denials(site), "iam-role-inline-policies"))
    assert inline <= SHARE * limits(Cloud.AWS)["iam-role-inline-policies"]["value"]


@given(SITES, SITES)
def test_no_two_sites_share_a_name_in_the_global_namespace(one: SiteArgs, other: SiteArgs) -> None:
    if one["account"] != other["account"]:
        names = [bucket_name(site, StoreRole.EVIDENCE, "logs") for site in (one, other)]
        assert names[0] != names[1]


@pytest.mark.parametrize("limit", ["s3-bucket-policy", "iam-trust-policy", "kms-key-policy"])
def test_a_document_over_its_share_is_refused_by_the_limits_name(limit: str) -> None:
    def of_size(size: int) -> dict[str, Any]:
        empty = document(allow("A", "*", "", "*"))
        return document(allow("A", "*", "a" * (size - len(render(empty, limit))), "*"))

    allowed = int(limits(Cloud.AWS)[limit]["value"] * SHARE)
    assert len(render(of_size(allowed), limit)) == allowed
    with pytest.raises(OverLimit, match=f"{limit}: {allowed + 1} used, allowed are {allowed} of the documented"):
        render(of_size(allowed + 1), limit)


def test_every_limit_says_where_it_is_documented() -> None:
    for name, known in limits(Cloud.AWS).items():
        assert set(known) == {"value", "unit", "source"}, name
        assert known["source"].startswith("https://docs.aws.amazon.com/"), name

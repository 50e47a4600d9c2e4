"""What StateBackend declares and refuses."""

import json
from typing import Any

import pytest

from components.aws import StateBackend, StateBackendArgs
from components.refusal import Refusal
from tests.components.answers import created
from tests.components.sample import SITE
from tests.recorder import World, declaring

BASE: StateBackendArgs = {
    "site": SITE,
    "issuer": "token.actions.githubusercontent.com",
    "audience": "sts.eu-west-1.amazonaws.com",
    "deploys": "repo:example/clover:environment:dublin",
    "previews": "repo:example/clover:environment:dublin-read",
    "networks": ["203.0.113.0/24"],
}


@pytest.fixture(scope="module")
def world() -> World:
    with declaring(created) as found:
        StateBackend("state", BASE)
    return found


def policy(world: World, kind: str, name: str, held: str = "policy") -> dict[str, Any]:
    found = next(one for one in world.all(kind) if one.name == name)
    return {each["Sid"]: each for each in json.loads(found.inputs[held])["Statement"]}


def test_the_store_is_versioned_and_no_version_ends(world: World) -> None:
    assert world.one("aws:s3/bucketVersioning:BucketVersioning").inputs["versioningConfiguration"] == {
        "status": "Enabled"
    }
    ends = policy(world, "aws:s3/bucketPolicy:BucketPolicy", "state-store-policy")["VersionsStay"]
    assert (ends["Effect"], ends["Action"], "Condition" in ends) == ("Deny", "s3:DeleteObjectVersion*", False)


def test_only_what_deploys_writes_and_the_backends_own_state_is_its_deployers(world: World) -> None:
    found = policy(world, "aws:s3/bucketPolicy:BucketPolicy", "state-store-policy")
    writers = found["WrittenOnlyByWhatDeploys"]["Condition"]["ArnNotEqualsIfExists"]["aws:PrincipalArn"]
    assert [each.rpartition("/")[2] for each in writers] == ["clover-dublin-deploys", "deployer"]
    own = found["OwnStateOnlyByDeployer"]
    assert own["Condition"]["ArnNotEqualsIfExists"]["aws:PrincipalArn"] == SITE["deployer"]
    assert own["Resource"].endswith("/.pulumi/*backend*")


def test_the_secrets_key_is_not_used_by_who_administers_it(world: World) -> None:
    found = policy(world, "aws:kms/key:Key", "state-secrets")
    assert found["NoUseByAdministrator"]["Effect"] == "Deny"
    stores = policy(world, "aws:kms/key:Key", "state-key-key")
    assert "NoUseByAdministrator" not in stores  # whose own state lies in the store too


def test_what_previews_is_denied_everything_beside_its_reads(world: World) -> None:
    denied = policy(world, "aws:iam/rolePolicy:RolePolicy", "state-previews-limits")["NothingBeside"]
    assert denied["NotAction"] == ["kms:Decrypt", "s3:GetObject", "s3:ListBucket", "sts:GetCallerIdentity"]
    assert not [one for one in world.all("aws:iam/rolePolicy:RolePolicy") if one.name == "state-previews-writes"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"deploys": "repo:example/clover:*"}, "deploys: 'repo:example/clover:\\*' does not stand for one"),
        ({"previews": "repo:example/clover:environment:dubli?"}, "previews: .* does not stand for one exact subject"),
        ({"audience": ""}, "audience: '' does not stand for one exact subject"),
        ({"previews": BASE["deploys"]}, "previews: .* deploys as well"),
        ({"networks": []}, "networks: the runners call from at least one"),
    ],
)
def test_what_fits_more_than_one_is_refused(change: dict[str, Any], message: str) -> None:
    changed: Any = {**BASE, **change}
    with pytest.raises(Refusal, match=message), declaring(created):
        StateBackend("state", changed)

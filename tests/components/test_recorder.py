import pulumi
import pulumi_aws as aws
import pytest

from tests.components.answers import created
from tests.recorder import Refused, declaring


class Box(pulumi.ComponentResource):
    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("test:index:Box", name, {"said": name}, opts)
        self.bucket = aws.s3.Bucket(f"{name}-bucket", opts=pulumi.ResourceOptions(parent=self))
        self.register_outputs({"bucket": self.bucket.id})


def test_a_block_that_declares_nothing_is_refused() -> None:
    with pytest.raises(Refused, match="nothing was declared"), declaring(created):
        pass


def test_two_resources_of_one_urn_are_refused() -> None:
    with (
        pytest.raises(Refused, match=r"duplicate URN urn:pulumi:site::clover::test:index:Box::twin"),
        declaring(created),
    ):
        Box("twin")
        Box("twin")


def test_a_resource_without_a_component_is_refused() -> None:
    with pytest.raises(Refused, match="without a component"), declaring(created):
        aws.s3.Bucket("alone")


def test_a_lookup_in_the_cloud_is_refused() -> None:
    with pytest.raises(Refused, match="asks the cloud"), declaring(created):
        Box("box")
        aws.get_caller_identity_output().apply(lambda identity: identity.account_id)


def test_a_failure_inside_an_apply_fails_the_block() -> None:
    def fail(_: str) -> str:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), declaring(created):
        Box("box").bucket.arn.apply(fail)


def test_what_was_declared_is_kept_with_options_position_and_outputs() -> None:
    with declaring(created) as world:
        provider = aws.Provider("here", region="eu-west-1")
        first = Box("first", pulumi.ResourceOptions(protect=True, provider=provider))
        Box("second", pulumi.ResourceOptions(provider=provider, depends_on=[first.bucket]))
    box, bucket = world.one("test:index:Box", "first"), world.one("aws:s3/bucket:Bucket", "first-bucket")
    assert box.inputs == {"said": "first"}
    assert box.outputs == [{"bucket": "first-bucket-id"}]
    assert bucket.protect
    assert bucket.parent == box.urn
    assert "pulumi:providers:aws::here" in bucket.provider
    assert bucket.source[0].endswith("test_recorder.py")
    assert bucket.urn in world.before(world.one("aws:s3/bucket:Bucket", "second-bucket").urn)

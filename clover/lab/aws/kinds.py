"""Every resource type that is served, with the module that serves it."""

from collections.abc import Mapping

from clover.lab.aws import ec2_network, iam, kms, s3_bucket, s3_settings
from clover.lab.aws.kind import Kind

KINDS: Mapping[str, Kind] = {
    **ec2_network.KINDS,
    **iam.KINDS,
    **kms.KINDS,
    **s3_bucket.KINDS,
    **s3_settings.KINDS,
}

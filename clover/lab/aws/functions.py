"""The functions of the provider that programs may call."""

from collections.abc import Callable

from clover.lab.aws.cloud import ANSWER_SECONDS, Call, Cloud
from clover.lab.aws.partitions import partition_of
from clover.lab.aws.settings import region_problems
from clover.lab.provider.deadline import Deadline
from clover.lab.provider.failure import Refusal
from clover.lab.provider.wire import Props


def invoke(token: str, arguments: Props, cloud: Cloud) -> Props:
    """Return the result of a function; Refusal that names those served."""
    function = FUNCTIONS.get(token)
    if function is None:
        raise Refusal(f"the lab's AWS provider does not serve the function {token}; it serves {', '.join(FUNCTIONS)}")
    return function(arguments, cloud)


def _get_caller_identity(arguments: Props, cloud: Cloud) -> Props:  # noqa: ARG001  one shape for all functions
    found = cloud.identity
    return {"accountId": found.account, "arn": found.arn, "userId": found.user_id, "id": found.account}


def _get_partition(arguments: Props, cloud: Cloud) -> Props:  # noqa: ARG001  one shape for all functions
    name, suffix = partition_of(cloud.settings.region)
    reverse = ".".join(reversed(suffix.split(".")))
    return {"partition": name, "dnsSuffix": suffix, "reverseDnsPrefix": reverse, "id": name}


def _get_region(arguments: Props, cloud: Cloud) -> Props:
    region = arguments.get("region") or arguments.get("name") or cloud.settings.region
    for reason in region_problems(region, cloud.settings):
        raise Refusal(reason)
    endpoint = f"ec2.{region}.{partition_of(region)[1]}"
    return {"region": region, "name": region, "id": region, "endpoint": endpoint, "description": region}


def _get_key(arguments: Props, cloud: Cloud) -> Props:
    """What KMS tells of a key, by its id, its ARN, or that of an alias, of another account too."""
    region = cloud.settings.region
    call = Call(cloud, region, Deadline.within(ANSWER_SECONDS))
    found: Props = call.do("kms", "describe_key", KeyId=arguments["keyId"])["KeyMetadata"]
    named = {name[0].lower() + name[1:]: value for name, value in found.items() if name in _OF_A_KEY}
    return {**named, "keyId": arguments["keyId"], "id": found["KeyId"], "region": region}


_OF_A_KEY = (
    "Arn",
    "Description",
    "Enabled",
    "KeyManager",
    "KeyState",
    "KeyUsage",
    "MultiRegion",
    "Origin",
    "CustomerMasterKeySpec",
)

FUNCTIONS: dict[str, Callable[[Props, Cloud], Props]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": _get_caller_identity,
    "aws:index/getPartition:getPartition": _get_partition,
    "aws:index/getRegion:getRegion": _get_region,
    "aws:kms/getKey:getKey": _get_key,
}

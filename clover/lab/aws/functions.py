"""The functions of the provider that programs may call."""

from collections.abc import Callable

from clover.lab.aws.cloud import Cloud
from clover.lab.aws.partitions import partition_of
from clover.lab.aws.settings import region_problems
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


FUNCTIONS: dict[str, Callable[[Props, Cloud], Props]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": _get_caller_identity,
    "aws:index/getPartition:getPartition": _get_partition,
    "aws:index/getRegion:getRegion": _get_region,
}

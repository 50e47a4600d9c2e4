"""How long the provider tries again: throttling, a service's own faults, and what AWS does not show yet."""

from collections.abc import Callable
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, TypeVar

from clover.lab.aws.failure import AwsError
from clover.lab.aws.model import read_data
from clover.lab.provider.deadline import FIRST_WAIT_SECONDS, Deadline, longer, spread

T = TypeVar("T")

#: How long a fresh thing may stay invisible, as the bridged provider waits for IAM (its internal/service/iam/wait.go).
PROPAGATION_SECONDS = 120.0

#: Operations that only look, and may be sent any number of times.
LOOKING = ("describe_", "get_", "list_", "head_")
MAKING = ("create_", "allocate_")


def persist(deadline: Deadline, service: str, operation: str, attempt: Callable[[], T]) -> T:
    """Return what `attempt` returns, trying again on errors that pass by themselves."""
    visible_by = deadline.sooner(PROPAGATION_SECONDS)
    pause = FIRST_WAIT_SECONDS
    while True:
        try:
            return attempt()
        except AwsError as error:
            limit = _limit(service, operation, error, deadline, visible_by)
            if limit is None or not limit.waits(spread(pause)):
                raise
        pause = longer(pause)


def is_gone(error: AwsError) -> bool:
    """Whether the error says that the thing asked for is not there."""
    return _matches(_codes()["gone"]["codes"], error.code)


def _limit(service: str, operation: str, error: AwsError, deadline: Deadline, visible_by: Deadline) -> Deadline | None:
    """Return until when the call is worth repeating, None where it is not."""
    codes = _codes()
    if error.code in codes["throttling"]["codes"] and not _is_quota(error):
        return deadline
    if error.code in codes["transient"]["codes"]:
        return visible_by
    if operation.startswith(LOOKING):
        return None
    if operation.startswith(("delete_", "release_", "detach_")):
        return visible_by if _is_in_use(error) else None
    return visible_by if _is_not_yet_visible(service, error) else None


def _is_in_use(error: AwsError) -> bool:
    """Whether something else, on its way out perhaps, still stands on the thing to be deleted."""
    in_use = _codes()["in_use"]
    return error.code in in_use["codes"] or (error.code in in_use["codes_that_say_in_use"] and "in use" in error.reason)


def _is_not_yet_visible(service: str, error: AwsError) -> bool:
    hidden = _codes()["not_yet_visible"]
    names_principal = error.code in hidden["principal"]["codes"] and "principal" in error.reason.lower()
    return names_principal or _matches(hidden["codes"].get(service, ()), error.code)


def _is_quota(error: AwsError) -> bool:
    """Whether LimitExceeded means a quota, as it does in IAM, KMS and Network Firewall: that does not pass."""
    return error.code == "LimitExceededException" and "rate" not in error.reason.lower()


def _matches(patterns: Any, code: str) -> bool:
    return any(fnmatchcase(code, pattern) for pattern in patterns)


@cache
def _codes() -> dict[str, Any]:
    return read_data("patience.json")

"""What moto lacks or has wrong, served from here, one module for each service, imported at its first call.

A module gives OPERATIONS (`service.Operation` to what answers it), and may give CHECKS (what refuses a call
before it is answered) and AFTERWARDS (what sets right what moto did).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from clover.lab.cloud.call import Call

_MODULES = {
    "cloudtrail": "cloudtrail",
    "cloudwatch": "alarms",
    "ec2": "ec2",
    "iam": "iam",
    "kms": "kms",
    "network-firewall": "networkfirewall",
    "organizations": "organizations",
    "route53resolver": "resolver",
    "s3": "s3",
    "sts": "sts",
}


@dataclass(frozen=True, slots=True)
class Extension:
    """What is served of one service beside moto; every function may raise Refusal."""

    operations: Mapping[str, Callable[[Call], Mapping[str, Any] | None]]
    checks: Mapping[str, Sequence[Callable[[Call], None]]]
    afterwards: Mapping[str, Callable[[Call], None]]


_NONE = Extension({}, {}, {})


@cache
def extension_of(service: str) -> Extension:
    """The extension of `service` (botocore's name); an empty one where there is none."""
    if service not in _MODULES:
        return _NONE
    module = import_module(f"clover.lab.cloud.extensions.{_MODULES[service]}")
    return Extension(module.OPERATIONS, getattr(module, "CHECKS", {}), getattr(module, "AFTERWARDS", {}))

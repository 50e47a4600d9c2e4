"""What moto lacks or has wrong, served from here: operations by name, and checks before moto is asked."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from clover.lab.cloud.call import Call
from clover.lab.cloud.extensions import sts

Operation = Callable[[Call], Mapping[str, Any] | None]
Check = Callable[[Call], None]

OPERATIONS: dict[str, Operation] = {**sts.OPERATIONS}
"""`service.Operation` to what answers it; raises Refusal."""

CHECKS: dict[str, Sequence[Check]] = {}
"""`service.Operation` to what refuses it, before it is answered."""

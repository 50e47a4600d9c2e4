"""The lab's cloud enforces no policy: the plain evaluator decides requests, and says so.

moto checks KMS key policies, but without their conditions, so that one conditional deny locks everybody out.
"""

from typing import Any

from moto.kms import responses as kms_responses


def lift() -> None:
    """Take moto's partial check of key policies away."""
    kms_responses.validate_policy = _decide_nothing


def _decide_nothing(_key: Any, _action: str) -> None:
    """Stand where moto's check stood."""

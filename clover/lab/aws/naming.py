"""Names for things that the program leaves nameless: the logical name and seven characters that follow from it."""

import re
from typing import Any

from clover.lab.aws.model import AutoName
from clover.lab.provider.failure import Refusal
from clover.lab.provider.naming import Naming
from clover.lab.provider.wire import UNKNOWN, Props

SUFFIX_LENGTH = 7
PREFIX_PROPERTIES = {"name": "namePrefix", "bucket": "bucketPrefix"}


def name_for(rule: AutoName, naming: Naming, inputs: Props) -> Any:
    """Return the physical name; Refusal when the engine's configuration forbids to make one up."""
    prefix = inputs.get(PREFIX_PROPERTIES.get(rule.property, ""))
    if prefix is UNKNOWN:
        return UNKNOWN
    if prefix:
        return prefix + naming.hexadecimal(26)
    if naming.mode == "disable":
        raise Refusal(f"automatic naming is disabled, and {rule.property} is not given")
    if naming.mode == "enforce":
        return naming.proposed
    return _fit(rule, naming.proposed or f"{naming.logical_name}-{naming.hexadecimal(SUFFIX_LENGTH)}")


def _fit(rule: AutoName, name: str) -> str:
    """Shorten from the left of the suffix, and write the name as the service takes it."""
    stem, _, suffix = name.rpartition("-")
    room = rule.longest - len(rule.prefix) - len(suffix) - 1
    fitted = f"{stem[:room]}-{suffix}" if stem else suffix[: rule.longest]
    if rule.lower:
        fitted = re.sub(r"[^a-z0-9.-]", "-", fitted.lower())
    return fitted if fitted.startswith(rule.prefix) else rule.prefix + fitted

"""Counterexamples of the evidence's controls, checked against the property and the selectors that they name."""

from collections.abc import Mapping
from typing import Any

from clover.controls.evidence.selectors import advanced, selects
from clover.model.resources import Resources, value


def replay(counterexample: Mapping[str, Any], resources: Resources) -> None:
    """The property has the value, and where an event is named, none of the selectors selects it."""
    holder = next(each for each in resources.all if each.urn == counterexample["urn"])
    name, found = counterexample["property"], counterexample["value"]
    if name.startswith("aws:"):
        assert (
            not resources.of(name) or name == "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock" or found is None
        )
    elif name != "clover:store-role" and "event" not in counterexample:
        assert value(holder, name) == found or (value(holder, name) is None and found is False)
    if "event" in counterexample:
        held = value(holder, "advancedEventSelectors") or advanced(value(holder, "eventSelectors") or [])
        assert not any(selects(selector, counterexample["event"]) for selector in held)

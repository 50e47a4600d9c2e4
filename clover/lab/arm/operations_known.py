"""Which RBAC actions the emulator knows: faults name them."""

from clover.lab.arm.catalog import kinds, namespaces

_GROUPS = "microsoft.resources/subscriptions/resourcegroups"


def is_action(operation: str, fault: str) -> bool:
    """Whether `operation` is an action, or `NAMESPACE/*`, that a fault of the kind `fault` can be about."""
    above, _, verb = operation.lower().rpartition("/")
    if fault == "delay-consistency":
        return verb == "write" and _is_type(above)
    if verb == "*":
        return above in namespaces()
    if verb == "action":
        above, _, action = above.rpartition("/")
        return any(action in map(str.lower, kind.actions) for kind in kinds().values() if kind.type.lower() == above)
    return verb in ("read", "write", "delete") and _is_type(above)


def _is_type(text: str) -> bool:
    return text in kinds() or text == _GROUPS

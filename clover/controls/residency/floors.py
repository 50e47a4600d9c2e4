"""The zone's floor for a store: the weakest choice that one of its class and role may make."""

from typing import Any

from clover.controls.case import Case
from clover.sources import Unknown
from clover.zones.registers import Floor

CLASS_TAG, ROLE_TAG = "clover:data-class", "clover:store-role"


def floor_of(case: Case, tags: Any) -> Floor | str:
    """The floor by the store's tags, a store without a class counts as restricted; a text where there is none."""
    if isinstance(tags, Unknown):
        return "its tags are not known"
    held: dict[str, Any] = tags or {}
    data_class, role = held.get(CLASS_TAG, "restricted"), held.get(ROLE_TAG, "user-data")
    for rules in case.zone.file.data_classes:
        for floor in rules.floors:
            if (rules.name.value, floor.role.value) == (data_class, role):
                return floor
    return f"the zone has no floor for {data_class} in a store of role {role}"

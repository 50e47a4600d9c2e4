"""The tags that say whose a resource is and what a store holds; a live reading learns it from them."""

from collections.abc import Mapping

from clover.zones.vocabulary import DataClass, StoreRole


def tags(site: Mapping[str, object]) -> dict[str, str]:
    """The tags of everything in a site."""
    return {"clover:site": str(site["name"]), "clover:zone": str(site["zone"])}


def role_tags(site: Mapping[str, object], role: StoreRole) -> dict[str, str]:
    """The tags of what belongs to the stores of one role."""
    return {**tags(site), "clover:store-role": StoreRole(role).value}


def store_tags(site: Mapping[str, object], role: StoreRole, data_class: DataClass) -> dict[str, str]:
    """The tags of a store."""
    return {**role_tags(site, role), "clover:data-class": DataClass(data_class).value}


def organisation_tags(zone: str) -> dict[str, str]:
    """The tags of what the organisation's controller declares."""
    return {"clover:hand": "organisation", "clover:zone": zone}

"""Which gates a site has: one for each approval of the zone that opens stores of it."""

from collections.abc import Mapping
from typing import Any

from clover.zones.admitted import AdmittedSite
from clover.zones.vocabulary import StoreRole


def gates(site: AdmittedSite, told: Any, stores: Mapping[str, Any], endpoints: Any) -> dict[str, Any]:
    """The inputs of each gate by its approval's name; an approval whose class the site has no store of opens none."""
    found: dict[str, Any] = {}
    for approval in site.approvals:
        opened = {
            store.name: stores[store.name].store
            for store in site.stores
            if store.role is StoreRole.USER_DATA and store.data_class is approval.data_class
        }
        if opened:
            found[approval.name] = {
                "site": told,
                "name": approval.name,
                "data_class": approval.data_class,
                "workforce": approval.workforce,
                "endpoints": endpoints,
                "stores": opened,
                "closes": approval.closes.isoformat(),
                "declared_at": approval.declared_at,
            }
    return found

"""Diagnostic settings: where a resource's logs go, and which logs it has."""

from collections.abc import Iterable
from typing import Any

from clover.lab.arm.behaviour import Behaviour, Write, rules
from clover.lab.arm.catalog import table
from clover.lab.arm.errors import error
from clover.lab.arm.paths import Address, parsed
from clover.lab.arm.values import Body
from clover.lab.arm.world import World

SETTING = "Microsoft.Insights/diagnosticSettings"
CATEGORY = "Microsoft.Insights/diagnosticSettingsCategories"
_SINKS = ("storageAccountId", "workspaceId", "eventHubAuthorizationRuleId", "marketplacePartnerId")


class Setting(Behaviour):
    """A diagnostic setting of a resource or subscription."""

    def check(self, write: Write, /) -> None:
        """Refuse too many settings, none or doubled destinations, and categories that the resource does not have."""
        siblings = [
            one for one in write.store.below(write.parent) if one.kind is write.kind and one.key != write.id.lower()
        ]
        most = table("limits")["diagnostic_settings_per_resource"]["value"]
        if len(siblings) >= most:
            raise error("too_many_settings", scope=write.parent, most=most)
        if not any(write.properties.get(name) for name in _SINKS):
            raise error("setting_without_sink")
        known = categories_of(parsed(write.parent))
        if known is None:
            raise error("setting_unsupported", scope=write.parent)
        _refuse_categories(write, known)
        _refuse_sink(write)
        self._refuse_doubled(write, [one.properties for one in siblings])

    def _refuse_doubled(self, write: Write, siblings: list[Body]) -> None:
        """One category goes to one place once."""
        for name in _SINKS:
            sink = str(write.properties.get(name, "")).lower()
            mine = _enabled(write.properties)
            for other in siblings:
                doubled = mine & _enabled(other)
                if sink and sink == str(other.get(name, "")).lower() and doubled:
                    raise error("setting_doubled", category=sorted(doubled)[0], sink=write.properties[name])


def categories_of(scope: Address) -> dict[str, Any] | None:
    """The categories of logs and metrics at a scope; None where nothing can be set."""
    rows = table("diagnostics")["types"]
    if not scope.parts:
        return None if scope.group else rows["subscription"]
    kind = scope.kind
    return rows.get(kind.type) if kind else None


def _enabled(properties: Body) -> set[str]:
    entries: list[Body] = [*properties.get("logs", ()), *properties.get("metrics", ())]
    return {str(one.get("category") or one.get("categoryGroup")) for one in entries if one["enabled"]}


def _refuse_categories(write: Write, known: dict[str, Any]) -> None:
    logs: list[Body] = write.properties.setdefault("logs", [])
    metrics: list[Body] = write.properties.setdefault("metrics", [])
    for entry in logs:
        named, group = entry.get("category"), entry.get("categoryGroup")
        if bool(named) == bool(group):
            raise error("setting_category_form")
        if named and named not in known["logs"]:
            raise error("category_not_supported", category=named)
        if group and (group not in table("diagnostics")["groups"] or not known.get("groups", True)):
            raise error("category_not_supported", category=group)
    for entry in metrics:
        if entry.get("category") not in known["metrics"]:
            raise error("category_not_supported", category=entry.get("category"))
    for entry in (*logs, *metrics):
        entry.setdefault("retentionPolicy", {"enabled": False, "days": 0})
        if entry["retentionPolicy"]["enabled"] or entry["retentionPolicy"]["days"]:
            raise error("setting_retention")


def _refuse_sink(write: Write) -> None:
    """A storage account as destination lies in the region of the resource, where that has one."""
    account = write.store.get(str(write.properties.get("storageAccountId", "")))
    source = write.store.get(write.parent)
    region = write.store.ancestor(source).location if source else ""
    if account and region not in ("", "global", account.location):
        raise error("setting_region", account=account.id, location=account.location, region=region)


class Category(Behaviour):
    """The categories, which are there to be read."""

    def brought(self, _: World, scope: str, /) -> Iterable[Body]:
        """What can be logged at `scope`."""
        known = categories_of(parsed(scope))
        if known is None:
            raise error("setting_unsupported", scope=scope)
        rows = [(name, "Logs") for name in known["logs"]] + [(name, "Metrics") for name in known["metrics"]]
        above = f"{scope}/providers/{CATEGORY}"
        return [
            {"id": f"{above}/{name}", "name": name, "type": CATEGORY, "properties": {"categoryType": kind}}
            for name, kind in rows
        ]


rules(CATEGORY, Category())
rules(SETTING, Setting())

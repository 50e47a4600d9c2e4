"""Diagnostic settings: which logs of a resource go to the evidence store, and to whoever watches them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import pulumi
from pulumi_azure_native import monitor

from components.azure.data import read
from components.ordering import once_created

NAME = "clover"
"""The name of the site's setting on each resource; a resource has five at most."""


class Source(NamedTuple):
    """What is recorded: a resource by its id, its logs, the name of the setting, and its figures for who watches."""

    target: pulumi.Input[str]
    logs: list[Any]
    called: str = NAME
    figures: Sequence[str] = ()


class Records(NamedTuple):
    """Where records go, by ids: the evidence store that keeps them, and the workspace of the auditor's monitor."""

    store: pulumi.Input[str] | None
    monitor: pulumi.Input[str] | None = None


def everything(target: pulumi.Input[str]) -> Source:
    """All logs of a resource, those of later days included."""
    return Source(target, [{"category_group": "allLogs", "enabled": True}])


def categories(target: pulumi.Input[str], kind: str, called: str = NAME) -> Source:
    """Every category of a kind of resource that has no group standing for all; KeyError for an unknown kind."""
    return Source(target, [{"category": category, "enabled": True} for category in read("logs")[kind]], called)


def record(
    parent: pulumi.Resource,
    name: str,
    source: Source,
    records: Records,
    after: Sequence[pulumi.Resource] = (),
) -> monitor.DiagnosticSetting:
    """Send the logs where records go, once `after` exists; in a workspace each kind has a table of its own.

    https://learn.microsoft.com/azure/azure-monitor/platform/resource-logs (resource-specific mode)
    """
    return monitor.DiagnosticSetting(
        name,
        name=source.called,
        resource_uri=once_created(source.target, after),
        logs=source.logs,
        **_destinations(source, records),
        opts=pulumi.ResourceOptions(parent=parent),
    )


def _destinations(source: Source, records: Records) -> dict[str, Any]:
    """The properties that say where a source's records go."""
    kept = {"storage_account_id": records.store} if records.store is not None else {}
    if records.monitor is None:
        return kept
    figures = [{"category": each, "enabled": True} for each in source.figures]
    watched = {"workspace_id": records.monitor, "log_analytics_destination_type": "Dedicated"}
    return {**kept, **watched, **({"metrics": figures} if figures else {})}

"""Diagnostic settings: which logs of a resource go to the evidence store."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import pulumi
from pulumi_azure_native import monitor

from components.azure.data import read
from components.ordering import once_created

NAME = "clover"
"""The name of the site's setting on each resource; a resource has five at most."""


class Source(NamedTuple):
    """What is recorded: a resource by its id, its logs, and the name of the setting."""

    target: pulumi.Input[str]
    logs: list[Any]
    called: str = NAME


def everything(target: pulumi.Input[str]) -> Source:
    """All logs of a resource, those of later days included."""
    return Source(target, [{"category_group": "allLogs", "enabled": True}])


def categories(target: str, kind: str, called: str = NAME) -> Source:
    """Every category of a kind of resource that has no group standing for all; KeyError for an unknown kind."""
    return Source(target, [{"category": category, "enabled": True} for category in read("logs")[kind]], called)


def record(
    parent: pulumi.Resource,
    name: str,
    source: Source,
    evidence: pulumi.Input[str],
    after: Sequence[pulumi.Resource] = (),
) -> monitor.DiagnosticSetting:
    """Send the logs to the evidence store, once `after` exists."""
    return monitor.DiagnosticSetting(
        name,
        name=source.called,
        resource_uri=once_created(source.target, after),
        storage_account_id=evidence,
        logs=source.logs,
        opts=pulumi.ResourceOptions(parent=parent),
    )

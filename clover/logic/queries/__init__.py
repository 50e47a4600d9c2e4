"""Queries on tables of logs in a part of KQL, the language of Azure Monitor: which rows one finds.

Decided exactly, or not at all: what lies outside of the part is named by `NotRead`. In it are `where`, `project` and
`summarize count()`, comparisons, operators on texts, `in`, and a few functions.
https://learn.microsoft.com/kusto/query/
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from clover.logic.queries.evaluation import found
from clover.logic.queries.language import NotRead, Query, parse

__all__ = ["NotRead", "Query", "parse", "rows"]


def rows(query: str, tables: Mapping[str, Sequence[Mapping[str, Any]]], now: datetime) -> list[dict[str, Any]]:
    """The rows that a query finds in tables of rows at an instant; NotRead for what cannot be decided."""
    return found(parse(query), tables, now)

"""Queries on tables of logs: as KQL's documentation has them, and as a second reading has them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clover.logic.queries import NotRead, rows
from tests.logic.queries.second import finds

NOW = datetime(2026, 11, 24, 10, 5, tzinfo=UTC)
ROW: dict[str, Any] = {
    "Name": "Microsoft.Network/routeTables/write",
    "Code": "403",
    "Size": 4096,
    "Share": 0.5,
    "On": True,
    "Address": "10.48.0.4:16000",
    "Empty": "",
    "Nothing": None,
    "TimeGenerated": "2026-11-24T10:00:00Z",
}


def found(condition: str, row: dict[str, Any] = ROW) -> bool:
    return rows(f"T | where {condition}", {"T": [row]}, NOW) == [row]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ('Name == "microsoft.network/routetables/write"', False),
        ('Name =~ "microsoft.network/routetables/write"', True),
        ('Name !~ "microsoft.network/routetables/write"', False),
        ('Name != "x"', True),
        ('Name startswith "MICROSOFT.NETWORK/"', True),
        ('Name startswith_cs "MICROSOFT.NETWORK/"', False),
        ('Name !startswith "MICROSOFT.NETWORK/"', False),
        ('Name endswith "/WRITE"', True),
        ('Name contains "ROUTE"', True),
        ('Name has "route"', False),  # a term is routeTables
        ('Name has "routetables"', True),
        ('Name !has "routetables"', False),
        ('Name has_cs "routetables"', False),
        ('Code in ("401", "403")', True),
        ('Code !in ("401", "403")', False),
        ('Name in~ ("MICROSOFT.NETWORK/ROUTETABLES/WRITE")', True),
        ("Size > 4095 and Size <= 4096", True),
        ("Size > 4096 or Share < 1", True),
        ("Share == 0.5", True),
        ("Size > -1", True),
        ("On", True),
        ("not(On)", False),
        ('On == false or Size == 4096 and Code == "403"', True),
        ('ipv4_is_in_range(tostring(split(Address, ":")[0]), "10.48.0.0/12")', True),
        ('ipv4_is_in_range("nowhere", "10.48.0.0/12")', False),
        ('not(ipv4_is_in_range("nowhere", "10.48.0.0/12"))', False),  # nothing is not true, and not false either
        ('ipv4_is_in_range("nowhere", "10.48.0.0/12") != true', True),
        ("isempty(Empty) and isempty(Nothing) and isnotempty(Code)", True),
        ("Nothing == Nothing", False),
        ("Nothing != 1", True),
        ("Nothing > 1", False),
        ('tostring(Nothing) == ""', True),
        ('tolower(Name) == "microsoft.network/routetables/write"', True),
        ("TimeGenerated > ago(10m)", True),
        ("TimeGenerated > ago(4m)", False),
        ("TimeGenerated > ago(1d)", True),
        (r'Name != "a \" quoted"', True),
    ],
)
def test_conditions_as_the_documentation_has_them(condition: str, *, expected: bool) -> None:
    assert found(condition) is expected


def test_steps_follow_one_another() -> None:
    tables = {"T": [{"A": "x", "B": 1}, {"A": "x", "B": 2}, {"A": "y", "B": 3}]}
    assert rows("T", tables, NOW) == tables["T"]
    assert rows("T | project A | where A == 'y'", tables, NOW) == [{"A": "y"}]
    assert rows("T | summarize count()", tables, NOW) == [{"count_": 3}]
    assert rows("T | summarize N = count() by A | where N > 1", tables, NOW) == [{"A": "x", "N": 2}]
    assert rows("T | where B > 9 | summarize count()", tables, NOW) == [{"count_": 0}]
    assert rows("T | where B > 9 | summarize count() by A", tables, NOW) == []
    assert rows("Other | where B > 9", tables, NOW) == []


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("T | join U on A", "the operator join is not read"),
        ("T | where Name matches regex 'a'", "matches is not read there"),
        ("T | where strlen(Name) > 3", "the function strlen is not read"),
        ("T | summarize sum(Size)", "the aggregation sum is not read"),
        ("T | where Other == 1", "the column Other is not known"),
        ("T | where Name > 'a'", "an order of texts (>) is not read"),
        ("T | where Name == 1", "is not read"),
        ("T | where Name", "is no condition"),
        ("T | where Name has 'a/b'", "more than one term"),
        ("T | where Name =~ 'é'", "the case of 'é' is not read"),
        ("T | where Name == 'a", "is not read"),
        (r"T | where Name == '\u0041'", r"the escape \u is not read"),
        ("T | where (Size > 1", "the end is not read there"),
        ("T T", "T is not read there"),
        ("T | where isempty()", "isempty of 0 values is not read"),
        ("let x = 1; T", "is not read"),
        ("", "the end is not read there"),
    ],
)
def test_what_is_not_read_is_said_by_name(query: str, told: str) -> None:
    with pytest.raises(NotRead) as refusal:
        rows(query, {"T": [ROW]}, NOW)
    assert told in str(refusal.value)


TEXTS = st.sampled_from(["", "a", "A", "ab", "Ab/c", "b.a", "10.0.0.1", "10.9.0.1", "x a y"])
NUMBERS = st.integers(min_value=-3, max_value=3)
ROWS = st.fixed_dictionaries({"S": TEXTS, "T": TEXTS, "N": NUMBERS, "B": st.booleans()})


def _quoted(text: str) -> str:
    return f'"{text}"'


def _listed(texts: list[str]) -> str:
    return f"({', '.join(map(_quoted, texts))})"


ON_TEXTS = st.tuples(
    st.sampled_from("ST"),
    st.sampled_from(
        ["==", "!=", "=~", "!~", "startswith", "!startswith", "endswith", "contains", "contains_cs", "endswith_cs"]
    ),
    TEXTS.map(_quoted),
).map(" ".join)
TERMS = st.tuples(
    st.just("S"), st.sampled_from(["has", "!has"]), st.sampled_from(["a", "B", "ab", "c"]).map(_quoted)
).map(" ".join)
LISTS = st.tuples(
    st.just("S"), st.sampled_from(["in", "!in", "in~", "!in~"]), st.lists(TEXTS, min_size=1, max_size=3).map(_listed)
).map(" ".join)
ON_NUMBERS = st.tuples(st.just("N"), st.sampled_from(["==", "<", ">=", "!="]), NUMBERS.map(str)).map(" ".join)
ADDRESSES = st.sampled_from(['ipv4_is_in_range(S, "10.0.0.0/16") != true', 'ipv4_is_in_range(T, "10.0.0.0/8") == true'])
PLAIN = st.one_of(ON_TEXTS, TERMS, LISTS, ON_NUMBERS, ADDRESSES, st.just("B"), st.just("isempty(S)"))


def _wider(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    both = st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(" ".join)
    return st.one_of(both, inner.map("({})".format), inner.map("not({})".format))


CONDITIONS = st.recursive(PLAIN, _wider, max_leaves=8)


@given(CONDITIONS, st.lists(ROWS, max_size=4))
def test_a_second_reading_finds_the_same(condition: str, held: list[dict[str, Any]]) -> None:
    query = f"T | where {condition}"
    assert rows(query, {"T": held}, NOW) == finds(query, {"T": held})

"""Event patterns: the documentation's examples, and another implementation on generated ones."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto.events.models import EventPattern

from clover.logic.aws.event_patterns import fits
from tests.soak import soaked

EVENT = {
    "source": "aws.ec2",
    "detail-type": "Instance state",
    "detail": {"state": "running", "count": 5, "tags": ["a", "b"], "flag": False, "none": None, "ip": "10.0.0.7"},
}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ({"source": ["aws.ec2"]}, True),
        ({"source": ["aws.s3"]}, False),
        ({"source": ["aws.ec2"], "detail": {"state": ["stopped"]}}, False),
        ({"detail": {"tags": ["b"]}}, True),
        ({"detail": {"flag": [False]}}, True),
        ({"detail": {"count": [False]}}, False),
        ({"detail": {"none": [None]}}, True),
        ({"detail": {"absent": [{"exists": False}]}}, True),
        ({"detail": {"state": [{"exists": False}]}}, False),
        ({"detail": {"state": [{"prefix": "run"}]}}, True),
        ({"detail": {"state": [{"suffix": "ning"}]}}, True),
        ({"detail": {"state": [{"wildcard": "r*n*g"}]}}, True),
        ({"detail": {"state": [{"wildcard": "*stop*"}]}}, False),
        ({"detail": {"state": [{"equals-ignore-case": "RUNNING"}]}}, True),
        ({"detail": {"state": [{"anything-but": ["running"]}]}}, False),
        ({"detail": {"state": [{"anything-but": {"prefix": "stop"}}]}}, True),
        ({"detail": {"absent": [{"anything-but": ["x"]}]}}, False),
        ({"detail": {"count": [{"numeric": [">", 1, "<=", 5]}]}}, True),
        ({"detail": {"count": [{"numeric": [">", 5]}]}}, False),
        ({"detail": {"ip": [{"cidr": "10.0.0.0/24"}]}}, True),
        ({"$or": [{"source": ["aws.s3"]}, {"detail": {"count": [5]}}]}, True),
    ],
)
def test_documented_patterns(pattern: Any, expected: bool) -> None:
    assert fits(pattern, EVENT) is expected


@pytest.mark.parametrize("pattern", [{"source": "aws.ec2"}, {"source": [{"resembles": "aws"}]}])
def test_what_no_pattern_says_is_refused(pattern: Any) -> None:
    with pytest.raises(ValueError, match="pattern"):
        fits(pattern, EVENT)


WORDS = st.sampled_from(["a", "ab", "b", "ba"])
VALUES = st.one_of(WORDS, st.booleans(), st.integers(0, 3), st.lists(WORDS, min_size=1, max_size=2))
MATCHERS: st.SearchStrategy[Any] = st.one_of(
    WORDS,
    st.integers(0, 3),
    st.fixed_dictionaries({"exists": st.booleans()}),
    st.fixed_dictionaries({"prefix": WORDS}),
    st.fixed_dictionaries({"wildcard": WORDS.map("{}*".format)}),
    st.fixed_dictionaries({"anything-but": st.lists(WORDS, min_size=1, max_size=2)}),
    st.fixed_dictionaries({"numeric": st.tuples(st.just(">="), st.integers(0, 3)).map(list)}),
)
FIELDS = st.sampled_from(["x", "y", "z"])
PATTERNS = st.dictionaries(FIELDS, st.lists(MATCHERS, min_size=1, max_size=2), min_size=1, max_size=2)


@settings(max_examples=soaked(200, 20000), deadline=None)
@given(st.dictionaries(FIELDS, VALUES, max_size=3), PATTERNS)
def test_another_reading_agrees(inner: dict[str, Any], pattern: dict[str, Any]) -> None:
    whole, event = {"detail": pattern}, {"detail": inner}
    flags = any(isinstance(value, bool) for value in inner.values())
    numbers = any(isinstance(each, int) for listed in pattern.values() for each in listed)
    if flags and (numbers or "numeric" in json.dumps(pattern)):
        return  # moto takes a flag for a number
    theirs: Any = EventPattern(json.dumps(whole), whole)
    assert fits(whole, event) == theirs.matches_event(event)

"""The walk to the innermost differences."""

from typing import Any

import pytest

from clover.lab.provider.difference import inside, is_ignored


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({"a": 1}, {"a": 1}, {}),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, {"p.a.b": "update"}),
        ({"a": [1, 2]}, {"a": [1, 3]}, {"p.a[1]": "update"}),
        ({"a": [1]}, {"a": [1, 3]}, {"p.a": "update"}),
        ({}, {"a b": 1}, {'p["a b"]': "add"}),
        ({"a": 1}, {}, {"p.a": "delete"}),
        ({"a": []}, {}, {"p.a": "delete"}),
        ({"a": ""}, {"a": "x"}, {"p.a": "add"}),
    ],
)
def test_the_innermost_paths_are_named_with_how_they_differ(before: Any, after: Any, found: dict[str, str]) -> None:
    assert dict(inside("p", before, after, lambda one, other: one == other)) == found


def test_a_path_is_ignored_with_what_is_around_it() -> None:
    assert is_ignored("tags.site", ["tags"])
    assert is_ignored("rules[0].name", ["rules"])
    assert not is_ignored("tagsAll", ["tags"])

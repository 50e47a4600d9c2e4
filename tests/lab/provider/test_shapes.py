"""Values against types, whichever cloud they are for."""

from typing import Any

import pytest

from clover.lab.provider.shapes import Findings, choices, shaped

OBJECTS: dict[str, Any] = {
    "a.Cat": {"inputs": {"kind": "=cat", "lives": "integer"}, "required": ["kind"]},
    "a.Dog": {"inputs": {"kind": "=dog", "name": "string"}, "required": ["kind"]},
    "a.Level": {"values": ["High", "Low"]},
    "=cat": {"values": ["cat"]},
    "=dog": {"values": ["dog"]},
}


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        ("string", ["string"]),
        ("[a.Cat|a.Dog]", ["[a.Cat|a.Dog]"]),
        ("string|[a.Cat|a.Dog]|{x|y}", ["string", "[a.Cat|a.Dog]", "{x|y}"]),
    ],
)
def test_a_choice_is_parted_outside_of_lists_and_maps(kind: str, parts: list[str]) -> None:
    assert choices(kind) == parts


def problems(value: Any, kind: str, *, exact: bool = True) -> list[tuple[str, str]]:
    findings = Findings(OBJECTS, exact)
    shaped(value, kind, "at", findings)
    return findings.problems


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ([{"kind": "cat", "lives": 9}, {"kind": "dog", "name": "Rex"}], "[a.Cat|a.Dog]"),
        ("High", "a.Level"),
        ("High, Low", "a.Level"),
        (1, "integer"),
        (1.5, "number"),
        (True, "boolean"),
    ],
)
def test_what_fits_passes(value: Any, kind: str) -> None:
    assert problems(value, kind) == []


@pytest.mark.parametrize(
    ("value", "kind", "said"),
    [
        ("Hihg", "a.Level", [("at", "must be one of High, Low; did you mean High?")]),
        ("High, Medium", "a.Level", [("at", "must be one of High, Low")]),
        (1, "a.Level", [("at", "must be text, is a number")]),
        ("1", "integer", [("at", "must be a whole number, is text")]),
        (True, "integer", [("at", "must be a whole number, is a truth value")]),
        (1, "string", [("at", "must be text, is a number")]),
        ("true", "boolean", [("at", "must be true or false, is text")]),
        ([{"kind": "cow"}], "[a.Cat]", [("at[0].kind", "must be one of cat")]),
    ],
)
def test_what_does_not_fit_is_said_where_it_is(value: Any, kind: str, said: list[tuple[str, str]]) -> None:
    assert problems(value, kind) == said


def test_text_may_stand_for_a_number_where_the_real_provider_takes_it() -> None:
    assert problems("1", "integer", exact=False) == []
    assert problems("true", "boolean", exact=False) == []

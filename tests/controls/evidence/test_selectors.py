"""Event selectors, evaluated over kinds of events, agree with events picked at random."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from clover.controls.evidence.selectors import advanced, kinds, selects, unrecorded

BUCKET = "arn:p:s3:::b/"
TEXTS = {
    "resources.ARN": st.sampled_from([BUCKET, f"{BUCKET}x/", f"{BUCKET}x/y", "arn:p:s3:::b", "arn:p:s3:::c/"]),
    "eventName": st.sampled_from(["GetObject", "PutObject", "Get", "Object"]),
    "userIdentity.arn": st.sampled_from(["arn:p:iam::1:user/u", "arn:p:iam::1:"]),
}
OPERATORS = st.sampled_from(["equals", "startsWiths", "endsWiths", "notEquals", "notStartsWiths", "notEndsWiths"])


@st.composite
def fields(draw: st.DrawFn) -> dict[str, Any]:
    name = draw(st.sampled_from(sorted(TEXTS)))
    operators = draw(st.lists(OPERATORS, min_size=1, max_size=2, unique=True))
    return {"field": name, **{operator: draw(st.lists(TEXTS[name], min_size=1, max_size=2)) for operator in operators}}


SELECTORS = st.lists(st.fixed_dictionaries({"fieldSelectors": st.lists(fields(), max_size=2)}), max_size=3)
EVENTS = st.fixed_dictionaries(
    {
        "resources.ARN": st.sampled_from(["x/y", "x/", "z", "x/yz", "q/x/"]).map(lambda end: BUCKET + end),
        "eventName": st.sampled_from(["GetObject", "PutObject", "DeleteObject", "GetAnyObject"]),
        "userIdentity.arn": st.sampled_from(["arn:p:iam::1:user/u", "arn:p:iam::2:user/v"]),
    }
)


@given(SELECTORS, EVENTS)
def test_where_every_kind_is_recorded_every_event_is(selectors: list[dict[str, Any]], event: dict[str, str]):
    given_fields = {"resources.ARN": (f"{BUCKET}*",), "eventName": ("GetObject", "*"), "userIdentity.arn": ("*",)}
    missed = unrecorded(selectors, kinds(selectors, given_fields))
    if missed is None:
        assert any(selects(selector, event) for selector in selectors)
    else:
        assert missed["resources.ARN"].startswith(BUCKET)
        assert not any(selects(selector, missed) for selector in selectors)


def test_alternatives_within_a_field_and_all_fields_together():
    selector = {
        "fieldSelectors": [
            {"field": "eventName", "equals": ["A"], "startsWiths": ["B"], "notEndsWiths": ["x"]},
            {"field": "readOnly", "equals": ["true"]},
        ]
    }
    assert selects(selector, {"eventName": "A", "readOnly": "true"})
    assert selects(selector, {"eventName": "Bc", "readOnly": "true"})
    assert not selects(selector, {"eventName": "Bx", "readOnly": "true"})
    assert not selects(selector, {"eventName": "A", "readOnly": "false"})
    assert not selects(selector, {"eventName": "A"})


def test_basic_selectors_record_keys_unless_they_are_left_out():
    event = {"eventCategory": "Management", "eventSource": "kms.amazonaws.com", "readOnly": "true"}
    assert any(selects(selector, event) for selector in advanced([]))
    left_out = [{"excludeManagementEventSources": ["kms.amazonaws.com"]}]
    assert not any(selects(selector, event) for selector in advanced(left_out))

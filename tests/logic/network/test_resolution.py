"""What a resolver answers for, as masks of names, is what each rule in turn says of one name."""

from hypothesis import given
from hypothesis import strategies as st

from clover.logic.network.names import exactly
from clover.logic.network.resolution import NameRule, answered, answers_plainly, classes_for, listed

NAMES = st.lists(st.sampled_from(["a", "b", "example"]), min_size=1, max_size=3).map(".".join)
DOMAINS = st.one_of(NAMES, NAMES.map("*.{}".format), st.just("*"))
RULES = st.builds(
    NameRule,
    st.booleans(),
    st.lists(DOMAINS.map(listed), min_size=1, max_size=2).map(tuple),
    st.just("rule"),
    st.just(""),
    st.booleans(),
)


@given(st.lists(RULES, max_size=4), NAMES)
def test_a_name_is_answered_where_a_mask_of_what_is_answered_has_it(rules: list[NameRule], name: str):
    classes = classes_for(rules, [exactly(name)])
    mask = classes.masks[exactly(name)]
    assert any(found & mask for found, _ in answered(rules, classes)) == answers_plainly(rules, name)


@given(st.lists(RULES, max_size=4))
def test_every_witness_of_what_is_answered_is_answered(rules: list[NameRule]):
    classes = classes_for(rules, ())
    for mask, _ in answered(rules, classes):
        name = classes.witness(mask)
        assert name is not None
        assert answers_plainly(rules, name)


def test_a_star_stands_for_whatever_comes_before():
    assert listed("*").fits("any.name")
    assert listed("*.Example.").fits("a.b.example")
    assert not listed("*.example").fits("example")

"""The YAML reader: a small plain subset, everything else refused with its place."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clover.errors import BadInput
from clover.zones.document import DEPTH_LIMIT, SIZE_LIMIT, Document, read_document

VISIBLE = st.text(alphabet=st.characters(exclude_categories=["C", "Z"]), max_size=20)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | VISIBLE,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(VISIBLE, inner, max_size=4),
    max_leaves=20,
).filter(lambda data: json.dumps(data).count("[") + json.dumps(data).count("{") < DEPTH_LIMIT)


def refusal(source: str | bytes | Path) -> BadInput:
    with pytest.raises(BadInput) as caught:
        read_document(source, "some.yaml")
    return caught.value


def read_or_refuse(source: str | bytes) -> Document | BadInput:
    """The document, or the refusal after a check of its form."""
    try:
        return read_document(source, "some.yaml")
    except BadInput as error:
        assert "\n" not in str(error)
        assert str(error).startswith("some.yaml")
        return error


def test_scalars_are_those_of_yaml_1_2() -> None:
    text = "[NO, yes, 010, 1_0, 12:30, 2026-10-01, 0x1F, ~, null, true, 7, -3, 1.5, '7', \"x\", .inf]"
    expected = ["NO", "yes", 10, "1_0", "12:30", "2026-10-01", "0x1F", None, None, True, 7, -3, 1.5, "7", "x", ".inf"]
    assert read_document(text, "some.yaml").data == expected


def test_places_are_those_of_keys_and_items() -> None:
    document = read_document("a:\n  b: [1, 2]\n  c:\n    - d: 3\n", "some.yaml")
    assert str(document.place("a")) == "some.yaml:1:1"
    assert str(document.place("$.a.b[1]")) == "some.yaml:2:10"
    assert str(document.place(("a", "c", 0, "d"))) == "some.yaml:4:7"


def test_the_place_of_a_missing_path_is_that_of_its_container() -> None:
    document = read_document("a:\n  b: [1, 2]\n", "some.yaml")
    assert str(document.place("a.b[7].x")) == "some.yaml:2:3"
    assert document.place("nothing").line == 1


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a: 1\nb: 2\na: 3\n", "3:1", "'a' stands twice"),
        ("a: {b: 1, b: 2}", "1:11", "'b' stands twice"),
        ("a: &x 1\nb: 2\n", "1:4", "anchors"),
        ("a: *x\n", "1:4", "anchors"),
        ("a: !!str 1\n", "1:4", "tag"),
        ("a: !!python/object/apply:os.system [ls]\n", "1:4", "tag"),
        ("a: 1\n---\nb: 2\n", "2:1", "more than one document"),
        ("", "1:1", "empty"),
        ("# only a comment\n", "2:1", "empty"),
        ("1: a\n", "1:1", "key must be text"),
        ("? [a]\n: b\n", "1:3", "key must be text"),
        ("a: [1, 2\n", "2:1", "not YAML"),
        ("a: b: c\n", "1:5", "not YAML"),
        ("a: x\u202ey\n", "1:5", "U+202E"),
        ("a: 1 # x\u200b\n", "1:9", "U+200B"),
        ("a: x\x00\n", "1:5", "U+0000"),
        ("\ufeffa: 1\n", "1:1", "U+FEFF"),
        ("b: 1\na: x\u2028y\n", "2:5", "U+2028"),
        (f"a: {'[' * (DEPTH_LIMIT + 1)}", f"1:{DEPTH_LIMIT + 4}", "nested deeper"),
    ],
)
def test_what_is_not_plain_is_refused_at_its_place(text: str, place: str, words: str) -> None:
    error = refusal(text)
    assert str(error).startswith(f"some.yaml:{place}: ")
    assert words in error.message


def test_bytes_that_are_not_utf_8_are_refused_where_they_begin() -> None:
    assert str(refusal(b"a: 1\nb: \xff\n")) == "some.yaml:2:4: not UTF-8 text"


def test_an_alias_bomb_is_refused_at_its_first_anchor() -> None:
    layers = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 9)]
    assert str(refusal("\n".join(["l0: &l0 [x]", *layers]))).startswith("some.yaml:1:5: anchors and aliases")


def test_the_size_limit_is_exact() -> None:
    comment = "a: 1 #"
    assert read_document(comment.ljust(SIZE_LIMIT, "x"), "some.yaml").data == {"a": 1}
    assert str(refusal(comment.ljust(SIZE_LIMIT + 1, "x"))) == "some.yaml: larger than 64 KiB"


def test_a_file_is_read_no_further_than_the_limit(tmp_path: Path) -> None:
    file = tmp_path / "large.yaml"
    file.write_bytes(b"#" * (10 * SIZE_LIMIT))
    assert str(refusal(file)) == "some.yaml: larger than 64 KiB"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    assert str(refusal(tmp_path / "none.yaml")) == "some.yaml: cannot be read: No such file or directory"
    assert str(refusal(tmp_path)) == "some.yaml: cannot be read: Is a directory"
    assert str(refusal(Path("nul\0"))) == "some.yaml: cannot be read: not a path"


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    read_or_refuse(raw)


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    read_or_refuse(text)


@given(st.text(alphabet="ab:-[]{}&*!|>'\"#%@,?~ \n\t0.", max_size=80))
def test_any_yaml_like_text_is_read_or_refused(text: str) -> None:
    read_or_refuse(text)


@given(PLAIN)
def test_plain_data_comes_back_as_it_was_written(data: Any) -> None:
    assert read_document(json.dumps(data, ensure_ascii=False), "some.yaml").data == data

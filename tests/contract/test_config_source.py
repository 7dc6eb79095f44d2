"""The text of config.yaml (fault 36): plain YAML 1.2 data with its lines, or a refusal that names the line."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from hub.contract.config.source import SourceError, read, scalar

BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (BOMB, 1, "anchors"),
        ("a: 1\nb: *a\n", 2, "aliases"),
        ("a: 1\nb: !!python/object/apply:os.system [x]\n", 2, "the tag !!python/object/apply:os.system is not used"),
        ("a: !!str 1\n", 1, "the tag !!str"),
        ("a: !secret b\n", 1, "the tag !secret"),
        ("!!map {a: 1}\n", 1, "the tag !!map"),
        ("a: 1\nb: 2\na: 3\n", 3, "a stands twice, first on line 1"),
        ("a:\n  b: 1\n  b: 1\n", 3, "a.b stands twice, first on line 2"),
        ("a: 1\n<<: {b: 1}\n", 2, "merge keys"),
        ("? [a]\n: 1\n", 1, "a key here must be a single word"),
        ("&x a: 1\n", 1, "anchors"),
        ("a: 1\n---\nb: 1\n", 2, "a second document"),
        ("a:\n\tb: 1\n", 2, "a tab"),
        ("a: b: c\n", 1, "a colon too many"),
        ("a: [1, 2\nb: 3\n", 2, "this is not YAML"),
        ("a: 'open\n", 2, "this is not YAML"),
        ("a: 1\nb: \x07\n", 2, "a control character"),
        ("[" * 100_000, 1, "more than 32 levels deep"),
        ("{a: " * 50_000, 1, "more than 32 levels deep"),
        ("".join(" " * depth + "a:\n" for depth in range(100)), 34, "more than 32 levels deep"),
        ("# " + "x" * 256_000, 1, "256000 are the most"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_refused_names_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(SourceError, match=re.escape(words)) as caught:
        read(text.encode())
    assert caught.value.line == line


def test_bytes_that_are_not_utf8_name_their_line() -> None:
    with pytest.raises(SourceError, match="UTF-8") as caught:
        read(b"a: 1\nb: \xff\n")
    assert caught.value.line == 2


@pytest.mark.parametrize(
    "word", ["NO", "no", "yes", "On", "off", "y", "12:30", "12:30:45", "2026-11-22", "1_000", "=", "0b1"]
)
def test_what_other_readers_convert_stays_a_text(word: str) -> None:
    assert scalar(word) == word


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("60", 60),
        ("-7", -7),
        ("+1", 1),
        ("010", 10),
        ("0o10", 8),
        ("0x1F", 31),
        ("0.5", 0.5),
        (".5", 0.5),
        ("5.", 5.0),
        ("1e3", 1000.0),
    ],
)
def test_the_core_scalars(word: str, value: object) -> None:
    found = scalar(word)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("word", [".inf", "-.INF", ".nan", "1e400", "9" * 5000])
def test_a_number_that_cannot_be_meant_is_a_problem_of_its_key(word: str) -> None:
    (problem,) = read(f"a:\n  b: {word}\n".encode()).problems
    assert problem.keys == ("a", "b")


def test_nothing_where_a_value_belongs_is_a_problem_of_its_key() -> None:
    assert [problem.keys for problem in read(b"a:\nb: [1, ~]\nc: ''\n").problems] == [("a",), ("b", 1)]


def test_every_part_knows_its_line() -> None:
    source = read(b"a: 1\n\nb:\n  - x\n  - {c: 1,\n     d: 2}\n")
    assert source.data == {"a": 1, "b": ["x", {"c": 1, "d": 2}]}
    assert [source.line(keys) for keys in [("a",), ("b",), ("b", 0), ("b", 1), ("b", 1, "d")]] == [1, 3, 4, 5, 6]
    assert source.line(("b", 1, "missing", "further")) == 5


TEXTS = st.text(max_size=10)
VALUES = st.recursive(
    st.booleans() | st.integers(-(10**9), 10**9) | st.floats(-1e6, 1e6).map(lambda value: round(value, 3)) | TEXTS,
    lambda inner: st.lists(inner, min_size=1) | st.dictionaries(st.text("abc", min_size=1), inner, min_size=1),
    max_leaves=10,
)


def quoted(value: object) -> str:
    """`value` as flow YAML, texts in double quotes."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {quoted(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(quoted, value)) + "]"
    if isinstance(value, str):
        return '"' + "".join(f"\\U{ord(character):08x}" for character in value) + '"'
    return str(value)


@given(st.dictionaries(st.text("abc", min_size=1), VALUES, min_size=1))
def test_data_comes_back_as_it_was_written(data: dict[str, object]) -> None:
    source = read(quoted(data).encode())
    assert (source.data, source.problems) == (data, [])


@given(st.text(alphabet="ab:-?[]{},&*!|>'\"%@`#~ \n\t\\0.1") | st.text())
@example("- a\n -b")
@example("a: |\n b\n")
@example("%YAML 1.1\n---\na: yes")
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read(text.encode("utf-8", "replace"))
    except SourceError as error:
        assert error.line >= 1  # noqa: PT017 - the other way out is no error at all


def keyed_by_words(data: object) -> bool:
    """Whether all keys are words, as they always are here: where YAML finds a number, `1: a` has the key "1"."""
    if isinstance(data, dict):
        return all(isinstance(key, str) and keyed_by_words(inner) for key, inner in data.items())
    return not isinstance(data, list) or all(map(keyed_by_words, data))


@given(st.text(alphabet="ac:-[]{},\"' \n01.", max_size=30))
@example("1: a")
@example(": 0")
def test_what_is_read_is_what_yaml_says(text: str) -> None:
    try:
        source = read(text.encode())
        theirs = YAML(typ="safe", pure=True).load(text)
    except (SourceError, YAMLError):
        return
    if not source.problems and keyed_by_words(theirs):
        assert repr(source.data) == repr(theirs)

import pytest
from skolemerke_forms.located import read_text
from skolemerke_forms.translations import mark_of, marked, sources_of, translations_in
from support.a_form import form_of, question

OPTIONS = [{"value": "x", "label": "X"}, {"value": "y", "label": "Y"}]
FORM = form_of(
    question("a", "choice", options=OPTIONS, help="Why"),
    question("b", "scale", scale="steps", descriptors={"none": "Nothing at all"}),
)
PARTS = {found.id: found for found in FORM.questions()}
TEXTS = """\
# Kept as it is
language: nb
texts:
  a: {label: Hvorfor, options: {x: Ikks}}   # and this

  b: {descriptors: {none: Ingenting}}
# the end
"""


def states(text: str) -> dict[str, str]:
    sources = {(name, field, key): said for name, part in PARTS.items() for field, key, said in sources_of(part)}
    found = translations_in(read_text(text, "nb.yaml"))
    return {f"{one.part}.{one.field}.{one.key}": one.state(sources[one.part, one.field, one.key]) for one in found}


def test_the_texts_of_a_part_are_its_fields_its_keyed_texts_and_its_items() -> None:
    assert list(sources_of(PARTS["a"])) == [
        ("label", "", "Label of a"),
        ("help", "", "Why"),
        ("options", "x", "X"),
        ("options", "y", "Y"),
    ]
    assert list(sources_of(PARTS["b"])) == [("label", "", "Label of b"), ("descriptors", "none", "Nothing at all")]


def test_a_mark_changes_with_a_word_and_not_with_the_breaking_of_lines() -> None:
    assert mark_of("One text") == mark_of("One\n  text ")
    assert mark_of("One text") != mark_of("one text")
    assert len(mark_of("")) == 8


def test_texts_are_marked_with_what_they_translate_and_nothing_else_is_touched() -> None:
    made = marked(TEXTS, read_text(TEXTS, "nb.yaml"), PARTS, set())
    assert made.startswith(TEXTS)
    assert set(states(TEXTS).values()) == {"unmarked"}
    assert states(made) == {"a.label.": "current", "a.options.x": "current", "b.descriptors.none": "current"}
    assert marked(made, read_text(made, "nb.yaml"), PARTS, set()) == made


def test_a_text_whose_source_changed_is_stale_until_its_part_is_marked_again() -> None:
    made = marked(TEXTS, read_text(TEXTS, "nb.yaml"), PARTS, set())
    for source in ("Label of a", "Nothing at all"):
        made = made.replace(mark_of(source), "00000000")
    assert states(made) == {"a.label.": "stale", "a.options.x": "current", "b.descriptors.none": "stale"}
    again = marked(made, read_text(made, "nb.yaml"), PARTS, {"a"})
    assert states(again) == {"a.label.": "current", "a.options.x": "current", "b.descriptors.none": "stale"}


@pytest.mark.parametrize(
    "text",
    [
        TEXTS.replace("\n", "\r\n"),
        "translates:\n  a: {label: 00000000}\n\n# a comment\n" + TEXTS,
        "translates:\n  nobody: {label: 00000000}\nlanguage: nb\n" + TEXTS.replace("language: nb\n", ""),
        TEXTS.rstrip("\n"),
        TEXTS.replace("a:", '"a":'),
    ],
)
def test_the_block_is_written_where_it_stands_with_the_lines_of_the_file(text: str) -> None:
    made = marked(text, read_text(text, "nb.yaml"), PARTS, set())
    assert set(states(made).values()) == {"current"}
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        line for line in made.splitlines() if line.startswith("#")
    ]
    assert ("\r\n" in made) == ("\r\n" in text)
    assert marked(made, read_text(made, "nb.yaml"), PARTS, set()) == made

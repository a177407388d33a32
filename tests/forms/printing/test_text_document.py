"""A blank form as a text document: headings, lists and lines that a word processor understands."""

from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from docx import Document
from skolemerke_forms.printing import Frame, blank_paper, docx_of
from support.a_form import form_of, question

OPTIONS = [{"value": "pupils", "label": "Pupils"}, {"value": "parents", "label": "Parents"}]


def opened(made: bytes) -> Any:
    return Document(BytesIO(made))


def made(language: str = "nb") -> Any:
    form = form_of(question("a", "long_text", max_words=30), question("b", "choices", options=OPTIONS))
    return opened(docx_of(blank_paper(form, Frame(language, "Runden", "Solbakken"))))


def test_headings_lists_and_lines_are_what_they_look_like() -> None:
    found = [(paragraph.style.name, paragraph.text) for paragraph in made().paragraphs]
    assert found[:9] == [
        ("Title", "A small form"),
        ("Heading 1", "Work"),
        ("Heading 2", "Label of a"),
        ("Normal", "At most 30 words."),
        ("Normal", "\t"),
        ("Normal", "\t"),
        ("Normal", "\t"),
        ("Heading 2", "Label of b"),
        ("Normal", "Choose as many as apply."),
    ]
    assert found[9:11] == [("List", "☐ Pupils"), ("List", "☐ Parents")]


def test_it_has_a_title_a_language_and_nobody_as_author_and_no_tables() -> None:
    document = made("nn")
    properties = document.core_properties
    assert (properties.title, properties.language, properties.author, properties.comments) == (
        "A small form",
        "nn",
        "",
        "",
    )
    assert 'w:lang w:val="nn"' in document.styles.element.xml
    assert document.tables == []


def test_a_language_from_the_right_turns_its_paragraphs() -> None:
    form = form_of(question("a", "short_text", label="مرحبا"))
    document = opened(docx_of(blank_paper(form, Frame("ar"))))
    assert "<w:bidi/>" in document.element.xml
    assert "<w:rtl/>" in document.element.xml


@pytest.mark.parametrize(
    "text", ["<w:p/>&amp;", "{{7*7}}", "a\x00b\x0bc", "\ufffe\uffff", "\U0001f600" * 500, "\u202e"]
)
def test_hostile_texts_are_text(text: str) -> None:
    form = form_of(question("a", "short_text", label=text), title=text)
    document = opened(docx_of(blank_paper(form, Frame("nb", text, text, ((text, text),)))))
    if text.startswith(("<", "{")):
        assert document.paragraphs[0].text == text


def test_the_same_form_gives_the_same_document_whenever_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    paper = blank_paper(form_of(question("a", "short_text")), Frame("nb"))
    first = docx_of(paper)
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    assert docx_of(paper) == first
    with ZipFile(BytesIO(first)) as archive:
        assert {part.date_time for part in archive.infolist()} == {(2000, 1, 1, 0, 0, 0)}

"""A printed form is an accessible PDF, whatever its texts and answers say."""

import re
from typing import Any

import pytest
import typst
from skolemerke_forms.answers import AnswerSet
from skolemerke_forms.definition import Form
from skolemerke_forms.printing import Filling, Frame, Paper, blank_paper, filled_paper, pdf_of, signing_paper
from skolemerke_forms.printing import pdf as maker
from support.a_form import form_of, question
from support.pdf_text import words_of

FRAME = Frame("nb", "Runden 2021–2022", "Solbakken skole", (("Skole", "Solbakken skole"),), "Kvittering 1")
HOSTILE = {
    "code": '#eval("1 + 1") #sys.inputs #read("/etc/passwd")',
    "template": "{{7*7}} {% raw %}",
    "math": "$x^2$ \\ \\u{41} \\n",
    "markup": "*bold* _it_ `raw` = heading\n- list\n/ term: x\n@ref <label> ~ -- ...",
    "html": "<script>alert(1)</script>",
    "turned": "abc\u202edef\u2066ghi",
    "nul": "a\x00b\x07c",
    "surrogate": "a\ud800b",
    "emoji": "\U0001f600" * 10_000,
    "family": "👨‍👩‍👧‍👦🇳🇴",
    "one long word": "x" * 20_000,
    "many words": "ord " * 5_000,
    "arabic": "مرحبا بالعالم 123 abc",
    "undrawn": "\U0010fffd\ue000\u0378\ufdd0\ufffe\uffff",
    "marks": "\u0301 e\u0301\u0301",
    "only marks": "\u200d\u200b\xad",
    "breaks": "one\r\ntwo\x0b\x0c\x85\u2028three\n\n\nfour",
}


def one_question(**more: Any) -> Form:
    return form_of(question("a", "long_text", **more))


def filled(form: Form, **raw: Any) -> Paper:
    reading = AnswerSet.model_construct(raw=raw, evidence={}, known=AnswerSet().known).under(form)
    return filled_paper(form, reading, Filling({"a": ["https://example.org/a", "plan.pdf"]}, "yes"), FRAME)


@pytest.mark.parametrize("language", ["nb", "en", "el", "ar"])
def test_a_paper_says_that_it_is_tagged_its_title_and_its_language(language: str) -> None:
    form = one_question().model_copy(update={"title": "Egenvurdering"})
    made = pdf_of(blank_paper(form, Frame(language)))
    assert made.startswith(b"%PDF-")
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made
    assert f"/Lang({language})".encode() in made
    assert b"/MarkInfo" in made
    assert b"/StructTreeRoot" in made
    assert b"/DisplayDocTitle true" in made
    assert b"Egenvurdering" in made


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_answer_is_set_as_text(name: str) -> None:
    made = pdf_of(filled(one_question(), a=HOSTILE[name]))
    assert made.startswith(b"%PDF-")


@pytest.mark.parametrize("name", sorted(set(HOSTILE) - {"surrogate"}))
def test_a_hostile_definition_is_set_as_text_blank_and_filled(name: str) -> None:
    text = HOSTILE[name][:300]
    statement = {"text": text}
    form = form_of(
        question("a", "long_text", label=text, help=text, example=text),
        question("b", "choice", options=[{"value": "x", "label": text}, {"value": "y", "label": "Y"}]),
        title=text,
        introduction=text,
        declaration=statement,
        consent=statement,
    )
    frame = Frame("nb", text, text, ((text, text),), text)
    assert pdf_of(blank_paper(form, frame)).startswith(b"%PDF-")
    assert pdf_of(filled(form, a=text, b="x")).startswith(b"%PDF-")


ANSWERS = [
    '#eval("6 * 7") {{7*7}} $x^2$ *bold* \\n <script>alert(1)</script>',
    '#import "/etc/passwd": * #include "form.typ" #read("/etc/passwd")',
    "#set page(fill: red) #show: none #pagebreak() #h(1fr) #sys.version",
    "$ 6 * 7 = integral_0^1 $ \\ \\u{41} \\#",
    "] #panic() [ // comment /* more */ ~ @label <label> `raw` = Heading",
    "{x.__class__} %(x)s ${6*7} {% raw %}",
]


@pytest.mark.parametrize("answer", ANSWERS)
def test_texts_are_shown_letter_by_letter_and_nothing_in_them_is_done(answer: str) -> None:
    form = form_of(question("a", "long_text", label=answer), title=answer)
    said = words_of(pdf_of(filled(form, a=answer)))
    # The title, the question and the answer, each of them as it was written.
    assert "".join(said.split()).count("".join(answer.split())) == 3
    assert "42" not in said


def test_the_twin_a_text_that_reaches_the_typesetter_as_source_is_worked_out() -> None:
    assert words_of(typst.compile(b'#eval("6 * 7") \\u{41} $6*7$')).startswith("42 A")


def test_what_no_font_can_draw_stands_as_its_number_and_is_told() -> None:
    said = words_of(pdf_of(filled(one_question(), a="before \U0010fffd after")))
    assert "before [U+10FFFD] after" in said
    assert "The fonts of this server lack some characters" in said


def test_without_the_replacement_the_typesetter_refuses_such_a_character() -> None:
    paper = filled(one_question(), a="\U0010fffd")
    with pytest.raises(typst.TypstError, match="could not be displayed"):
        maker._compiled(maker._data(paper, set(), str))


def test_a_label_without_words_is_a_dash_in_the_headings() -> None:
    form = one_question(label="  ").model_copy(update={"title": " "})
    assert pdf_of(blank_paper(form, Frame("nb"))).startswith(b"%PDF-")


def test_the_same_paper_gives_the_same_bytes() -> None:
    paper = blank_paper(one_question(), FRAME)
    assert pdf_of(paper) == pdf_of(paper)


def test_the_declaration_alone_has_places_to_sign() -> None:
    said = words_of(pdf_of(signing_paper(one_question(), FRAME)))
    assert re.search(r"Declaration of the principal.*I sign\. Name Principal or deputy principal Place and date", said)

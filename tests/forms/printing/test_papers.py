"""What stands on a printed form, block by block, before it is set."""

from typing import Any

import pytest
from skolemerke_forms.answers import AnswerSet
from skolemerke_forms.condition_words import condition_in_words
from skolemerke_forms.conditions import Condition
from skolemerke_forms.definition import Form
from skolemerke_forms.printing import Filling, Frame, blank_paper, filled_paper
from skolemerke_forms.printing.paper import Paper, direction, printable
from skolemerke_forms.wording import Text
from support.a_form import form_of, question

FRAME = Frame("en")
IF_YES = {"question": "first", "is": "yes"}
OPTIONS = [{"value": "pupils", "label": "Pupils"}, {"value": "parents", "label": "Parents"}]
ROWS = [{"value": "rules", "label": "We have rules"}]
FIRST = question("first", "yes_no")


def said(paper: Paper) -> list[str]:
    """The blocks in short: kind and texts."""
    return [_short(block) for block in paper.blocks]


def _short(block: dict[str, Any]) -> str:
    kind = block["kind"]
    texts = [one["text"] for one in block.get("lines", ())] if isinstance(block.get("lines"), list) else []
    texts += [block[key]["text"] for key in ("text", "label") if key in block and block[key]["text"]]
    texts += [f"{item['label']['text']}" if "label" in item else item["text"] for item in block.get("items", ())]
    count = f" ({block['lines']})" if isinstance(block.get("lines"), int) else ""
    return f"{kind}: {' / '.join(texts)}{count}"


def questions_of(paper: Paper) -> list[str]:
    """The blocks of the section, without those of consent and declaration."""
    found = said(paper)
    return found[found.index("heading: Work") + 1 : found.index("heading: List of schools")]


@pytest.mark.parametrize(
    ("type", "more", "blocks"),
    [
        ("short_text", {}, ["writing:  (1)"]),
        ("long_text", {"max_words": 120}, ["paragraphs: At most 120 words.", "writing:  (10)"]),
        ("long_text", {"min_words": 5, "max_words": 10}, ["paragraphs: From 5 to 10 words.", "writing:  (3)"]),
        ("number", {"minimum": 3}, ["paragraphs: A number, at least 3", "writing:  (1)"]),
        ("date", {"required": True}, ["paragraphs: Must be answered. Day, month and year", "writing:  (1)"]),
        ("choice", {"options": OPTIONS}, ["paragraphs: Choose one.", "options: Pupils / Parents"]),
        ("choices", {"options": OPTIONS}, ["paragraphs: Choose as many as apply.", "options: Pupils / Parents"]),
        (
            "matrix",
            {"scale": "steps", "rows": ROWS, "may_not_apply": True},
            [
                "paragraphs: Choose one in each row.",
                "heading: We have rules",
                "options: Not yet / Started / The whole school / Does not apply",
            ],
        ),
        (
            "group",
            {"at_most": 1, "columns": [question("c", "short_text"), question("d", "yes_no")]},
            ["heading: No. 1", "writing: Label of c (1)", "paragraphs: Label of d", "options: Yes / No"],
        ),
        (
            "file",
            {},
            ["paragraphs: Add one file or link as evidence.", "writing: Files or links, one on each line (1)"],
        ),
        ("declaration", {"statement": "We will."}, ["declared: We will.", "options: I confirm this"]),
        ("computed", {"value": "1.0"}, ["paragraphs: Worked out from the answers before it."]),
        ("short_text", {"prefill": "school.name", "read_only": True}, ["paragraphs: Taken from the registry."]),
        (
            "short_text",
            {"help": "Think.", "example": "Like this.", "when": IF_YES},
            [
                "paragraphs: Only if “Label of first” is “Yes”.",
                "paragraphs: Think.",
                "paragraphs: Example: Like this.",
                "writing:  (1)",
            ],
        ),
    ],
)
def test_a_blank_question_says_what_is_asked_and_has_room(type: str, more: dict[str, Any], blocks: list[str]) -> None:
    paper = blank_paper(form_of(FIRST, question("a", type, **more)), FRAME)
    assert questions_of(paper)[3:] == ["heading: Label of a", *blocks]


def test_a_requirement_stands_once_over_its_questions_with_its_state() -> None:
    requirement = {"id": "rules", "letter": "A", "label": "Rules", "state": "optional"}
    asked = [question(name, "yes_no", requirement="rules") for name in "ab"]
    found = said(blank_paper(form_of(*asked, requirements=[requirement]), FRAME))
    assert [one for one in found if one.startswith("tag")] == ["tag: Requirement A: Rules (optional)"]


def test_a_filled_form_leaves_out_what_is_not_shown_and_says_what_is_open() -> None:
    hidden = question("hidden", "short_text", when={"question": "first", "is": "no"})
    form = form_of(FIRST, hidden, question("a", "long_text"), question("b", "short_text"), question("n", "note"))
    reading = AnswerSet.of({"first": "yes", "a": "One.\r\n\r\nTwo.", "hidden": "secret"}).under(form)
    paper = filled_paper(form, reading, Filling({"a": ["plan.pdf"]}, "no", "Signed by Kari"), FRAME)
    assert said(paper) == [
        "heading: Work",
        "heading: Label of first",
        "answer: Yes",
        "heading: Label of a",
        "answer: One. / Two.",
        "evidence: Evidence / plan.pdf",
        "heading: Label of b",
        "answer: Not answered",
        "heading: List of schools",
        "paragraphs: We agree.",
        "answer: No, leave the school out of the list",
        "heading: Declaration of the principal",
        "declared: I sign.",
        "answer: Signed by Kari",
    ]


def test_a_text_that_fell_back_says_its_language() -> None:
    form: Form = form_of(question("a", "short_text", label="Name", texts={"nb": {"label": "Navn"}}), language="en")
    paper = blank_paper(form.in_language("nb"), Frame("nb"))
    languages = {block["text"]["text"]: block["text"]["lang"] for block in paper.blocks if block["kind"] == "heading"}
    assert (languages["Navn"], languages["Work"]) == ("nb", "en")


@pytest.mark.parametrize(
    ("text", "way"),
    [("abc", "ltr"), ("مرحبا abc", "rtl"), ("12 שלום", "rtl"), ("1 abc שלום", "ltr"), ("12", "ltr"), ("", "ltr")],
)
def test_a_text_goes_the_way_of_its_first_letter(text: str, way: str) -> None:
    assert direction(text, "nb") == way


def test_without_letters_a_text_goes_the_way_of_its_language() -> None:
    assert [direction("12", language) for language in ("ar", "he-IL", "en")] == ["rtl", "rtl", "ltr"]


def test_what_can_not_be_printed_is_left_out() -> None:
    assert printable("a\x00b\ud800c\u202ed\r\ne\tf") == "abcd\ne f"


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (IF_YES, "“Label of first” is “Yes”"),
        ({"question": "first", "is": ["yes", "no"]}, "“Label of first” is “Yes” or “No”"),
        ({"question": "who", "is": "pupils"}, "the answer to “Label of who” includes “Pupils”"),
        ({"question": "table", "is": "none"}, "a row of “Label of table” is “Not yet”"),
        ({"question": "first", "answered": "true"}, "“Label of first” is answered"),
        ({"question": "first", "answered": "false"}, "“Label of first” is not answered"),
        ({"question": "size", "at_least": 3}, "“Label of size” is at least 3"),
        ({"question": "size", "at_least": 3, "at_most": "4.5"}, "“Label of size” is from 3 to 4.5"),
        ({"question": "who", "at_most": 1}, "“Label of who” has at most 1 answers"),
        ({"not": IF_YES}, "it is not so that “Label of first” is “Yes”"),
        (
            {
                "all": [
                    IF_YES,
                    {"any": [{"question": "size", "at_least": 3}, {"question": "size", "answered": "false"}]},
                ]
            },
            "“Label of first” is “Yes” and (“Label of size” is at least 3 or “Label of size” is not answered)",
        ),
        ({"cel": "first == 'yes'"}, "“Label of first” is “Yes”"),
    ],
)
def test_a_condition_is_said_in_words(condition: dict[str, Any], words: str) -> None:
    form = form_of(
        FIRST,
        question("size", "number"),
        question("who", "choices", options=OPTIONS),
        question("table", "matrix", scale="steps", rows=ROWS),
    )
    assert condition_in_words(Condition.model_validate(condition), form) == words


def test_the_text_of_an_answer_keeps_its_language() -> None:
    paper = Paper("T", Frame("nb"), "")
    assert paper.said(Text.of("x", "en"))["lang"] == "en"

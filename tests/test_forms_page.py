"""Who follows the page about forms gets a form that passes the check."""

import re

import pytest
from skolemerke_forms.checking import check_form, check_text
from skolemerke_forms.definition import Form
from skolemerke_forms.located import read_text
from skolemerke_forms.questions import FACTS, QUESTION_TYPES, SOURCES, Question
from support.house import ROOT

PAGE = (ROOT / "docs" / "forms.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
FIVE, MORE_QUESTIONS, RULES, TEXTS = BLOCKS


def test_the_form_of_five_questions_passes_the_check() -> None:
    form = Form.model_validate(read_text(FIVE, "form.yaml"))
    assert (check_text(FIVE), len(list(form.questions()))) == ([], 5)


def test_the_other_examples_of_the_page_pass_it_too_beside_the_five() -> None:
    data = read_text(FIVE, "form.yaml")
    data["sections"][0]["questions"] += read_text(MORE_QUESTIONS, "form.yaml")["questions"]
    data["rules"] = read_text(RULES, "form.yaml")["rules"]
    assert check_form(data) == []


def test_a_slip_in_the_five_questions_is_said_at_its_line() -> None:
    slipped = FIVE.replace("max_words: 200", "max_word: 200")
    line = slipped.split("\n").index("        max_word: 200") + 1
    (finding,) = check_text(slipped)
    assert (finding.code, finding.line) == ("unknown_key", line)
    assert "did you mean 'max_words'?" in finding.message


@pytest.mark.parametrize("name", sorted(QUESTION_TYPES))
def test_each_type_stands_on_the_page_with_its_own_keys(name: str) -> None:
    (row,) = re.findall(
        rf"^\| `{name}` \| .*$", PAGE.split("## Question types")[1].split("## Conditions")[0], re.MULTILINE
    )
    own = set(QUESTION_TYPES[name].model_fields) - set(Question.model_fields)
    assert [key for key in own if f"`{key}`" not in row] == []


def test_the_keys_of_every_question_the_facts_and_the_lists_stand_on_the_page() -> None:
    part = PAGE.split("## Every question")[1].split("## Question types")[0]
    keys = set(Question.model_fields) - {"texts"}
    assert [key for key in keys if f"`{key}`" not in part] == []
    assert [fact for fact in FACTS if f"`{fact}`" not in part] == []
    assert [source for source in SOURCES if f"`{source}`" not in PAGE] == []

"""Who follows the page about forms gets a form that passes the check."""

import re
from pathlib import Path

import pytest
from skolemerke.rounds import checking
from skolemerke_forms.checking import check_form, check_text
from skolemerke_forms.definition import Form
from skolemerke_forms.located import read_text
from skolemerke_forms.questions import FACTS, QUESTION_TYPES, SOURCES, Question
from support.house import ROOT
from support.installation import install, running

PAGE = (ROOT / "docs" / "forms.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
ROUND_FILE, FIVE, MORE_QUESTIONS, RULES, TEXTS = BLOCKS
(PROJECT,) = re.findall(r"^```toml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


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


def _check(home: Path, name: str, **files: str) -> list[str]:
    folder = home / "plugins" / name
    folder.mkdir(parents=True)
    for file, text in files.items():
        (folder / file.replace("__", ".")).write_text(text, encoding="utf-8")
    with running(home):
        return [f"{one.file}:{one.line} {one.code}" for one in checking.check(folder)]


def test_who_copies_the_three_files_of_the_page_has_a_round_that_lacks_only_translations(tmp_path: Path) -> None:
    found = _check(tmp_path, "my-round", pyproject__toml=PROJECT, round__yaml=ROUND_FILE, form__yaml=FIVE)
    assert found == ["texts/nb.yaml:1 missing_text", "texts/nn.yaml:1 missing_text"]


def test_a_form_of_its_own_in_a_round_that_extends_another_is_told_before_it_is_added_to_that_form(
    tmp_path: Path,
) -> None:
    install(tmp_path, "etwinning-2018-2019")
    round_file = ROUND_FILE.replace("language: en", 'extends: "2018-2019"\nlanguage: en')
    found = _check(tmp_path, "my-round", pyproject__toml=PROJECT, round__yaml=round_file, form__yaml=FIVE)
    line = FIVE.split("\n").index("form: my-school") + 1
    assert found.count(f"form.yaml:{line} another_form") == 1
    repeated = [one for one in found if one.endswith("repeated_id")]
    assert len(repeated) == len(set(repeated)) == 2, "each fault is said once"

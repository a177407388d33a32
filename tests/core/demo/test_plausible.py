"""Any form can be filled in by its question types, with what the registry knows of the school."""

import pytest
from skolemerke.demo.plausible import from_registry, plausible
from skolemerke.rounds.composition import compose
from skolemerke.rounds.examples import typed
from skolemerke_forms.answers import AnswerSet, Known, KnownRow, lacks
from support.applied import examples
from support.installation import SECOND, SHIPPED, install, running

TEACHERS = tuple(KnownRow(id=f"t{at}", label=f"Teacher {at}") for at in range(1, 7))
KNOWN = Known(lists={"teachers": TEACHERS, "events": (KnownRow(id="e1", label="Course"),)})


@pytest.fixture(scope="module")
def form(tmp_path_factory):
    with running(install(tmp_path_factory.mktemp("home"), *SHIPPED, *SECOND)):
        yield compose("2023-2024", [], None).content.form


@pytest.mark.parametrize("name", ["2021-2022", "2023-2024"])
def test_plausible_answers_lack_nothing_but_evidence_and_keep_most_rules(tmp_path, name):
    with running(install(tmp_path, *SHIPPED, *SECOND)):
        form = compose(name, [], None).content.form
        answers = plausible(form, KNOWN)
    evidence = {question.id: 1 for question in form.questions() if question.evidence != "none"}
    found = [(lack.question, lack.problem.code) for lack in lacks(form, AnswerSet.of(answers, evidence, KNOWN))]
    # What a rule asks of several answers together can't be guessed: the plan lies in other years.
    assert [what for what in found if what[1] != "rule"] == []


def test_the_schools_own_teachers_take_the_place_of_those_of_an_example(form):
    answers = from_registry(form, KNOWN, typed(form, examples("etwinning-2023-2024")["all_there"]["answers"]))
    found = AnswerSet.of(answers, known=KNOWN).cleaned(form.question("team"), form).value
    assert [(row["name"], row["confirmed"]) for row in found] == [(f"Teacher {at}", "yes") for at in range(1, 5)]


def test_what_the_registry_does_not_have_is_typed_up_to_the_number_that_is_needed(form):
    answers = from_registry(form, Known(lists={"teachers": TEACHERS[:1]}), {})
    assert answers["team"] == ["t1"]
    assert len(answers["team.others"]) == 2
    assert answers["labelled_projects.others"] == ["other1"]

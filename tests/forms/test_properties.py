"""What holds for every form and every set of answers."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from skolemerke_forms.answers import AnswerSet, clean_answers, documented, lacks, shown_raw
from skolemerke_forms.definition import Form
from skolemerke_forms.questions import QUESTION_TYPES
from skolemerke_forms.saying import in_words
from skolemerke_forms.values import canonical_json, content_of
from support.forms_strategy import OF_TYPE, answers_to, forms

SLOW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def test_the_random_forms_have_questions_of_every_type() -> None:
    assert sorted(OF_TYPE) == sorted(QUESTION_TYPES)


@SLOW
@given(forms())
def test_a_form_that_was_frozen_and_read_again_is_the_same(form: Form) -> None:
    text = canonical_json(content_of(form))
    again = Form.model_validate_json(text, context={"frozen": True})
    assert (again, canonical_json(content_of(again))) == (form, text)


@SLOW
@given(st.data())
def test_no_answer_makes_reading_fail_and_reading_twice_gives_the_same(data: st.DataObject) -> None:
    form = data.draw(forms())
    answers = data.draw(answers_to(form))
    assert _all_of(form, answers) == _all_of(form, AnswerSet.model_validate(answers.model_dump()))


@SLOW
@given(st.data())
def test_what_was_frozen_of_a_submission_reads_as_it_did(data: st.DataObject) -> None:
    form = data.draw(forms())
    answers = data.draw(answers_to(form))
    kept = answers.model_copy(update={"raw": shown_raw(form, answers)})
    assert clean_answers(form, kept) == clean_answers(form, answers)


def _all_of(form: Form, answers: AnswerSet) -> object:
    reading = answers.under(form)
    said = [
        in_words(question, reading) for language in ("en", "nn") for question in form.in_language(language).questions()
    ]
    states = [documented(form, requirement, answers) for requirement in form.requirements]
    return (lacks(form, answers), clean_answers(form, answers), shown_raw(form, answers), said, states)

"""Whatever a valid form and its answers say: it is equal to itself, each change is told, and it can be printed."""

from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from skolemerke_forms.carrying import to_look_at
from skolemerke_forms.comparing import form_differences, sentence_of
from skolemerke_forms.definition import Form
from skolemerke_forms.printing import Filling, Frame, blank_paper, docx_of, filled_paper, pdf_of
from skolemerke_forms.values import content_of
from support.forms_strategy import answers_to, definitions, forms

FEW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# Many forms end with a part of one question, from which none can be taken.
MORE = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


@MORE
@given(st.data())
def test_a_form_does_not_differ_from_itself_and_nothing_of_it_is_looked_at_again(data: Any) -> None:
    form = data.draw(forms())
    again = Form.model_validate(content_of(form))
    assert form_differences(form, again) == []
    assert to_look_at(form, again, data.draw(answers_to(form))) == []


@MORE
@given(definitions(), definitions())
def test_two_forms_that_differ_have_changes_with_sentences_there_and_back(one: Any, other: Any) -> None:
    old, new = Form.model_validate(one), Form.model_validate(other)
    assume(content_of(old) != content_of(new))
    for pair in ((old, new), (new, old)):
        found = form_differences(*pair)
        assert found
        assert all(sentence_of(change, *pair).strip() for change in found)


@MORE
@given(st.data())
def test_a_form_that_lost_a_question_tells_so(data: Any) -> None:
    form = data.draw(forms())
    last = form.sections[-1]
    assume(len(last.questions) > 1 and not any(rule for rule in form.rules))
    dropped = last.questions[-1]
    short = form.model_copy(
        update={"sections": (*form.sections[:-1], last.model_copy(update={"questions": last.questions[:-1]}))}
    )
    assert ("removed", dropped.id) in {(change.change, change.id) for change in form_differences(form, short)}
    assert ("added", dropped.id) in {(change.change, change.id) for change in form_differences(short, form)}


@FEW
@given(st.data())
def test_any_form_with_any_answers_is_printed_blank_and_filled(data: Any) -> None:
    form = data.draw(forms())
    answers = data.draw(answers_to(form))
    frame = Frame("nb", "Runden", "Skolen")
    blank = blank_paper(form, frame)
    assert pdf_of(blank).startswith(b"%PDF-")
    assert docx_of(blank).startswith(b"PK")
    filled = filled_paper(form, answers.under(form), Filling(), frame)
    assert pdf_of(filled).startswith(b"%PDF-")

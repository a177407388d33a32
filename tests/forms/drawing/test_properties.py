"""Any form, any answers: the page is whole, is the one that WTForms would draw, and sends back what stands on it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from skolemerke_forms.answers import AnswerSet
from skolemerke_forms.cleaning import storable
from skolemerke_forms.definition import Form
from skolemerke_forms.drawing import State, draw_section
from skolemerke_forms.fields import filled_form, posted_answers, section_form
from skolemerke_forms.questions import Date, LongText, Number
from support import every_type
from support.controls import Control, Page
from support.forms_strategy import answers_to, forms
from werkzeug.datastructures import MultiDict

ELEMENTS = {
    *("bdi", "button", "details", "div", "fieldset", "h2", "input", "label", "legend", "li", "output", "p", "section"),
    *("span", "strong", "summary", "textarea", "ul"),
}
MODEST = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def storable_only(answers: AnswerSet) -> AnswerSet:
    """Answers as a draft keeps them: one text, or several where a question takes several."""
    kept = {
        name: storable(value) if isinstance(value, str) else tuple(storable(one) for one in value)
        for name, value in answers.raw.items()
    }
    return AnswerSet.of(kept, answers.evidence, answers.known)


@MODEST
@given(st.data())
def test_a_page_is_whole_and_no_text_becomes_an_element(data: st.DataObject) -> None:
    form: Form = data.draw(forms())
    answers = data.draw(answers_to(form))
    reading = answers.under(form)
    for section in form.sections:
        drawn = draw_section(form, section, "nn")
        errors = {question.id: "No <b>." for question in section.questions}
        for state in (State(reading, typed=answers.raw), State(reading, typed=answers.raw, errors=errors)):
            page = Page(drawn.fill(state))
            assert set(page.tags) <= ELEMENTS
            assert sorted({name for name in page.ids if page.ids.count(name) > 1}) == []
            assert set(page.described) <= set(page.ids)


@MODEST
@given(st.data())
def test_what_a_browser_sends_back_untouched_is_what_was_saved(data: st.DataObject) -> None:
    form: Form = data.draw(forms())
    answers = storable_only(data.draw(answers_to(form)))
    reading = answers.under(form)
    for section in form.sections:
        page = Page(draw_section(form, section, "en").fill(State(reading, typed=answers.raw)))
        sent = MultiDict([(one.name, one.value) for one in page.controls if is_sent(one)])
        found, versions = posted_answers(section, sent)
        assert set(found) == set(versions)
        for address, value in found.items():
            place = form.place_at(address)
            saved = answers.raw.get(address, "")
            if place is not None and isinstance(place.question, LongText | Number | Date) and isinstance(saved, str):
                assert value == saved


@MODEST
@given(st.data())
def test_the_class_of_wtforms_finds_the_same_wrong_as_the_rules_over_the_whole_set(data: st.DataObject) -> None:
    form: Form = data.draw(forms())
    answers = data.draw(answers_to(form))
    reading = answers.under(form)
    for section in form.sections:
        bound = filled_form(section_form(form, section), answers.raw, {}, answers.known)
        shown = [question for question in section.questions if reading.shows(question) and question.takes_answer]
        problems = {one.place or question.id for question in shown for one in reading.cleaned(question).problems}
        whole = {"too_many_rows"}
        of_places = {
            one.place or question.id
            for question in shown
            for one in reading.cleaned(question).problems
            if one.code not in whole
        }
        names = {name.removeprefix("q_") for name in bound.errors}
        hidden = {name for name in names if name.partition(".")[0] not in {question.id for question in shown}}
        # A remark beside a row that is not ticked is checked on the page and counts nowhere.
        remarks = {name for name in names if name.endswith(".remark")}
        assert of_places <= names
        assert names - hidden - remarks <= problems


@pytest.mark.parametrize("hostile", [False, True])
def test_the_form_of_every_type_holds_the_same(hostile: bool) -> None:
    form, answers = every_type.form(hostile=hostile), every_type.answers(hostile=hostile)
    page = Page(draw_section(form, form.sections[0], "en").fill(State(answers.under(form), typed=answers.raw)))
    sent = MultiDict([(one.name, one.value) for one in page.controls if is_sent(one)])
    found, _versions = posted_answers(form.sections[0], sent)
    expected = {name: value for name, value in answers.raw.items() if name not in {"visits", "staff.others"}}
    assert {name: found[name] for name in expected if name != "themes"} == {
        name: value for name, value in expected.items() if name != "themes"
    }
    assert set(found["themes"]) == set(expected["themes"])
    assert set(page.tags) <= ELEMENTS


def is_sent(control: Control) -> bool:
    """Whether a browser sends a control."""
    return control.type not in {"file", "radio", "checkbox"} or control.is_checked

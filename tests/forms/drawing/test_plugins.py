"""A type that the library does not know is drawn by its WTForms widget, with our label, help and errors around it."""

from typing import Any, ClassVar, Literal

from skolemerke_forms.answers import AnswerSet
from skolemerke_forms.cleaning import Cleaned, problem, tidy
from skolemerke_forms.definition import Form
from skolemerke_forms.drawing import State, draw_section
from skolemerke_forms.fields import filled_form, posted_answers, section_form
from skolemerke_forms.questions import QUESTION_TYPES, Question
from support.a_form import form_of, question
from support.controls import Page
from werkzeug.datastructures import MultiDict
from wtforms import ColorField, SelectField, SelectMultipleField


class Colour(Question):
    type: Literal["colour"]

    def clean(self, raw: Any, form: Form) -> Cleaned:
        text = tidy(raw)
        if text and not text.startswith("#"):
            return Cleaned(problems=(problem("not_offered"),))
        return Cleaned(value=text or None)

    def wtforms_field(self, facts: Any) -> Any:
        return ColorField(**facts)


class Country(Colour):
    type: Literal["country"]  # type: ignore[assignment]

    def wtforms_field(self, facts: Any) -> Any:
        return SelectField(**facts, choices=[("", ""), ("#NO", "Norway <&>"), ("#SE", "Sweden")], validate_choice=False)


class Days(Colour):
    type: Literal["days"]  # type: ignore[assignment]
    several: ClassVar[bool] = True

    def wtforms_field(self, facts: Any) -> Any:
        return SelectMultipleField(**facts, choices=[("mo", "Monday"), ("tu", "Tuesday")], validate_choice=False)


class Shout(Question):
    """Only `clean`."""

    type: Literal["shout"]

    def clean(self, raw: Any, form: Form) -> Cleaned:
        return Cleaned(value=tidy(raw).upper() or None)


TYPES = {**QUESTION_TYPES, "colour": Colour, "country": Country, "days": Days, "shout": Shout}


def form(*questions: dict[str, Any]) -> Form:
    plain = form_of(question("only", "note"))
    stated = plain.model_dump(mode="json", exclude_defaults=True)
    stated["sections"][0]["questions"] = list(questions)
    return Form.model_validate(stated, context={"question_types": TYPES})


FORM = form(
    question("sky", "colour", help="As it is now."),
    question("home", "country"),
    question("when", "days"),
    question("cry", "shout", required=True),
)
SECTION = FORM.sections[0]


def page(errors: dict[str, str] | None = None, **raw: Any) -> Page:
    answers = AnswerSet.of(raw)
    drawn = draw_section(FORM, SECTION, "en")
    return Page(drawn.fill(State(answers.under(FORM), typed=answers.raw, errors=errors or {})))


def test_its_widget_is_drawn_with_its_label_its_help_and_its_version() -> None:
    found = page(sky="#aaccee")
    colour = next(control for control in found.controls if control.name == "q_sky")
    assert (colour.type, colour.value, colour.label) == ("color", "#aaccee", "Label of sky (may be left open)")
    assert "v_sky" in [control.name for control in found.controls]
    assert "q_sky-hint" in found.described


def test_what_is_wrong_is_tied_to_its_widget() -> None:
    found = page({"sky": "No such colour."}, sky="blue")
    assert {"q_sky-hint", "q_sky-error"} <= set(found.described)
    assert set(found.described) <= set(found.ids)


def test_a_type_that_only_reads_answers_is_one_line_of_text() -> None:
    cry = next(control for control in page(cry="<b>oh</b>").controls if control.name == "q_cry")
    assert (cry.type, cry.value, cry.label) == ("text", "<b>oh</b>", "Label of cry")


def test_its_answers_are_read_and_checked_like_all_others() -> None:
    sent = MultiDict([("v_sky", "0"), ("q_sky", "blue"), ("v_when", "1"), ("q_when", "mo"), ("q_when", "tu")])
    assert posted_answers(SECTION, sent) == ({"sky": "blue", "when": ("mo", "tu")}, {"sky": 0, "when": 1})
    bound = filled_form(section_form(FORM, SECTION), {"sky": "blue"}, {})
    assert bound["q_sky"].errors == ["Choose one of the answers that are offered."]


def test_its_options_are_escaped_by_its_widget() -> None:
    answers = AnswerSet.of({"home": "#NO"})
    drawn = draw_section(FORM, SECTION, "en").fill(State(answers.under(FORM), typed=answers.raw))
    assert '<option selected value="#NO">Norway &lt;&amp;&gt;</option>' in drawn

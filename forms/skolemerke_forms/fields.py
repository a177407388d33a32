"""WTForms classes made from a section.

The class of a section depends on the form, the section and the language alone; a caller keeps it and makes one
instance a request. The name of a field is `q_<id>`, so that no id of a question can shadow anything of a form;
beside it stands `v_<id>`, the version of the answer that the reader saw. A question counts as sent when its
`v_<id>` was sent: a box that nobody ticked is then blank, and a question that was not on the page is left alone.

An answer is checked by the question itself, so that a page and the check before submission never disagree. What
was typed stays as it was typed, whatever is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any, Protocol

from wtforms import Field, Form, HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from skolemerke_forms.cleaning import Raw, messages_of
from skolemerke_forms.definition import Form as Definition
from skolemerke_forms.definition import Section
from skolemerke_forms.questions import LongText, Question
from skolemerke_forms.saying import options_of

ANSWER, VERSION = "q_", "v_"
MAX_PLACES = 3000
UNREADABLE = -1
"""The version of an answer whose marker can't be read; it is never that of a saved answer, so nothing is lost."""

Say = Callable[[str], str]


class Posted(Protocol):
    """What a request brings: Werkzeug's `MultiDict`, and whatever answers alike."""

    def __iter__(self) -> Iterator[str]:
        """The names of the fields that were sent, each once."""

    def getlist(self, name: str) -> list[str]:
        """All values that were sent under a name."""


def answer_name(question_id: str) -> str:
    """The name of the field that holds an answer."""
    return f"{ANSWER}{question_id}"


def version_name(question_id: str) -> str:
    """The name of the field that holds the version of an answer."""
    return f"{VERSION}{question_id}"


def fillable(question: Question) -> bool:
    """Whether an answer can be given on a page: notes ask nothing, a type that is gone can only be read, and what the
    registry decides is only shown."""
    return question.takes_answer


def section_form(form: Definition, section: Section, say: Say = str) -> type[Form]:
    """The WTForms class of a section of a form that is in the reader's language already.

    `say` translates the messages of the library. Keep the class; it is not made for one request.
    """
    fields: dict[str, Any] = {}
    for question in section.questions:
        for place in question.places({}) if fillable(question) else ():
            fields[answer_name(place.address)] = _field_of(place.question, form, say)
            fields[version_name(place.address)] = HiddenField(default="0")
    return type("SectionForm", (Form,), fields)


def filled_form(made: type[Form], raw: Mapping[str, Raw], versions: Mapping[str, int]) -> Form:
    """An instance that holds answers as they are saved, already checked: each field's `errors` say what is wrong."""
    data: dict[str, Any] = {answer_name(name): value for name, value in raw.items()}
    data |= {version_name(name): str(version) for name, version in versions.items()}
    bound = made(data=data)
    bound.validate()
    return bound


def posted_answers(section: Section, formdata: Posted) -> tuple[dict[str, str | tuple[str, ...]], dict[str, int]]:
    """The answers of a section that were sent, by address and as typed, and the version of each that the reader saw."""
    questions = {question.id: question for question in section.questions if fillable(question)}
    answers: dict[str, str | tuple[str, ...]] = {}
    versions: dict[str, int] = {}
    for address in _sent_addresses(formdata):
        question = questions.get(address.split(".", maxsplit=1)[0])
        place = question.place_at(address) if question else None
        if place is None:
            continue
        sent = formdata.getlist(answer_name(address))
        answers[address] = tuple(sent) if takes_several(place.question) else next(iter(sent), "")
        versions[address] = _version(formdata.getlist(version_name(address)))
    return answers, versions


def takes_several(question: Question) -> bool:
    """Whether an answer at a place of the question is several values."""
    return question.several


def _sent_addresses(formdata: Posted) -> list[str]:
    """The addresses whose version was sent, in the order of the page; more than a page can hold are not looked at."""
    names = islice((name for name in formdata if name.startswith(VERSION)), MAX_PLACES)
    return [name.removeprefix(VERSION) for name in names]


class AsTheQuestionSays:
    """The validator of every answer: the question's own reading of it."""

    def __init__(self, question: Question, form: Definition, say: Say) -> None:
        self._question, self._form, self._say = question, form, say

    def __call__(self, _form: object, field: Field) -> None:
        """Raise WTForms' error with everything that is wrong with the answer."""
        cleaned = self._question.clean(field.data, self._form)
        said = [self._say(message) % figures for message, figures in messages_of(cleaned.problems)]
        if said:
            raise ValidationError(" ".join(said))


def _field_of(question: Question, form: Definition, say: Say) -> Any:
    facts: dict[str, Any] = {
        "label": question.label,
        "description": question.help,
        "validators": [AsTheQuestionSays(question, form, say)],
    }
    choices = options_of(question, form, say)
    if takes_several(question):
        widget, box = ListWidget(prefix_label=False), CheckboxInput()
        return SelectMultipleField(**facts, choices=choices, validate_choice=False, widget=widget, option_widget=box)
    if choices:
        return RadioField(**facts, choices=choices, validate_choice=False)
    if isinstance(question, LongText):
        return TextAreaField(**facts)
    return StringField(**facts)


def _version(sent: list[str]) -> int:
    text = next(iter(sent), "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else UNREADABLE

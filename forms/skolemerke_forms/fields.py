"""WTForms classes made from a section.

The class of a section depends on the form, the section and the language alone; a caller keeps it and makes one
instance a request. The name of a field is `q_<address>`, so that no id of a question can shadow anything of a form;
beside it stands `v_<address>`, the version of the answer that the reader saw. A place counts as sent when its
`v_<address>` was sent: a box that nobody ticked is then blank, and what was not on the page is left alone.

The rows of a repeating group and of a list of the registry are known only with the answers: an instance gets the
fields of its rows when it is made.

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

from skolemerke_forms.answers import Known
from skolemerke_forms.cleaning import Raw, messages_of
from skolemerke_forms.definition import Form as Definition
from skolemerke_forms.definition import Section
from skolemerke_forms.questions import DeclarationQuestion, Group, LongText, Place, Question, RegistryList, row_ids
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


class SectionForm(Form):
    """The base of the classes of sections; `filled_form` makes an instance."""

    definition: Definition
    section: Section
    say: Say

    def __init__(
        self, data: Mapping[str, Any] | None = None, raw: Mapping[str, Raw] | None = None, known: Known | None = None
    ) -> None:
        # WTForms makes the fields of an instance from this list; those of its rows are this instance's alone.
        self._unbound_fields = [*(type(self)._unbound_fields or ()), *self._fields_of_rows(raw or {}, known or Known())]  # noqa: SLF001 - see above
        super().__init__(data=data)

    def _fields_of_rows(self, raw: Mapping[str, Raw], known: Known) -> Iterator[tuple[str, Any]]:
        made = type(self)
        for question in made.section.questions:
            if isinstance(question, Group | RegistryList) and fillable(question):
                for place in places_on_page(question, raw, known):
                    yield answer_name(place.address), _field_at(place, made.definition, made.say, known)
                    yield version_name(place.address), HiddenField(default="0")


def answer_name(address: str) -> str:
    """The name of the field that holds the answer at an address."""
    return f"{ANSWER}{address}"


def version_name(address: str) -> str:
    """The name of the field that holds the version of the answer at an address."""
    return f"{VERSION}{address}"


def fillable(question: Question) -> bool:
    """Whether an answer can be given on a page: notes ask nothing, a type that is gone can only be read, and what the
    registry decides is only shown."""
    return question.takes_answer


def places_on_page(question: Question, raw: Mapping[str, Raw], known: Known) -> Iterator[Place]:
    """The places of a question that a page shows, in their order: those that can be answered now."""
    if not isinstance(question, RegistryList):
        yield from question.places(raw)
        return
    rows = known.lists.get(question.source, ())
    addresses = [question.id, *(f"{question.id}.{row.id}.remark" for row in rows)]
    addresses += [f"{question.id}.{row}.name" for row in row_ids(raw.get(question.list_address))]
    for address in addresses:
        if place := question.place_at(address):
            yield place


def section_form(form: Definition, section: Section, say: Say = str) -> type[SectionForm]:
    """The WTForms class of a section of a form that is in the reader's language already.

    `say` translates the messages of the library. Keep the class; it is not made for one request.
    """
    fields: dict[str, Any] = {"definition": form, "section": section, "say": staticmethod(say)}
    for question in section.questions:
        if fillable(question) and not isinstance(question, Group | RegistryList):
            for place in question.places({}):
                fields[answer_name(place.address)] = _field_at(place, form, say, Known())
                fields[version_name(place.address)] = HiddenField(default="0")
    return type("SectionForm", (SectionForm,), fields)


def filled_form(
    made: type[SectionForm], raw: Mapping[str, Raw], versions: Mapping[str, int], known: Known | None = None
) -> SectionForm:
    """An instance that holds answers as they are saved, already checked: each field's `errors` say what is wrong."""
    data: dict[str, Any] = {answer_name(name): value for name, value in raw.items()}
    data |= {version_name(name): str(version) for name, version in versions.items()}
    bound = made(data, raw, known or Known())
    bound.validate()
    return bound


def posted_answers(section: Section, formdata: Posted) -> tuple[dict[str, str | tuple[str, ...]], dict[str, int]]:
    """The answers of a section that were sent, by address and as typed, and the version of each that the reader saw."""
    questions = {question.id: question for question in section.questions if fillable(question)}
    answers: dict[str, str | tuple[str, ...]] = {}
    versions: dict[str, int] = {}
    for address in _sent_addresses(formdata):
        question = _asked_at(address, questions)
        if question is not None:
            sent = formdata.getlist(ANSWER + address)
            answers[address] = tuple(sent) if question.several else sent[0] if sent else ""
            versions[address] = _version(formdata.getlist(VERSION + address))
    return answers, versions


def _asked_at(address: str, questions: Mapping[str, Question]) -> Question | None:
    """What is asked at an address; none where nothing of the section stands."""
    simple = questions.get(address)
    if simple is not None and simple.has_one_place:
        return simple
    question = questions.get(address.partition(".")[0])
    place = question.place_at(address) if question else None
    asked: Question | None = place.question if place else None
    return asked


def messages_in(problems: Any, say: Say) -> str:
    """What is wrong, in the words that `say` finds; empty when nothing is."""
    return " ".join(say(message) % figures for message, figures in messages_of(problems))


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
        said = messages_in(self._question.clean(field.data, self._form).problems, self._say)
        if said:
            raise ValidationError(said)


class SeveralField(SelectMultipleField):
    """Boxes to tick; one text alone is one tick, not its letters."""

    widget, option_widget = ListWidget(prefix_label=False), CheckboxInput()

    def process_data(self, value: Raw) -> None:
        """Take what is saved."""
        super().process_data([value] if isinstance(value, str) else value)


class OneField(RadioField):
    """One of several options; of several texts, which an older form may have kept, the first."""

    def process_data(self, value: Raw) -> None:
        """Take what is saved."""
        super().process_data(value if value is None or isinstance(value, str) else next(iter(value), ""))


def field_of(question: Question, form: Definition, say: Say, label: str = "", known: Known | None = None) -> Any:
    """The unbound WTForms field of one place; `label` stands instead of the question's own."""
    facts: dict[str, Any] = {
        "label": label or question.label,
        "description": question.help,
        "validators": [AsTheQuestionSays(question, form, say)],
    }
    own = question.wtforms_field(facts)
    if own is not None:
        return own
    choices = _choices_of(question, form, say, known or Known())
    if question.several or isinstance(question, DeclarationQuestion):
        return SeveralField(**facts, choices=choices, validate_choice=False)
    if choices:
        return OneField(**facts, choices=choices, validate_choice=False)
    if isinstance(question, LongText):
        return TextAreaField(**facts)
    return StringField(**facts)


def _field_at(place: Place, form: Definition, say: Say, known: Known) -> Any:
    return field_of(place.question, form, say, place.label, known)


def _choices_of(question: Question, form: Definition, say: Say, known: Known) -> list[tuple[str, str]]:
    if isinstance(question, RegistryList):
        return [(row.id, row.label) for row in known.lists.get(question.source, ())]
    if isinstance(question, DeclarationQuestion):
        return [(question.fingerprint, question.label)]
    return options_of(question, form, say)


def _version(sent: list[str]) -> int:
    text = next(iter(sent), "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else UNREADABLE

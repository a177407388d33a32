"""The rules over a whole set of answers, without WTForms and without a request.

The check page, the submission, the scoring policy, the replay and the tests all ask these functions. A question
that is not shown counts nowhere: its answer stays in the draft, and is left out of rules, scores, exports and the
submitted copy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from skolemerke_forms.cleaning import Clean, Cleaned, Problem, Raw, problem
from skolemerke_forms.conditions import Condition, Truth
from skolemerke_forms.definition import Form, Requirement, Section
from skolemerke_forms.questions import File, Question
from skolemerke_forms.values import Value

NOTHING = Cleaned()


class KnownRow(Value):
    """One row of a list of the registry: its id there, what it is called, of which kind it is (a word of
    `saying.KINDS`), its day in ISO 8601, and what else is known of it. Nothing of it is in a reader's language, so
    that what is frozen and signed is the same for everybody."""

    id: str
    label: str
    kind: str = ""
    day: str = ""
    details: str = ""


class Known(Value):
    """What the registry knows of a school: `facts` by the names of `questions.FACTS`, `lists` by those of
    `questions.SOURCES`."""

    facts: dict[str, str] = {}
    lists: dict[str, tuple[KnownRow, ...]] = {}


class AnswerSet(Value):
    """What a school has answered: the raw text at each address, how much evidence stands by each question, and
    what the registry knows of the school."""

    raw: dict[str, str | tuple[str, ...]] = {}
    evidence: dict[str, int] = {}
    known: Known = Known()

    @classmethod
    def of(
        cls, raw: Mapping[str, Raw], evidence: Mapping[str, int] | None = None, known: Known | None = None
    ) -> AnswerSet:
        """Make a set from answers as they were sent; a lone surrogate, which is no character, becomes U+FFFD."""
        kept = {name: _characters(value) for name, value in raw.items() if value is not None}
        return cls(raw=kept, evidence=dict(evidence or {}), known=known or Known())

    @cached_property
    def _readings(self) -> dict[int, Reading]:
        return {}

    def under(self, form: Form) -> Reading:
        """These answers read under a form; read once, however often it is asked for."""
        found = self._readings.get(id(form))
        if found is None or found.form is not form:
            found = self._readings[id(form)] = Reading(form, self)
        return found

    def cleaned(self, question: Question, form: Form) -> Cleaned:
        """The answer to one question as understood; nothing for a question that is not shown."""
        return self.under(form).cleaned(question)


def _characters(raw: str | Sequence[str]) -> str | tuple[str, ...]:
    if not isinstance(raw, str):
        return tuple(str(_characters(one)) for one in raw)
    if raw.isascii():
        return raw
    try:
        raw.encode()
    except UnicodeEncodeError:
        return raw.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return raw


class Reading:
    """A set of answers under a form: what is shown, and what each answer means.

    A condition asks about questions that stand before it, so that one way through the form settles everything.
    """

    def __init__(self, form: Form, answers: AnswerSet) -> None:
        self.form, self.answers = form, answers
        self._shown: dict[str, bool] = {}
        self._cleaned: dict[str, Cleaned] = {}
        self._seen: dict[str, object] = {}
        self._unconditional = form.unconditional

    def typed(self, question: Question) -> Raw:
        """What counts as typed for a question of one place: of one that is read only, what the registry says."""
        if question.read_only:
            return self.answers.known.facts.get(question.prefill, "")
        return self.answers.raw.get(question.id)

    def shows(self, question: Question) -> bool:
        """Whether a question is shown: its condition and that of its section hold."""
        if question.id in self._unconditional:
            return True
        known = self._shown.get(question.id)
        if known is None:
            section = self.form.section_of(question.id)
            known = (section is None or self.shows_section(section)) and self._holds(question.when)
            self._shown[question.id] = known
        return known

    def shows_section(self, section: Section) -> bool:
        """Whether a section is shown."""
        known = self._shown.get(section.id)
        if known is None:
            known = self._shown[section.id] = self._holds(section.when)
        return known

    def truth(self, condition: Condition) -> Truth:
        """Whether a condition holds; none while it can't be said."""
        return condition.truth(self.value, self.seen)

    def cleaned(self, question: Question) -> Cleaned:
        """The answer to a question as understood; nothing when it is not shown."""
        found = self._cleaned.get(question.id)
        if found is None:
            found = question.read(self) if self.shows(question) else NOTHING
            self._cleaned[question.id] = found
        return found

    def value(self, question_id: str) -> Clean:
        """The clean answer to a question; none where nothing was answered or something is wrong."""
        question = self.form.question(question_id)
        if question is None:
            return None
        cleaned = self.cleaned(question)
        return None if cleaned.problems else cleaned.value

    def seen(self) -> dict[str, object]:
        """The answers as an expression sees them. Only those it names are read."""
        return _Seen(self)

    def _holds(self, condition: Condition | None) -> bool:
        return condition is None or self.truth(condition) is True


class _Seen(dict[str, object]):
    """The answers of a reading as an expression sees them, each worked out when it is asked for."""

    def __init__(self, reading: Reading) -> None:
        super().__init__()
        self._reading = reading

    def get(self, name: str, default: object = None) -> object:
        question = self._reading.form.question(name)
        value = self._reading.value(name) if question else None
        return default if question is None or value is None else question.seen(value)


class Lack(Value):
    """Something that keeps an application from being submitted: the question, and what is wrong there."""

    section: str
    question: str
    requirement: str | None = None
    problem: Problem


def lacks(form: Form, answers: AnswerSet) -> list[Lack]:
    """Everything that is missing or wrong, in the order of the form; empty when the answers may be submitted."""
    reading = answers.under(form)
    broken = _broken_rules(form, reading)
    found = []
    for section in form.sections:
        for question in section.questions:
            if not reading.shows(question):
                continue
            for what in (*_lacks_of(form, question, reading), *broken.get(question.id, ())):
                found.append(  # noqa: PERF401 - the three loops read better than one comprehension
                    Lack(
                        section=section.id,
                        question=question.id,
                        requirement=question.requirement,
                        problem=what,
                    )
                )
    return found


def _lacks_of(form: Form, question: Question, reading: Reading) -> list[Problem]:
    if not question.asks:
        return []
    cleaned = reading.cleaned(question)
    found = list(cleaned.problems)
    must_answer = form.must_answer(question) and not isinstance(question, File)
    if must_answer and cleaned.value is None and not found:
        found.append(problem("not_confirmed" if question.type == "declaration" else "unanswered"))
    elif (must_answer or cleaned.value is not None) and not found:
        found += question.missing(cleaned, reading) if must_answer or question.type == "group" else ()
    if must_answer and question.requirement and not found and not question.documents(cleaned):
        found.append(problem("falls_short"))
    if form.must_document(question) and not reading.answers.evidence.get(question.id):
        found.append(problem("no_evidence"))
    return found


def _broken_rules(form: Form, reading: Reading) -> dict[str, list[Problem]]:
    """The rules over several answers that do not hold, by the first question that each points at and is shown."""
    found: dict[str, list[Problem]] = {}
    for rule in form.rules:
        pointed = [question for name in rule.questions if (question := form.question(name))]
        at = next((question for question in pointed if reading.shows(question)), None)
        if at is not None and reading.truth(rule.must) is False:
            found.setdefault(at.id, []).append(problem("rule", message=rule.message))
    return found


def documented(form: Form, requirement: Requirement, answers: AnswerSet) -> bool:
    """Whether a school has documented a requirement: each required question of it that is shown answered well
    enough, and the evidence that its questions ask for in place."""
    reading = answers.under(form)
    questions = [question for question in form.questions_of(requirement.id) if question.asks]
    if not questions or not any(reading.shows(question) for question in questions):
        return False
    for question in questions:
        if not reading.shows(question):
            continue
        cleaned = reading.cleaned(question)
        if cleaned.problems or (question.required and not question.documents(cleaned)):
            return False
        if question.evidence != "none" and not answers.evidence.get(question.id):
            return False
    return True


def is_answered(question: Question, answers: AnswerSet) -> bool:
    """Whether anything stands at any place of a question, right or wrong, or evidence by one that asks for a file."""
    if isinstance(question, File):
        return bool(answers.evidence.get(question.id))
    return any(answers.raw.get(place.address) for place in question.places(answers.raw))


def clean_answers(form: Form, answers: AnswerSet) -> dict[str, Clean]:
    """The clean values of all answered questions that are shown, as they are frozen in a submission."""
    reading = answers.under(form)
    values = {question.id: reading.cleaned(question).value for question in form.questions()}
    return {name: value for name, value in values.items() if value is not None}


def shown_raw(form: Form, answers: AnswerSet) -> dict[str, Any]:
    """What was typed at the places of the questions that are shown, as it is frozen in a submission: the places of
    a row that was removed are left out, and so is what nobody filled in."""
    reading = answers.under(form)
    kept: dict[str, Any] = {}
    for question in form.questions():
        if reading.shows(question) and question.asks:
            lists = [address] if isinstance(address := getattr(question, "list_address", None), str) else []
            for address in (*lists, *(place.address for place in question.places(answers.raw))):
                if any(answers.raw.get(address, ())):
                    kept[address] = answers.raw[address]
    return kept

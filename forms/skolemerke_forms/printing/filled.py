"""The filled form: each question that is shown with its answer in words and its evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from skolemerke_forms.answers import Reading
from skolemerke_forms.definition import Form
from skolemerke_forms.printing import words
from skolemerke_forms.printing.blank import requirement_words
from skolemerke_forms.printing.paper import Frame, Paper
from skolemerke_forms.questions import Computed, DeclarationQuestion, File, Note, Question
from skolemerke_forms.saying import Say, in_words
from skolemerke_forms.wording import Text


@dataclass(frozen=True)
class Filling:
    """What a school has said besides its answers: the names and addresses of its evidence by question, whether it may
    be named (`yes`, `no` or not yet said), and who signed, in words. `language` is that of the answers as they were
    written; empty where it is not known."""

    evidence: Mapping[str, Sequence[str]] = field(default_factory=dict)
    consent: str = ""
    signed: str = ""
    language: str = ""


def filled_paper(
    form: Form, reading: Reading, filling: Filling, frame: Frame, *, say: Say = str, say_day: Say = str
) -> Paper:
    """A form with its answers; what is not shown to the school is left out. The form is in the reader's language."""
    paper = Paper(form.title, frame, say(words.PAGE))
    for section in form.sections:
        if not reading.shows_section(section):
            continue
        paper.heading(1, section.title)
        before: str | None = None
        for question in section.questions:
            if isinstance(question, Note) or not reading.shows(question):
                continue
            requirement = form.requirement(question.requirement) if question.requirement else None
            if requirement and requirement.id != before:
                paper.tag(requirement_words(requirement, say))
            before = question.requirement
            _answered(paper, question, reading, filling, (say, say_day))
    paper.heading(1, say(words.LIST_OF_SCHOOLS))
    paper.paragraphs(form.consent.text)
    consent = words.CONSENTS.get(filling.consent)
    paper.answer(say(consent) if consent else "", blank=say(words.NOT_ANSWERED))
    paper.heading(1, say(words.DECLARATION))
    paper.declared(form.declaration.text)
    if filling.signed:
        paper.answer(filling.signed, blank="")
    return paper


def signing_paper(form: Form, frame: Frame, *, say: Say = str) -> Paper:
    """The declaration alone, to be signed on paper."""
    paper = Paper(say(words.DECLARATION), frame, say(words.PAGE))
    paper.declared(form.declaration.text)
    paper.signature([say(label) for label in words.SIGNATURE])
    return paper


def _answered(paper: Paper, question: Question, reading: Reading, filling: Filling, says: tuple[Say, Say]) -> None:
    say, say_day = says
    paper.heading(2, question.label)
    if isinstance(question, DeclarationQuestion):
        paper.declared(question.statement)
    if question.asks or isinstance(question, Computed):
        answer = in_words(question, reading, say=say, say_day=say_day)
        if not isinstance(question, File):
            said = Text.of(answer, filling.language) if filling.language else answer
            paper.answer(said, blank=say(words.NOT_ANSWERED))
    pieces = filling.evidence.get(question.id, ())
    if pieces:
        paper.evidence(say(words.EVIDENCE), pieces)
    elif isinstance(question, File):
        paper.answer("", blank=say(words.NOT_ANSWERED))

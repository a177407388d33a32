"""What a school said in its last round, beside the questions of today: no contest, but a development."""

from __future__ import annotations

from dataclasses import dataclass

from skolemerke_forms.definition import Form
from skolemerke_forms.questions import Question
from skolemerke_forms.saying import in_words
from sqlalchemy import select
from sqlalchemy.orm import Session

from skolemerke import speech
from skolemerke.applications.content import answers_with, form_said
from skolemerke.applications.models import Application, Submission


@dataclass(frozen=True)
class EarlierAnswer:
    """A question of today with the answer that the school gave to the question of the same id. `earlier_label` is what
    it was called then, where that was something else."""

    question: str
    label: str
    earlier_label: str
    words: str


@dataclass(frozen=True)
class EarlierSection:
    """The questions of a section of today's form to which the school gave an answer earlier."""

    id: str
    title: str
    answers: tuple[EarlierAnswer, ...]


@dataclass(frozen=True)
class Earlier:
    """What the school submitted in its last round before this one."""

    submission: Submission
    sections: tuple[EarlierSection, ...]


def earlier_submission(session: Session, application: Application) -> Submission | None:
    """The latest submission of the same school in a round that it was in before this one."""
    return session.scalars(
        select(Submission)
        .join(Application, Application.id == Submission.application_id)
        .where(
            Application.school_id == application.school_id,
            Application.id != application.id,
            Submission.arrived_at < application.created_at,
        )
        .order_by(Submission.arrived_at.desc(), Submission.id.desc())
        .limit(1)
    ).first()


def earlier_answers(session: Session, application: Application, language: str) -> Earlier | None:
    """The answers of the last round by the sections of today's form, in a language; none when there was none."""
    submission = earlier_submission(session, application)
    if submission is None:
        return None
    then, now = (form_said(edition, language) for edition in (submission.edition, application.edition))
    reading = answers_with(submission.raw, submission.evidence, submission.known).under(then)
    with speech.speaking(language):
        said = {
            question.id: in_words(question, reading, say=speech.say, say_day=speech.day)
            for question in then.questions()
            if question.asks
        }
    sections = (
        EarlierSection(
            section.id,
            section.title,
            tuple(
                _answer(question, then, said[question.id]) for question in section.questions if said.get(question.id)
            ),
        )
        for section in now.sections
    )
    return Earlier(submission, tuple(section for section in sections if section.answers))


def _answer(question: Question, then: Form, words: str) -> EarlierAnswer:
    was = then.question(question.id)
    label = was.label if was is not None and was.label != question.label else ""
    return EarlierAnswer(question.id, question.label, label, words)

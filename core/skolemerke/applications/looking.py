"""What the applicants should look at again after their draft went on under another edition: the answer as it was
then beside the question as it is now, until it was saved again or read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from skolemerke_forms.answers import AnswerSet, Reading
from skolemerke_forms.carrying import REASONS, Look, to_look_at
from skolemerke_forms.cleaning import MESSAGES, problem
from skolemerke_forms.definition import Form
from skolemerke_forms.saying import in_words
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from skolemerke import speech
from skolemerke.applications.beside import standing_evidence
from skolemerke.applications.content import answers_with, as_frozen, form_said, raw_answers
from skolemerke.applications.known import known_of
from skolemerke.applications.models import AnswerChange, Application, EditionChange
from skolemerke.rounds.composition import Content


@dataclass(frozen=True)
class LookAgain:
    """A question to look at again. `why` is a sentence; `label` is what it is called now, or was where it is gone;
    `earlier_label` what it was called where that was something else. `earlier` is the answer as it was when the form
    changed, and `wrong` says what does not fit now. `section` is the page to go to; empty when the question is not
    asked any more. `settled` when it was saved again since."""

    question: str
    section: str
    why: str
    label: str
    earlier_label: str
    earlier: str
    wrong: tuple[str, ...]
    settled: bool


def looks_for(session: Session, application: Application, old: Content, new: Content) -> list[Look]:
    """The questions of a draft to look at again, were it to go on from `old` under `new`."""
    if old.form == new.form:
        return []
    pieces = [as_frozen(piece) for piece in standing_evidence(session, application.id)]
    known = known_of(session, application.school, new.form)
    return to_look_at(old.form, new.form, answers_with(raw_answers(application), pieces, known))


def kept(looks: Sequence[Look]) -> list[dict[str, Any]]:
    """Looks as they are kept with a change of a draft, after what is told of the change."""
    return [{"look": look.why, "id": look.question, "section": look.section} for look in looks]


def looks_of(
    session: Session, application: Application, changes: Sequence[EditionChange], language: str
) -> list[LookAgain]:
    """What is to be looked at again after some changes, in their order and in a language."""
    asked = [change for change in changes if any("look" in entry for entry in change.changes)]
    if not asked:
        return []
    saved = _saved_until(session, application.id, max(change.at for change in asked))
    found: list[LookAgain] = []
    for change in asked:
        before, after = (form_said(edition, language) for edition in (change.before, change.after))
        known = known_of(session, application.school, after)
        # In the order of the versions, so that the last one stands.
        answers = {row.question_id: row.raw for row in saved if row.at <= change.at}
        then = AnswerSet.of({address: raw for address, raw in answers.items() if raw}, {}, known).under(before)
        now = AnswerSet.of(raw_answers(application), {}, known).under(after)
        with speech.speaking(language):
            entries = (entry for entry in change.changes if "look" in entry)
            found += [_look(application, change.at, entry, then, now) for entry in entries]
    return found


def preview(
    session: Session, application: Application, old: Content, new: Content, language: str
) -> list[tuple[str, str]]:
    """What would be looked at again if the applicants took over `new`: what each question is called, and why."""
    forms = [one.form.in_language(language) for one in (new, old)]
    with speech.speaking(language):
        return [
            (_label(look.question, *forms), speech.say(REASONS[look.why]))
            for look in looks_for(session, application, old, new)
        ]


def _look(application: Application, at: datetime, entry: Mapping[str, Any], then: Reading, now: Reading) -> LookAgain:
    name = entry["id"]
    was, question = then.form.question(name), now.form.question(name)
    label = _label(name, now.form, then.form)
    asked = question is not None and now.shows(question)
    why = REASONS[entry["look"]]
    return LookAgain(
        question=name,
        section=entry["section"] if asked else "",
        why=speech.say(why),
        label=label,
        earlier_label=was.label if was is not None and was.label != label else "",
        earlier=in_words(was, then, say=speech.say, say_day=speech.day) if was is not None else "",
        wrong=_wrong(name, now),
        settled=_saved_since(application, name, at),
    )


def _wrong(question_id: str, now: Reading) -> tuple[str, ...]:
    question = now.form.question(question_id)
    if question is None:
        return ()
    cleaned = now.cleaned(question)
    problems = cleaned.problems
    if not problems and cleaned.value is not None and question.requirement and not question.documents(cleaned):
        problems = (problem("falls_short"),)
    return tuple(dict.fromkeys(speech.say(MESSAGES[one.code], **one.figures) for one in problems))


def _label(question_id: str, *forms: Form) -> str:
    found = (form.question(question_id) for form in forms)
    return next((question.label for question in found if question is not None), question_id)


def _saved_since(application: Application, question_id: str, at: datetime) -> bool:
    return any(
        datetime.fromisoformat(answer["at"]) > at
        for address, answer in application.answers.items()
        if address.split(".", maxsplit=1)[0] == question_id
    )


def _saved_until(session: Session, application_id: int, at: datetime) -> Sequence[Row[Any]]:
    """Every answer of a draft that was saved until an instant, with its time, in the order of the versions."""
    saved = (
        select(AnswerChange.question_id, AnswerChange.raw, AnswerChange.at)
        .where(AnswerChange.application_id == application_id, AnswerChange.at <= at)
        .order_by(AnswerChange.version)
    )
    return session.execute(saved).all()

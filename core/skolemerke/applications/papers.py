"""An application on paper: the draft as it is now, what was sent with its receipt, and the declaration to sign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from skolemerke_forms.printing import Filling, Frame, Paper, filled_paper, signing_paper
from sqlalchemy.orm import Session

from skolemerke import clock, database, speech
from skolemerke.applications.beside import declarations_of
from skolemerke.applications.content import answers_with, form_said, freeze
from skolemerke.applications.drafts import zone_of
from skolemerke.applications.models import Application, Declaration, Submission
from skolemerke.applications.signatures import (
    Signable,
    content_under,
    declaration_status,
    of_submission,
    signed_for,
)
from skolemerke.applications.signing import asked_declaration
from skolemerke.speech import say


def paper_of_draft(application: Application, round_title: str, language: str) -> Paper:
    """A draft as it is now, in a language."""
    session = database.read()
    draft = freeze(session, application)
    status = declaration_status(session, application, clock.now())
    signed = status.declaration if status.state == "signed" else None
    with speech.speaking(language):
        now = speech.moment(clock.now(), zone_of(session, application.agency_id))
        facts = ((say("School"), application.school.name), (say("Draft, not yet sent"), now))
        mark = say("Mark of what is signed: %(mark)s", mark=draft.hash[:16])
        frame = Frame(language, round_title, application.school.name, facts, mark)
        return _filled(Signable(draft, application.edition), frame, _signed_words(session, application, signed))


def paper_of_submission(submission: Submission, round_title: str, language: str) -> Paper:
    """Exactly what was sent, with its receipt and its content hash, in a language."""
    session = database.read()
    application = submission.application
    signed = signed_for(declarations_of(session, application.id), submission.content_hash)
    with speech.speaking(language):
        arrived = speech.moment(submission.arrived_at, zone_of(session, application.agency_id))
        facts = (
            (say("School"), application.school.name),
            (say("Receipt number"), submission.receipt),
            (say("Submission number"), str(submission.number)),
            (say("Arrived"), arrived),
            (say("Content hash"), _in_groups(submission.content_hash)),
        )
        mark = say("Receipt number %(number)s", number=submission.receipt)
        frame = Frame(language, round_title, application.school.name, facts, mark)
        return _filled(of_submission(submission), frame, _signed_words(session, application, signed))


def paper_to_sign(application: Application, round_title: str, language: str) -> Paper:
    """The declaration alone, to be signed on paper, with the mark of what is signed."""
    draft = freeze(database.read(), application)
    form = form_said(application.edition, language)
    with speech.speaking(language):
        mark = say("Mark of what is signed: %(mark)s", mark=draft.hash[:16])
        facts = ((say("School"), application.school.name),)
        return signing_paper(form, Frame(language, round_title, application.school.name, facts, mark), say=say)


def paper_of_declaration(token: str, round_title: str) -> Paper | None:
    """What a principal is asked to sign by a mailed link, in the language of the mail; none for a link that is none,
    or whose content has gone on since."""
    session = database.read()
    declaration = asked_declaration(session, token)
    if declaration is None:
        return None
    application = session.get_one(Application, declaration.application_id)
    spoken_of = content_under(session, application, declaration)
    if spoken_of is None:
        return None
    with speech.speaking(declaration.language):
        mark = say("Mark of what is signed: %(mark)s", mark=spoken_of.content.hash[:16])
        facts = ((say("School"), application.school.name),)
        frame = Frame(declaration.language, round_title, application.school.name, facts, mark)
        signed = declaration if declaration.state == "signed" else None
        return _filled(spoken_of, frame, _signed_words(session, application, signed))


def _filled(shown: Signable, frame: Frame, signed: str) -> Paper:
    form = form_said(shown.edition, frame.language)
    content = shown.content
    filling = Filling(_pieces(content.evidence), content.consent, signed)
    reading = answers_with(content.raw, content.evidence, content.known).under(form)
    return filled_paper(form, reading, filling, frame, say=say, say_day=speech.day)


def _pieces(evidence: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for piece in evidence:
        found.setdefault(piece["question_id"], []).append(piece.get("link") or piece.get("name", ""))
    return found


def _signed_words(session: Session, application: Application, declaration: Declaration | None) -> str:
    if declaration is None or declaration.answered_at is None or not declaration.signer_name:
        return ""
    when: datetime = declaration.answered_at
    moment = speech.moment(when, zone_of(session, application.agency_id))
    return say("Signed by %(name)s on %(when)s", name=declaration.signer_name, when=moment)


def _in_groups(digits: str) -> str:
    """A long row of digits in groups, so that people can compare it."""
    return " ".join(digits[at : at + 8] for at in range(0, len(digits), 8))

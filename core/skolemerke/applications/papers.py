"""An application on paper: a draft, what was sent with its receipt, and the declaration to sign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from skolemerke_forms.printing import Filling, Frame, Paper, filled_paper, signing_paper
from sqlalchemy.orm import Session

from skolemerke import clock, database, speech
from skolemerke.applications.content import answers_with, form_said
from skolemerke.applications.drafts import zone_of
from skolemerke.applications.models import Application, Declaration
from skolemerke.applications.printed import Printed, not_sent
from skolemerke.applications.signatures import Signable, content_under, mark_of
from skolemerke.applications.signing import asked_declaration
from skolemerke.speech import say

Fact = tuple[str, str]


def paper_of(printed: Printed, round_title: str, language: str) -> Paper:
    """A draft or a submission with its answers, in a language: its receipt, its mark and its signature are its own."""
    application, shown = printed.application, printed.shown
    with speech.speaking(language):
        sent = printed.submission
        mark = say("Receipt number %(number)s", number=sent.receipt) if sent else _mark(shown)
        facts = (*_facts(application, shown), *_unsent(printed))
        frame = Frame(language, round_title, application.school.name, facts, mark)
        return _filled(shown, frame, _signed_words(database.read(), application, printed.signature))


def paper_to_sign(printed: Printed, round_title: str, language: str) -> Paper:
    """The declaration alone, to be signed on paper, with the receipt and the mark of what is signed."""
    application, shown = printed.application, printed.shown
    with speech.speaking(language):
        facts = (*_facts(application, shown), (say("Mark of what is signed"), mark_of(shown.content.hash)))
        frame = Frame(language, round_title, application.school.name, facts, _mark(shown))
        return signing_paper(printed.form_in(language), frame, say=say)


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
        facts = _facts(application, spoken_of)
        frame = Frame(declaration.language, round_title, application.school.name, facts, _mark(spoken_of))
        signed = declaration if declaration.state == "signed" else None
        return _filled(spoken_of, frame, _signed_words(session, application, signed))


def _facts(application: Application, shown: Signable) -> tuple[Fact, ...]:
    """Whose paper it is, and what of the application: a submission with its receipt, or the draft as of now."""
    sent = shown.submission
    zone = zone_of(database.read(), application.agency_id)
    school = (say("School"), application.school.name)
    if sent is None:
        return (school, (say("Draft, not sent"), speech.moment(clock.now(), zone)))
    return (
        school,
        (say("Receipt number"), sent.receipt),
        (say("Submission number"), str(sent.number)),
        (say("Arrived"), speech.moment(sent.arrived_at, zone)),
        (say("Content hash"), _in_groups(sent.content_hash)),
    )


def _unsent(printed: Printed) -> tuple[Fact, ...]:
    if printed.unsent_after is None:
        return ()
    return ((say("Changed afterwards"), not_sent(printed.unsent_after, printed.application)),)


def _mark(shown: Signable) -> str:
    return say("Mark of what is signed: %(mark)s", mark=mark_of(shown.content.hash))


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

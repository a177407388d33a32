"""The mail about a result: to whom it goes, and how it is written."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask import Flask
from sqlalchemy import select, union

from skolemerke import database, outbox
from skolemerke.applications.drafts import zone_of
from skolemerke.applications.models import AnswerChange, Application, Submission
from skolemerke.decisions.awarding import Result
from skolemerke.decisions.feedback import with_feedback
from skolemerke.links import absolute
from skolemerke.outbox import Letter, Mail
from skolemerke.people.models import Account
from skolemerke.registry.models import SchoolLabel
from skolemerke.speech import moment, say, speaking

IDS_AT_ONCE = 500


def register(app: Flask) -> None:
    """Say how the mails of this room are written."""
    outbox.of(app).register("decision", result_letter)


def result_letter(mail: Mail) -> Letter:
    """Tell somebody who wrote in an application what became of it, and the feedback."""
    facts = mail.payload
    with speaking(mail.language):
        opening = _granted(mail) if facts["outcome"] == "granted" else _refused(mail)
        parts = [_greeting(mail), *opening]
        if facts["feedback"]:
            parts += [say("Feedback from the agency:"), facts["feedback"]]
        if facts.get("in_parts"):
            parts.append(say("What was found of each part of the application stands with the result."))
        parts.append(say("You find the result here: %(link)s", link=absolute(f"/applications/{facts['application']}")))
        subject = say(
            "eTwinning School Label %(round)s: the result for %(school)s", round=mail.round_id, school=facts["school"]
        )
    return Letter(subject, "\n\n".join(parts) + "\n")


def _greeting(mail: Mail) -> str:
    return say("Hello %(name)s,", name=mail.name) if mail.name else say("Hello,")


def _granted(mail: Mail) -> list[str]:
    facts = mail.payload
    sentence = say(
        "Congratulations! %(school)s has been awarded the eTwinning School Label %(round)s.",
        school=facts["school"],
        round=mail.round_id,
    )
    if not facts["certificate"]:
        return [sentence]
    validity = say(
        "The certificate %(certificate)s is valid from %(first)s to the end of %(last)s.",
        certificate=facts["certificate"],
        first=facts["valid_from"],
        last=facts["valid_to"],
    )
    return [sentence, validity, absolute(f"/labels/{facts['certificate']}")]


def _refused(mail: Mail) -> list[str]:
    return [
        say(
            "%(school)s has not been awarded the eTwinning School Label %(round)s this time.",
            school=mail.payload["school"],
            round=mail.round_id,
        ),
        _what_is_open(mail),
    ]


def _what_is_open(mail: Mail) -> str:
    until = mail.payload.get("again_until")
    if not until:
        return say("The work is not lost: what the school has written can be the basis of its next application.")
    when = moment(datetime.fromisoformat(until), zone_of(database.read(), mail.agency_id))
    return say(
        "The round is still open: until %(when)s you can improve the application and submit it again.", when=when
    )


def queue_mails(
    session: database.WriteSession, results: list[Result], round_id: str, labels: dict[int, SchoolLabel]
) -> int:
    """Queue the mail about each result to everybody who wrote in it, within the release; returns how many."""
    writers = _writers(session, [result.submission for result in results])
    told = _in_parts(session, sorted(result.submission.id for result in results))
    queued = 0
    for result in results:
        application = result.submission.application
        label = labels.get(application.id)
        for account in writers.get(application.id, []):
            queued += outbox.queue(
                session,
                "decision",
                f"decision:{round_id}:{result.submission.id}:{account.id}",
                address=account.email,
                name=account.name,
                language=account.language or result.submission.language,
                agency_id=application.agency_id,
                round_id=round_id,
                school_id=application.school_id,
                application_id=application.id,
                outcome=result.final.outcome,
                feedback=result.final.feedback,
                in_parts=result.submission.id in told,
                school=application.school.name,
                application=application.public_id,
                again_until=result.again_until.isoformat() if result.again_until else "",
                certificate=label.certificate if label else "",
                valid_from=label.valid_from if label else None,
                valid_to=label.valid_to if label else None,
            )
    return queued


def _in_parts(session: database.WriteSession, submissions: list[int]) -> set[int]:
    """Those of some submissions of which the school reads something part by part."""
    chunks = (submissions[start : start + IDS_AT_ONCE] for start in range(0, len(submissions), IDS_AT_ONCE))
    return {submission for chunk in chunks for submission in with_feedback(session, chunk)}


def _writers(session: database.WriteSession, submissions: Iterable[Submission]) -> dict[int, list[Account]]:
    """Who wrote in each application: began it, changed an answer or sent it."""
    wrote: dict[int, set[int]] = {}
    by_application = {submission.application_id: submission for submission in submissions}
    ids = sorted(by_application)
    for start in range(0, len(ids), IDS_AT_ONCE):
        chunk = ids[start : start + IDS_AT_ONCE]
        statement = union(
            select(AnswerChange.application_id, AnswerChange.account_id).where(AnswerChange.application_id.in_(chunk)),
            select(Application.id, Application.created_by).where(Application.id.in_(chunk)),
        )
        for application_id, account_id in session.execute(statement):
            if account_id is not None:
                wrote.setdefault(application_id, set()).add(account_id)
    for application_id, submission in by_application.items():
        if submission.account_id is not None:
            wrote.setdefault(application_id, set()).add(submission.account_id)
    everybody = {account_id for ids_ in wrote.values() for account_id in ids_}
    accounts = {account.id: account for account in _accounts(session, sorted(everybody))}
    return {
        application_id: [accounts[account_id] for account_id in sorted(ids_) if account_id in accounts]
        for application_id, ids_ in wrote.items()
    }


def _accounts(session: database.WriteSession, ids: list[int]) -> list[Account]:
    found: list[Account] = []
    for start in range(0, len(ids), IDS_AT_ONCE):
        found += session.scalars(select(Account).where(Account.id.in_(ids[start : start + IDS_AT_ONCE])))
    return found

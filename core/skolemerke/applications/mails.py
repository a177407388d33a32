"""The mails about an application: asking for a signature, receipt, changed form, answer of the principal."""

from __future__ import annotations

from flask import Flask

from skolemerke import database, outbox
from skolemerke.applications.adopting import shown
from skolemerke.applications.drafts import dates_of, zone_of
from skolemerke.applications.models import EditionChange, Submission
from skolemerke.links import absolute
from skolemerke.outbox import Letter, Mail
from skolemerke.speech import moment, say, speaking


def register(app: Flask) -> None:
    """Say how the mails of this room are written."""
    box = outbox.of(app)
    box.register("signature_request", signature_letter, secret=True)
    box.register("receipt", receipt_letter)
    box.register("edition_changed", change_letter)
    box.register("signed", signed_letter)
    box.register("declined", declined_letter)
    box.register("paper_returned", returned_letter)


def signature_letter(mail: Mail) -> Letter:
    """Ask the head of a school to read and sign."""
    with speaking(mail.language):
        school = _school(mail)
        subject = say("Please sign: the application of %(school)s for the eTwinning School Label", school=school)
        asked_by = mail.payload["asked_by"]
        opening = (
            say("%(name)s asks you to sign the application of %(school)s.", name=asked_by, school=school)
            if asked_by
            else say("You are asked to sign the application of %(school)s.", school=school)
        )
        parts = [
            opening,
            say(
                "The school applies for the eTwinning School Label %(round)s. "
                "You can read all answers before you sign, and you need no account:",
                round=mail.round_id,
            ),
            absolute(f"/declarations/{mail.payload['token']}"),
            *_due(mail),
            say(
                "Who has this link can sign for the school: do not pass it on. "
                "If a deputy signs, the deputy says so on the page."
            ),
        ]
    return _letter(mail, subject, parts)


def receipt_letter(mail: Mail) -> Letter:
    """Confirm to everybody who wrote in an application that it was submitted."""
    submission = database.read().get_one(Submission, mail.payload["submission"])
    with speaking(mail.language):
        school = _school(mail)
        subject = say(
            "%(receipt)s: the application of %(school)s was submitted", receipt=submission.receipt, school=school
        )
        arrived = moment(submission.arrived_at, _zone(mail))
        parts = [
            say(
                "The application of %(school)s for the eTwinning School Label %(round)s arrived on %(arrived)s.",
                school=school,
                round=mail.round_id,
                arrived=arrived,
            ),
            say("Receipt: %(receipt)s", receipt=submission.receipt),
            absolute(f"/applications/{mail.payload['application']}/receipt"),
            say(
                "You can change the application and submit it again until the deadline; the latest one counts. "
                "The declaration of the principal holds for exactly what was submitted."
            ),
        ]
    return _letter(mail, subject, parts)


def change_letter(mail: Mail) -> Letter:
    """Tell everybody who wrote in an application what changed in its form, and why."""
    change = database.read().get_one(EditionChange, mail.payload["change"])
    with speaking(mail.language):
        told = shown(change.changes, mail.language)
        subject = say("The form of the eTwinning School Label %(round)s was adjusted", round=mail.round_id)
        parts = [
            say(
                "The form that you are filling in for %(school)s was adjusted. Your answers are as you left them.",
                school=_school(mail),
            ),
            "\n".join(f"- {sentence}" for sentence in told.sentences),
            *told.reasons,
            say("What was submitted before stays as it was submitted."),
            absolute(f"/applications/{mail.payload['application']}"),
        ]
    return _letter(mail, subject, parts)


def signed_letter(mail: Mail) -> Letter:
    """Tell whoever asked that the declaration is signed."""
    with speaking(mail.language):
        school = _school(mail)
        signer = mail.payload["signer"]
        subject = say("The declaration of %(school)s is signed", school=school)
        parts = [
            say(
                "%(signer)s has signed the declaration for the application of %(school)s.", signer=signer, school=school
            )
            if signer
            else say("The declaration for the application of %(school)s is signed.", school=school),
            _holds_for(mail),
            absolute(f"/applications/{mail.payload['application']}"),
        ]
    return _letter(mail, subject, parts)


def declined_letter(mail: Mail) -> Letter:
    """Tell whoever asked that the principal does not sign, with the note."""
    with speaking(mail.language):
        school = _school(mail)
        note = mail.payload["note"]
        subject = say("The declaration of %(school)s was not signed", school=school)
        parts = [
            _not_signed(mail, school),
            *([say("What should be different:"), _quoted(note)] if note else []),
            say("You can change the application and ask again:"),
            absolute(f"/applications/{mail.payload['application']}/declaration"),
        ]
    return _letter(mail, subject, parts)


def returned_letter(mail: Mail) -> Letter:
    """Tell whoever added a signed page that an officer gave it back, and why."""
    with speaking(mail.language):
        school = _school(mail)
        subject = say("The signed page of %(school)s was given back", school=school)
        parts = [
            say("We could not take the page that you added as the declaration of %(school)s.", school=school),
            say("What is wrong with it:"),
            _quoted(mail.payload["note"]),
            say("Add another page, or ask the principal by mail:"),
            absolute(f"/applications/{mail.payload['application']}/declaration"),
            *_due(mail),
        ]
    return _letter(mail, subject, parts)


def _holds_for(mail: Mail) -> str:
    """Of what a signature holds: it need not be what the reader sees in the draft."""
    sent = _spoken_of(mail)
    if sent is None:
        return say(
            "It holds for exactly what the application says now. If you change an answer, it has to be signed again."
        )
    return say(
        "It holds for exactly submission %(number)s of %(when)s, and not for what was or will be changed after it.",
        number=sent.number,
        when=moment(sent.arrived_at, _zone(mail)),
    )


def _not_signed(mail: Mail, school: str) -> str:
    sent, signer = _spoken_of(mail), mail.payload["signer"]
    if sent is None:
        return say("%(signer)s does not sign the application of %(school)s as it is now.", signer=signer, school=school)
    return say(
        "%(signer)s does not sign the application of %(school)s as it was submitted: "
        "submission %(number)s of %(when)s.",
        signer=signer,
        school=school,
        number=sent.number,
        when=moment(sent.arrived_at, _zone(mail)),
    )


def _spoken_of(mail: Mail) -> Submission | None:
    """The submission of which a declaration speaks; none of one that speaks of a draft."""
    number = mail.payload.get("submission")
    return database.read().get(Submission, number) if number else None


def _letter(mail: Mail, subject: str, parts: list[str]) -> Letter:
    with speaking(mail.language):
        greeting = say("Hello %(name)s,", name=_one_line(mail.name)) if mail.name else say("Hello,")
    return Letter(_one_line(subject), "\n\n".join([greeting, *parts]) + "\n")


def _due(mail: Mail) -> list[str]:
    dates = dates_of(database.read(), mail.round_id or "", mail.agency_id)
    if dates is None:
        return []
    return [say("Signatures are taken until %(due)s.", due=moment(dates.signatures_due, _zone(mail)))]


def _zone(mail: Mail) -> str:
    return zone_of(database.read(), mail.agency_id)


def _school(mail: Mail) -> str:
    return _one_line(str(mail.payload["school"]))


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.splitlines())


def _one_line(text: str) -> str:
    return " ".join(text.split())

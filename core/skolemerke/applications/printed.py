"""What is printed of an application: one thing, the draft or a submission, with its own marks and its own signature."""

from __future__ import annotations

from dataclasses import dataclass

from skolemerke_forms.definition import Form
from sqlalchemy.orm import Session

from skolemerke import clock, database, speech
from skolemerke.applications.beside import declarations_of, latest_submission
from skolemerke.applications.content import form_said, still_stands
from skolemerke.applications.drafts import takes_changes, zone_of
from skolemerke.applications.models import Application, Declaration, Submission
from skolemerke.applications.signatures import Signable, of_draft, of_submission, signed_for, to_be_signed
from skolemerke.speech import marked as _

NOT_SENT_YET = _(
    "The application was changed after it was submitted. What was submitted counts until you submit again."
)
NOT_SENT = _("What was changed after submission %(number)s of %(when)s was not sent and does not count.")
"""What stands wherever an application is shown that was changed after its last submission: the first while it can be
sent again."""


@dataclass(frozen=True)
class Printed:
    """A content with what belongs to exactly that, never to another: `signature` was given for it. `unsent_after`
    is the submission that counts, where it is this or this is the draft, and the draft was changed after it."""

    application: Application
    shown: Signable
    signature: Declaration | None
    unsent_after: Submission | None = None

    @property
    def submission(self) -> Submission | None:
        """The submission by which it was sent; none of a draft."""
        return self.shown.submission

    def form_in(self, language: str) -> Form:
        """The form under which it was written, in a language."""
        return form_said(self.shown.edition, language)


def printed(application: Application) -> Printed:
    """What an application says that counts: the submission while the draft says the same or can't be sent any more,
    else the draft. It is what the head of the school would be asked to sign now."""
    session = database.read()
    shown = to_be_signed(session, application, clock.now()) or of_draft(session, application)
    return _with_its_own(session, application, shown)


def printed_draft(application: Application) -> Printed:
    """The draft as it is now, whatever was sent."""
    session = database.read()
    return _with_its_own(session, application, of_draft(session, application))


def printed_submission(submission: Submission) -> Printed:
    """Exactly what was sent at one time."""
    return _with_its_own(database.read(), submission.application, of_submission(submission))


def not_sent_message(application: Application) -> str:
    """What is said of an application that was changed after its last submission."""
    return NOT_SENT_YET if takes_changes(database.read(), application, clock.now()) else NOT_SENT


def not_sent(submission: Submission, application: Application) -> str:
    """That what was changed after a submission does not count, in the language that is spoken."""
    when = speech.moment(submission.arrived_at, zone_of(database.read(), application.agency_id))
    return speech.say(not_sent_message(application), number=submission.number, when=when)


def _with_its_own(session: Session, application: Application, shown: Signable) -> Printed:
    signature = signed_for(declarations_of(session, application.id), shown.content.hash)
    latest = latest_submission(session, application.id)
    if latest is None or shown.submission not in (None, latest):
        return Printed(application, shown, signature)
    draft = of_draft(session, application).content
    return Printed(application, shown, signature, None if still_stands(application, draft, latest) else latest)

"""What is said where an application was sent: of which submission one speaks, and of changes that are not in it."""

from __future__ import annotations

from flask_babel import gettext as _

from skolemerke.applications.models import Application, Submission
from skolemerke.applications.printed import Printed, not_sent_message
from skolemerke.applications.queries import AgencyLike, ApplicationStatus
from skolemerke.web.filling import moment_at


def about_words(submission: Submission, agency: AgencyLike | None) -> str:
    """Which submission a declaration is of: the draft that somebody sees may say something else."""
    when = moment_at(submission.arrived_at, agency)
    return str(
        _(
            "What is signed is submission %(number)s of %(when)s, receipt number %(receipt)s.",
            number=submission.number,
            when=when,
            receipt=submission.receipt,
        )
    )


def not_sent_words(application: Application, submission: Submission) -> str:
    """That what was changed after a submission does not count, or not yet, in the reader's words and zone."""
    when = moment_at(submission.arrived_at, application.agency)
    return str(_(not_sent_message(application), number=submission.number, when=when))


def unsent_words(printed: Printed) -> str:
    """The same beside what is shown of an application; nothing when it was not changed."""
    return not_sent_words(printed.application, printed.unsent_after) if printed.unsent_after else ""


def changed_words(status: ApplicationStatus) -> str:
    """The same of an application as it stands; nothing when it was not changed."""
    if status.submission is None or not status.changed_since:
        return ""
    return not_sent_words(status.application, status.submission)

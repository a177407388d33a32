"""What is said of changes that were made after an application was sent, and not sent again."""

from __future__ import annotations

from flask_babel import gettext as _

from skolemerke.applications.models import Application, Submission
from skolemerke.applications.printed import NOT_SENT
from skolemerke.web.filling import moment_at


def not_sent_words(application: Application, submission: Submission) -> str:
    """That what was changed after a submission does not count, in the reader's words and zone."""
    return str(_(NOT_SENT, number=submission.number, when=moment_at(submission.arrived_at, application.agency)))

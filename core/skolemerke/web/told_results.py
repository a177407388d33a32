"""What the pages of an application tell of results: the one that stands, and one that a newer submission followed."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from skolemerke.applications.models import Application
from skolemerke.applications.queries import ApplicationStatus
from skolemerke.decisions.feedback import PartFeedback, released_feedback
from skolemerke.decisions.models import Decision
from skolemerke.decisions.queries import released_for
from skolemerke.web.filling import moment_at
from skolemerke.web.languages import current_language


@dataclass(frozen=True)
class ToldResult:
    """What a school is told: `decided` is the released decision on its latest submission, with `judged`, what was found
    of each part; `earlier` and `earlier_judged` are those of a submission that was refused before it.

    `again` says until when a school that was refused can send an improved application; empty where it can't.
    """

    decided: Decision | None
    judged: tuple[PartFeedback, ...]
    earlier: Decision | None
    earlier_judged: tuple[PartFeedback, ...]
    again: str


def told_result(application: Application, status: ApplicationStatus) -> ToldResult:
    """What the school of an application is told now."""
    released, latest = released_for(application), status.submission
    judged = released_feedback(released, current_language())
    if released is not None and latest is not None and released.submission_id != latest.id:
        return ToldResult(None, (), released, judged, "")
    return ToldResult(released, judged, None, (), _again(released, status))


def _again(decided: Decision | None, status: ApplicationStatus) -> str:
    if decided is None or decided.outcome != "refused" or not status.is_open or status.deadline is None:
        return ""
    when = moment_at(status.deadline, status.application.agency)
    return str(
        _(
            "The round is still open: until %(when)s the school can improve the application and submit it again. "
            "What was sent and decided is kept as it is.",
            when=when,
        )
    )

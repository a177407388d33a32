"""What a granted decision makes: the school's label with its certificate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from skolemerke import database
from skolemerke.applications.models import Submission
from skolemerke.contract.rounds import Calendar
from skolemerke.decisions.models import Decision
from skolemerke.registry.models import SchoolLabel
from skolemerke.registry.operations import award_label
from skolemerke.speech import ZONE


@dataclass(frozen=True)
class Result:
    """One submission whose result is released: its decisions at each level, the last of which settles it.

    `again_until` is the deadline until which its school, refused, may send an improved application.
    """

    submission: Submission
    decisions: dict[str, Decision]
    again_until: datetime | None = None

    @property
    def final(self) -> Decision:
        """The decision that the school reads."""
        return self.decisions.get("central") or self.decisions["agency"]


def make_labels(
    session: database.WriteSession, results: list[Result], round_id: str, calendar: Calendar, now: datetime
) -> dict[int, SchoolLabel]:
    """Make the labels of those that were granted; by application.

    A school that did not consent holds its label like any other, but stands in no public list.
    """
    today = now.astimezone(ZoneInfo(ZONE)).date()
    made = {}
    for result in results:
        if result.final.outcome == "granted":
            application = result.submission.application
            made[application.id] = award_label(
                session,
                round_id=round_id,
                school=application.school,
                awarded_on=today,
                valid_from=calendar.valid_from,
                valid_to=calendar.valid_to,
                public=result.submission.consent == "yes",
            )
    return made

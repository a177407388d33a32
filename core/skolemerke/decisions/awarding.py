"""What a granted decision makes: the school's label with its certificate."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from skolemerke import database
from skolemerke.applications.models import Submission
from skolemerke.contract.rounds import Calendar
from skolemerke.decisions.models import Decision
from skolemerke.registry.models import School, SchoolLabel
from skolemerke.speech import ZONE

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""What a certificate's last part is made of: nothing that is read as something else."""


@dataclass(frozen=True)
class Result:
    """One submission whose result is released: its decisions at each level, the last of which settles it."""

    submission: Submission
    decisions: dict[str, Decision]

    @property
    def final(self) -> Decision:
        """The decision that the school reads."""
        return self.decisions.get("central") or self.decisions["agency"]


def make_labels(
    session: database.WriteSession, results: list[Result], round_id: str, calendar: Calendar, now: datetime
) -> dict[int, SchoolLabel]:
    """Make the labels of those that were granted; by application. A school holds one label of a round."""
    held = select(SchoolLabel.school_id).where(SchoolLabel.round_id == round_id, SchoolLabel.origin == "decision")
    holders = set(session.scalars(held))
    taken = set(session.scalars(select(SchoolLabel.certificate).where(SchoolLabel.round_id == round_id)))
    today = now.astimezone(ZoneInfo(ZONE)).date()
    made = {}
    for result in results:
        application = result.submission.application
        if result.final.outcome != "granted" or application.school_id in holders:
            continue
        certificate = certificate_of(round_id, application.school.country, taken)
        taken.add(certificate)
        is_public = result.submission.consent == "yes"
        label = _label(application.school, certificate, round_id, calendar, today, is_public=is_public)
        session.add(label)
        made[application.id] = label
    session.flush()
    return made


def _label(
    school: School, certificate: str, round_id: str, calendar: Calendar, today: date, *, is_public: bool
) -> SchoolLabel:
    return SchoolLabel(
        certificate=certificate,
        round_id=round_id,
        school_id=school.id,
        school_name=school.name,
        city=school.city,
        country=school.country,
        region=school.region,
        awarded_on=today,
        valid_from=calendar.valid_from,
        valid_to=calendar.valid_to,
        origin="decision",
        public=is_public,
    )


def certificate_of(round_id: str, country: str, taken: set[str]) -> str:
    """A number that nobody can guess from another one, such as `2021-2022-NO-7K3M9Q`."""
    while True:
        made = f"{round_id}-{country}-{''.join(secrets.choice(LETTERS) for _ in range(6))}"
        if made not in taken:
            return made

"""All applications of a round in one list, drafts included."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from skolemerke import database
from skolemerke.applications.models import Application, Submission
from skolemerke.decisions.models import Decision
from skolemerke.decisions.queries import counting_decisions, final_of
from skolemerke.people.actors import Actor
from skolemerke.people.rights import within
from skolemerke.registry.models import School
from skolemerke.rounds.queries import require_round
from skolemerke.scoring.models import StoredSheet
from skolemerke.scoring.queries import counting_sheets, latest_submissions

State = Literal["draft", "submitted", "granted", "refused"]


@dataclass(frozen=True)
class Entry:
    """One application: its latest submission with the sheet that counts, and the decision once it is released."""

    application: Application
    submission: Submission | None
    sheet: StoredSheet | None
    released: Decision | None

    @property
    def state(self) -> State:
        """Where the application stands, in a word."""
        if self.released is not None:
            return "granted" if self.released.outcome == "granted" else "refused"
        return "submitted" if self.submission is not None else "draft"


def applications_of(round_id: str, actor: Actor) -> list[Entry]:
    """The applications of a round that the actor may see, by country and school. Raises `UnknownRound`."""
    require_round(round_id)
    read = database.read()
    applications = read.scalars(
        select(Application)
        .join(Application.school)
        .where(Application.round_id == round_id, within(actor, Application.agency_id))
        .options(joinedload(Application.school), joinedload(Application.agency))
        .order_by(School.country, School.name, Application.id)
    ).all()
    latest = select(Submission).where(Submission.id.in_(latest_submissions(round_id)))
    submissions = {submission.application_id: submission for submission in read.scalars(latest)}
    counting = select(StoredSheet).where(StoredSheet.id.in_(counting_sheets(round_id)))
    sheets = {sheet.submission_id: sheet for sheet in read.scalars(counting)}
    decided = counting_decisions(read, round_id)
    entries = []
    for application in applications:
        submission = submissions.get(application.id)
        final = final_of(decided.get(submission.id, {})) if submission else None
        sheet = sheets.get(submission.id) if submission else None
        released = final if final is not None and final.released_at else None
        entries.append(Entry(application, submission, sheet, released))
    return entries

"""All applications of a round in one list, drafts included."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import contains_eager, defer, joinedload

from skolemerke import database
from skolemerke.applications.models import Application, Submission
from skolemerke.applications.queries import newest_submission_of
from skolemerke.decisions.models import Decision
from skolemerke.decisions.queries import counting_decisions, final_of
from skolemerke.people.actors import Actor
from skolemerke.people.rights import within
from skolemerke.registry.models import School
from skolemerke.rounds.queries import require_round
from skolemerke.scoring.models import StoredSheet
from skolemerke.scoring.queries import newest_sheet_of

READ_AT_ONCE = 100

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


def applications_of(round_id: str, actor: Actor, *, with_answers: bool = False) -> Iterator[Entry]:
    """The applications of a round that the actor may see, by country and school, read some at a time: there may be
    thousands. What was submitted is read with each only where its answers are wanted. Raises `UnknownRound`.
    """
    require_round(round_id)
    return _entries(round_id, within(actor, Application.agency_id), with_answers=with_answers)


def _entries(round_id: str, visible: ColumnElement[bool], *, with_answers: bool) -> Iterator[Entry]:
    read = database.read()
    decided = counting_decisions(read, round_id)
    documents = [Submission.raw, Submission.known, Submission.evidence, *([] if with_answers else [Submission.clean])]
    newest = newest_submission_of(Application.id)
    statement = (
        select(Application, Submission, StoredSheet)
        .join(Application.school)
        .outerjoin(Submission, Submission.id == newest.scalar_subquery())
        .outerjoin(StoredSheet, StoredSheet.id == newest_sheet_of(Submission.id).scalar_subquery())
        .where(Application.round_id == round_id, visible)
        .options(contains_eager(Application.school), joinedload(Application.agency), defer(Application.answers))
        .options(*(defer(document) for document in documents), defer(StoredSheet.sheet), defer(StoredSheet.code))
        .order_by(School.country, School.name, Application.id)
        .execution_options(yield_per=READ_AT_ONCE)
    )
    for application, submission, sheet in read.execute(statement):
        final = final_of(decided.get(submission.id, {})) if submission else None
        released = final if final is not None and final.released_at else None
        yield Entry(application, submission, sheet, released)

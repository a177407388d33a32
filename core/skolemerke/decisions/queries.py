"""What is asked about decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from skolemerke import clock, database
from skolemerke.applications.models import Application, Declaration, Submission
from skolemerke.contract.rounds import Calendar, DecisionLevel
from skolemerke.decisions.models import Decision, Publication
from skolemerke.people.actors import Actor
from skolemerke.people.rights import within
from skolemerke.plugin_host.host import RoundPaused
from skolemerke.registry.models import School
from skolemerke.rounds import queries as rounds
from skolemerke.rounds.composition import host
from skolemerke.rounds.models import Edition
from skolemerke.rounds.stored import record_of
from skolemerke.scoring.models import StoredSheet
from skolemerke.scoring.queries import counting_sheets, latest_submissions, newest_edition, noted


@dataclass(frozen=True)
class Line:
    """One application in the list of decisions.

    `decisions` holds the one that counts of each level; `result` is the outcome that counts once it is
    released, or as it would be released now; none while it is undecided.
    """

    application: Application
    submission: Submission
    sheet: StoredSheet | None
    has_declaration: bool
    decisions: dict[str, Decision]
    result: str | None
    released_at: datetime | None


def levels_of(round_id: str) -> tuple[DecisionLevel, ...]:
    """The levels at which a round decides, in their order. Raises `RoundPaused` without its plugin."""
    return host().own(round_id).round.decision


def releases_one_by_one(round_id: str) -> bool:
    """Whether a round's results are decided and released one by one, also while it is open; no without its plugin."""
    try:
        return host().own(round_id).round.release == "one_by_one"
    except RoundPaused:
        return False


def decisions_list(round_id: str, actor: Actor) -> list[Line]:
    """The latest submission of each application that the actor may see, with what was decided of it."""
    rounds.require_round(round_id)
    read = database.read()
    submissions = read.scalars(_submissions(round_id, actor)).unique().all()
    sheets = {
        sheet.submission_id: sheet
        for sheet in read.scalars(select(StoredSheet).where(StoredSheet.id.in_(counting_sheets(round_id))))
    }
    declared = set(read.scalars(declared_submissions(round_id)))
    decided = counting_decisions(read, round_id)
    lines = []
    for submission in submissions:
        decisions = decided.get(submission.id, {})
        final = final_of(decisions)
        lines.append(
            Line(
                application=submission.application,
                submission=submission,
                sheet=sheets.get(submission.id),
                has_declaration=submission.id in declared,
                decisions=decisions,
                result=final.outcome if final else None,
                released_at=final.released_at if final else None,
            )
        )
    return lines


def undecided(round_id: str, actor: Actor) -> int:
    """How many of the latest submissions that the actor may see nobody has decided on. Raises `UnknownRound`."""
    rounds.require_round(round_id)
    counted = (
        select(func.count())
        .select_from(Submission)
        .join(Submission.application)
        .where(
            Submission.id.in_(latest_submissions(round_id)),
            within(actor, Application.agency_id),
            ~select(Decision.id).where(Decision.submission_id == Submission.id).exists(),
        )
    )
    return database.read().scalar(counted) or 0


def _submissions(round_id: str, actor: Actor) -> Select[Any]:
    return (
        select(Submission)
        .join(Submission.application)
        .join(Application.school)
        .where(Submission.id.in_(latest_submissions(round_id)), within(actor, Application.agency_id))
        .options(
            contains_eager(Submission.application).contains_eager(Application.school),
            contains_eager(Submission.application).joinedload(Application.agency),
        )
        .order_by(School.country, School.name, Submission.id)
    )


def counting_decisions(session: Session, round_id: str) -> dict[int, dict[str, Decision]]:
    """The decisions that count on the latest submissions of a round: for each submission, by level."""
    newest = (
        select(func.max(Decision.id))
        .where(Decision.submission_id.in_(latest_submissions(round_id)))
        .group_by(Decision.submission_id, Decision.level)
    )
    found: dict[int, dict[str, Decision]] = {}
    for decision in session.scalars(select(Decision).where(Decision.id.in_(newest)).order_by(Decision.id)):
        found.setdefault(decision.submission_id, {})[decision.level] = decision
    return found


def final_of(decisions: dict[str, Decision]) -> Decision | None:
    """The decision that settles a submission as things stand: that of the highest level which has spoken."""
    return decisions.get("central") or decisions.get("agency")


def history_of(submission_id: int) -> Sequence[Decision]:
    """Every decision on a submission, the newest first; also those that a later one replaced."""
    return [decision for decision in _history(submission_id) if decision.submission_id == submission_id]


def history_before(submission: Submission) -> Sequence[Decision]:
    """Every decision on the earlier submissions of the same application, the newest first."""
    return [decision for decision in _history(submission.id) if decision.submission.number < submission.number]


def _history(submission_id: int) -> Sequence[Decision]:
    """Every decision on the application of a submission, the newest first; read once for a request."""
    session = database.read()
    same = select(Submission.application_id).where(Submission.id == submission_id).scalar_subquery()
    statement = (
        select(Decision)
        .join(Decision.submission)
        .where(Submission.application_id == same)
        .options(contains_eager(Decision.submission))
        .order_by(Decision.id.desc())
    )
    return database.once(session, ("history", submission_id), lambda: session.scalars(statement).all())


def counting_of(session: Session, submission_id: int) -> dict[str, Decision]:
    """The decision that counts at each level of one submission."""
    statement = select(Decision).where(Decision.submission_id == submission_id).order_by(Decision.id)
    return {decision.level: decision for decision in session.scalars(statement)}


def released_for(application: Application) -> Decision | None:
    """The decision that a school may read: of the newest submission whose result was released, that of the highest
    level; none before the release. In a round that releases one by one, the school may have sent a newer one since."""
    session = database.read()
    statement = (
        select(Decision, newest_edition(Decision.submission_id))
        .join(Decision.submission)
        .where(Submission.application_id == application.id, Decision.released_at.is_not(None))
        .options(
            contains_eager(Decision.submission).joinedload(Submission.edition).defer(Edition.content),
            # A school reads with its decision what was found of each part.
            joinedload(Decision.judgements),
        )
        .order_by(Submission.number, Decision.id)
    )
    rows = session.execute(statement).unique().all()
    for decision, edition_id in rows:
        noted(session, decision.submission_id, edition_id)
    released = [row.Decision for row in rows]
    newest = released[-1].submission_id if released else None
    return final_of({decision.level: decision for decision in released if decision.submission_id == newest})


def released_outcomes(applications: Sequence[int]) -> dict[int, str]:
    """What was decided of the latest submission of some applications, where its school may read it; by application."""
    newest = (
        select(func.max(Submission.id))
        .where(Submission.application_id.in_(applications))
        .group_by(Submission.application_id)
    )
    rows = database.read().execute(
        select(Submission.application_id, Decision.level, Decision.outcome)
        .join(Decision.submission)
        .where(Submission.id.in_(newest), Decision.released_at.is_not(None))
        .order_by(Decision.id)
    )
    found: dict[int, dict[str, str]] = {}
    for application_id, level, outcome in rows:
        found.setdefault(application_id, {})[level] = outcome
    return {application_id: levels.get("central") or levels["agency"] for application_id, levels in found.items()}


def declared_submissions(round_id: str) -> Select[Any]:
    """A statement for the latest submissions of a round whose exact text the head of the school has declared."""
    return (
        select(Submission.id)
        .join(Declaration, holds_for_submission())
        .where(Submission.id.in_(latest_submissions(round_id)))
    )


def is_declared(session: Session, submission: Submission) -> bool:
    """Whether the head of the school signed the exact text of a submission, by link or on a confirmed paper."""
    statement = select(Declaration.id).join(Submission, holds_for_submission()).where(Submission.id == submission.id)
    return session.scalars(statement.limit(1)).first() is not None


def holds_for_submission() -> Any:
    """The condition that joins a submission with a declaration that holds for it."""
    return (
        (Declaration.application_id == Submission.application_id)
        & (Declaration.content_hash == Submission.content_hash)
        & (Declaration.state == "signed")
    )


def is_open_still(session: Session, round_id: str, calendar: Calendar) -> bool:
    """Whether applications may still come in by these dates, so that nothing is decided yet, unless
    results are released one by one."""
    record = record_of(session, round_id)
    if record is None or record.opened_at is None:
        return True
    if record.closed_at is not None and record.closed_at <= clock.now():
        return False
    return calendar.is_open(clock.now())


def publications(round_id: str) -> Sequence[Publication]:
    """The releases of a round, the newest first."""
    statement = select(Publication).where(Publication.round_id == round_id).order_by(Publication.id.desc())
    return database.read().scalars(statement).all()

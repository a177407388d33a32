"""What is done with scores. Sheets are worked out outside the transaction and stored in one; none is rewritten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from skolemerke_forms.questions import plain_number
from skolemerke_forms.values import sha256_of
from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from skolemerke import audit, clock, database
from skolemerke.applications.models import Application, Submission
from skolemerke.contract.scoring import ScoreSheet
from skolemerke.plugin_host.host import RoundPaused
from skolemerke.rounds import operations as rounds
from skolemerke.rounds.changes import differences, reaches_drafts
from skolemerke.rounds.composition import host
from skolemerke.rounds.models import Edition, RoundRecord
from skolemerke.rounds.queries import UnknownRound, content, current_edition, require_round
from skolemerke.scoring.judgements import NOTHING_JUDGED, Judged, judged, judged_of_all, newest_judgement
from skolemerke.scoring.models import ScoringRun, StoredSheet
from skolemerke.scoring.queries import counting_sheets, editions_submitted, latest_submissions
from skolemerke.scoring.scorer import CannotScore, Scorer, answers_of
from skolemerke.scoring.waiting import Waiting

READ_AT_ONCE = 100


@dataclass(frozen=True)
class RunReport:
    """What a run did. `outcomes` counts the sheets that count, of all latest submissions of the round.

    `made` is the number of new sheets; `cannot_score` that of submissions which the installed code can't score,
    `reasons` say why.
    """

    run: int
    applications: int
    outcomes: dict[str, int]
    made: int = 0
    cannot_score: int = 0
    reasons: tuple[str, ...] = ()


@dataclass
class _Scored:
    """Sheets on their way into the database, and what could not be scored."""

    sheets: Waiting
    failed: int = 0
    reasons: list[str] = field(default_factory=list)

    def note(self, error: CannotScore) -> None:
        """Keep the reason; the same one once."""
        if str(error) not in self.reasons:
            self.reasons.append(str(error))


@dataclass(frozen=True)
class _Job:
    """The submissions that want a sheet under one edition: those that were made under the edition `made_under`."""

    edition: Edition
    made_under: int


def run(round_id: str, *, actor: str = audit.SYSTEM) -> RunReport:
    """Score the latest submissions of a round.

    Each gets a sheet under its own edition, and a second one beside it where its agency's current edition only
    widens the round; where it was judged anew, a sheet with these judgements beside the ones before. What has a sheet
    keeps it. Raises `UnknownRound`.
    """
    require_round(round_id)
    _freeze(round_id)
    with Waiting() as sheets:
        return _stored_run(round_id, _scored(round_id, _jobs(round_id), sheets), actor)


def _stored_run(round_id: str, scored: _Scored, actor: str) -> RunReport:
    now = clock.now()
    with database.write() as session:
        session.get(RoundRecord, round_id, with_for_update=True)
        last = session.scalar(select(func.max(ScoringRun.number)).where(ScoringRun.round_id == round_id))
        made_run = ScoringRun(round_id=round_id, number=(last or 0) + 1, at=now)
        session.add(made_run)
        session.flush()
        made = _store(session, scored.sheets.slices(), made_run.id)
        outcomes = _outcomes(session, round_id)
        made_run.counts = {"made": made, "cannot_score": scored.failed, "outcomes": outcomes}
        audit.record(session, "scores.made", f"round:{round_id}", actor=actor, run=made_run.number, **made_run.counts)
        applications = session.scalar(select(func.count()).select_from(latest_submissions(round_id).subquery()))
        number = made_run.number
    return RunReport(number, applications or 0, outcomes, made, scored.failed, tuple(scored.reasons))


def missing_sheets() -> int:
    """Give every latest submission the sheets that it lacks; returns how many were new.

    That is the one of its own edition, a second one beside it where its round was widened since, and one with the
    newest judgements.
    """
    made = 0
    used = select(Application.round_id).join(Submission, Submission.application_id == Application.id).distinct()
    for round_id in sorted(database.read().scalars(used)):
        _freeze(round_id)
        with Waiting() as sheets:
            _scored(round_id, _jobs(round_id), sheets)
            if sheets.count:
                with database.write() as session:
                    made += _store(session, sheets.slices(), None)
                    audit.record(session, "scores.completed", f"round:{round_id}", made=sheets.count)
    return made


def score_submission(submission_id: int) -> StoredSheet:
    """The sheet of one submission under its own edition with the newest judgements, made when there is none; beside
    it those under the editions that have a sheet of it already. Raises `CannotScore`."""
    submission = database.read().get_one(Submission, submission_id)
    found = judged(database.read(), submission_id)
    made = database.read().scalars(select(StoredSheet).where(StoredSheet.submission_id == submission_id)).all()
    there = {sheet.edition_id for sheet in made if sheet.judged_up_to == found.up_to}
    rows = []
    for edition_id in sorted({submission.edition_id, *(sheet.edition_id for sheet in made)} - there):
        scorer = Scorer(content(database.read().get_one(Edition, edition_id)), host())
        answers = answers_of(submission.raw, submission.evidence, submission.known)
        rows.append(_row(scorer.sheet_of(answers, found.findings), submission_id, edition_id, found, scorer.code))
    if rows:
        with database.write() as session:
            _store(session, [rows], None)
    of_own = (StoredSheet.submission_id == submission_id) & (StoredSheet.edition_id == submission.edition_id)
    return database.read().scalars(select(StoredSheet).where(of_own, StoredSheet.judged_up_to == found.up_to)).one()


def _freeze(round_id: str) -> None:
    """Make sure that the current editions stand; without its plugin a round keeps those that it has."""
    try:
        rounds.freeze_all(round_id)
    except (RoundPaused, UnknownRound):
        return


def _jobs(round_id: str) -> list[_Job]:
    """The editions under which submissions of a round are scored: their own, and the widened one beside it."""
    jobs = []
    for edition in editions_submitted(round_id):
        jobs.append(_Job(edition, edition.id))
        current = current_edition(database.read(), round_id, edition.agency_id)
        if current is not None and current.id != edition.id and _widens(edition, current):
            jobs.append(_Job(current, edition.id))
    return jobs


def _widens(old: Edition, new: Edition) -> bool:
    changes = differences(content(old), content(new))
    return reaches_drafts(changes) and any(change.kind == "widening" for change in changes)


def _scored(round_id: str, jobs: Iterable[_Job], sheets: Waiting) -> _Scored:
    """Work out the sheets that are missing, edition by edition: the policy is looked up once for each."""
    scored = _Scored(sheets)
    judgements = judged_of_all(database.read(), latest_submissions(round_id))
    for job in jobs:
        try:
            scorer = Scorer(content(job.edition), host())
        except CannotScore as error:
            scored.failed += sum(1 for _ in _wanting(round_id, job))
            scored.note(error)
            continue
        for submission_id, raw, evidence, known in _wanting(round_id, job):
            found = judgements.get(submission_id, NOTHING_JUDGED)
            try:
                sheet = scorer.sheet_of(answers_of(raw, evidence, known), found.findings)
            except CannotScore as error:
                scored.failed += 1
                scored.note(error)
            else:
                sheets.add(_row(sheet, submission_id, job.edition.id, found, scorer.code))
    return scored


def _wanting(round_id: str, job: _Job) -> Iterator[tuple[int, dict[str, Any], list[dict[str, Any]], dict[str, Any]]]:
    newest = newest_judgement().subquery()
    has_sheet = exists().where(
        StoredSheet.submission_id == Submission.id,
        StoredSheet.edition_id == job.edition.id,
        StoredSheet.judged_up_to == func.coalesce(newest.c.up_to, 0),
    )
    statement = (
        select(Submission.id, Submission.raw, Submission.evidence, Submission.known)
        .outerjoin(newest, newest.c.submission_id == Submission.id)
        .where(
            Submission.id.in_(latest_submissions(round_id)),
            Submission.edition_id == job.made_under,
            ~has_sheet,
        )
        .order_by(Submission.id)
        .execution_options(yield_per=READ_AT_ONCE)
    )
    for row in database.read().execute(statement):
        yield row.id, row.raw, row.evidence, row.known


def _row(sheet: ScoreSheet, submission_id: int, edition_id: int, found: Judged, code: dict[str, Any]) -> dict[str, Any]:
    text = sheet.canonical()
    return {
        "submission_id": submission_id,
        "edition_id": edition_id,
        "judged_up_to": found.up_to,
        "sheet": text,
        "hash": sha256_of(text),
        "outcome": sheet.outcome,
        "points": None if sheet.points is None else plain_number(sheet.points),
        "code": code,
    }


def _store(session: Session, slices: Iterable[list[dict[str, Any]]], run_id: int | None) -> int:
    """Insert the sheets that nobody has made in the meantime; returns how many.

    Two colleagues who submit the same draft at once both come here for one submission, and so may the worker: whoever
    is second waits for the first, and stores nothing.
    """
    now = clock.now()
    keep = database.insert(session, database.table_of(StoredSheet)).on_conflict_do_nothing(index_elements=_KEY)
    keep = keep.execution_options(preserve_rowcount=True)
    connection = session.connection()
    return sum(
        connection.execute(keep, [{**row, "run_id": run_id, "made_at": now} for row in rows]).rowcount
        for rows in slices
    )


_KEY = ("submission_id", "edition_id", "judged_up_to")
"""What makes a sheet the only one of its kind."""


def _outcomes(session: Session, round_id: str) -> dict[str, int]:
    counted = session.execute(
        select(StoredSheet.outcome, func.count())
        .where(StoredSheet.id.in_(counting_sheets(round_id)))
        .group_by(StoredSheet.outcome)
    )
    counts = {"passed": 0, "not_passed": 0}
    for outcome, count in counted:
        counts[outcome or "none"] = count
    return counts

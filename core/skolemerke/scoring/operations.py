"""What is done with scores. Sheets are worked out outside the transaction and stored in one; none is rewritten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from skolemerke_forms.values import sha256_of
from sqlalchemy import func, insert, select
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
from skolemerke.scoring.models import ScoringRun, StoredSheet
from skolemerke.scoring.queries import counting_sheets, latest_submissions
from skolemerke.scoring.scorer import CannotScore, Scorer, answers_of, code_of

READ_AT_ONCE = 500


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


@dataclass(frozen=True)
class Replayed:
    """What it gave to work out every stored sheet again."""

    sheets: int = 0
    same: int = 0
    different: int = 0
    cannot_replay: int = 0
    different_sheets: tuple[int, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass
class _Scored:
    """Sheets on their way into the database, and what could not be scored."""

    rows: list[dict[str, Any]] = field(default_factory=list)
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
    widens the round. What has a sheet keeps it. Raises `UnknownRound`.
    """
    require_round(round_id)
    _freeze(round_id)
    scored = _scored(round_id, _jobs(round_id))
    now = clock.now()
    with database.write() as session:
        session.get(RoundRecord, round_id, with_for_update=True)
        last = session.scalar(select(func.max(ScoringRun.number)).where(ScoringRun.round_id == round_id))
        made_run = ScoringRun(round_id=round_id, number=(last or 0) + 1, at=now)
        session.add(made_run)
        session.flush()
        made = _store(session, scored.rows, made_run.id)
        outcomes = _outcomes(session, round_id)
        made_run.counts = {"made": made, "cannot_score": scored.failed, "outcomes": outcomes}
        audit.record(session, "scores.made", f"round:{round_id}", actor=actor, run=made_run.number, **made_run.counts)
        applications = session.scalar(select(func.count()).select_from(latest_submissions(round_id).subquery()))
        number = made_run.number
    return RunReport(number, applications or 0, outcomes, made, scored.failed, tuple(scored.reasons))


def missing_sheets() -> int:
    """Give every latest submission the sheets that it lacks; returns how many were new.

    That is the one of its own edition, and a second one beside it where its round was widened since.
    """
    made = 0
    used = select(Application.round_id).join(Submission, Submission.application_id == Application.id).distinct()
    for round_id in sorted(database.read().scalars(used)):
        _freeze(round_id)
        rows = _scored(round_id, _jobs(round_id)).rows
        if rows:
            with database.write() as session:
                made += _store(session, rows, None)
                audit.record(session, "scores.completed", f"round:{round_id}", made=len(rows))
    return made


def score_submission(submission_id: int) -> StoredSheet:
    """The sheet of one submission under its own edition, made when there is none. Raises `CannotScore`."""
    submission = database.read().get_one(Submission, submission_id)
    found = _sheet_under(database.read(), submission_id, submission.edition_id)
    if found is not None:
        return found
    scorer = Scorer(content(submission.edition), host())
    sheet = scorer.sheet_of(answers_of(submission.raw, submission.evidence, submission.known))
    row = _row(sheet, submission_id, submission.edition_id, scorer.code)
    with database.write() as session:
        _store(session, [row], None)
    return database.read().scalars(select(StoredSheet).where(_under(submission_id, row["edition_id"]))).one()


def replay(round_id: str) -> Replayed:
    """Work out every stored sheet of a round again and compare it byte by byte; nothing is changed."""
    require_round(round_id)
    totals = {"same": 0, "different": 0, "cannot_replay": 0}
    different, reasons = [], []
    for edition_id in _editions_with_sheets(round_id):
        for stored, result, reason in _replayed(edition_id):
            totals[result] += 1
            if result == "different":
                different.append(stored)
            if reason and reason not in reasons:
                reasons.append(reason)
    return Replayed(sum(totals.values()), **totals, different_sheets=tuple(different), reasons=tuple(reasons))


def _freeze(round_id: str) -> None:
    """Make sure that the current editions stand; without its plugin a round keeps those that it has."""
    try:
        rounds.freeze_all(round_id)
    except (RoundPaused, UnknownRound):
        return


def _jobs(round_id: str) -> list[_Job]:
    """The editions under which submissions of a round are scored: their own, and the widened one beside it."""
    read = database.read()
    used = (
        select(Edition)
        .join(Submission, Submission.edition_id == Edition.id)
        .where(Submission.id.in_(latest_submissions(round_id)))
        .distinct()
        .order_by(Edition.id)
    )
    jobs = []
    for edition in read.scalars(used).all():
        jobs.append(_Job(edition, edition.id))
        current = current_edition(read, round_id, edition.agency_id)
        if current is not None and current.id != edition.id and _widens(edition, current):
            jobs.append(_Job(current, edition.id))
    return jobs


def _widens(old: Edition, new: Edition) -> bool:
    changes = differences(content(old), content(new))
    return reaches_drafts(changes) and any(change.kind == "widening" for change in changes)


def _scored(round_id: str, jobs: Iterable[_Job]) -> _Scored:
    """The sheets that are missing, worked out edition by edition: the policy is looked up once for each."""
    scored = _Scored()
    for job in jobs:
        try:
            scorer = Scorer(content(job.edition), host())
        except CannotScore as error:
            scored.failed += sum(1 for _ in _wanting(round_id, job))
            scored.note(error)
            continue
        for submission_id, raw, evidence, known in _wanting(round_id, job):
            try:
                sheet = scorer.sheet_of(answers_of(raw, evidence, known))
            except CannotScore as error:
                scored.failed += 1
                scored.note(error)
            else:
                scored.rows.append(_row(sheet, submission_id, job.edition.id, scorer.code))
    return scored


def _wanting(round_id: str, job: _Job) -> Iterator[tuple[int, dict[str, Any], list[dict[str, Any]], dict[str, Any]]]:
    has_sheet = select(StoredSheet.submission_id).where(StoredSheet.edition_id == job.edition.id)
    statement = (
        select(Submission.id, Submission.raw, Submission.evidence, Submission.known)
        .where(
            Submission.id.in_(latest_submissions(round_id)),
            Submission.edition_id == job.made_under,
            Submission.id.not_in(has_sheet),
        )
        .order_by(Submission.id)
        .execution_options(yield_per=READ_AT_ONCE)
    )
    for row in database.read().execute(statement):
        yield row.id, row.raw, row.evidence, row.known


def _row(sheet: ScoreSheet, submission_id: int, edition_id: int, code: dict[str, Any]) -> dict[str, Any]:
    text = sheet.canonical()
    return {
        "submission_id": submission_id,
        "edition_id": edition_id,
        "sheet": text,
        "hash": sha256_of(text),
        "outcome": sheet.outcome,
        "points": sheet.model_dump(mode="json")["points"],
        "code": code,
    }


def _store(session: Session, rows: list[dict[str, Any]], run_id: int | None) -> int:
    """Insert the sheets that nobody has made in the meantime."""
    ids = [row["submission_id"] for row in rows]
    there = set()
    for start in range(0, len(ids), READ_AT_ONCE):
        chunk = StoredSheet.submission_id.in_(ids[start : start + READ_AT_ONCE])
        there |= {tuple(pair) for pair in session.execute(select(_pair()[0], _pair()[1]).where(chunk))}
    new = [row for row in rows if (row["submission_id"], row["edition_id"]) not in there]
    if new:
        now = clock.now()
        session.execute(insert(StoredSheet), [{**row, "run_id": run_id, "made_at": now} for row in new])
    return len(new)


def _pair() -> tuple[Any, Any]:
    return StoredSheet.submission_id, StoredSheet.edition_id


def _under(submission_id: int, edition_id: int) -> Any:
    return (StoredSheet.submission_id == submission_id) & (StoredSheet.edition_id == edition_id)


def _sheet_under(session: Session, submission_id: int, edition_id: int) -> StoredSheet | None:
    return session.scalars(select(StoredSheet).where(_under(submission_id, edition_id))).first()


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


def _editions_with_sheets(round_id: str) -> list[int]:
    statement = (
        select(StoredSheet.edition_id)
        .join(Edition, Edition.id == StoredSheet.edition_id)
        .where(Edition.round_id == round_id)
        .distinct()
        .order_by(StoredSheet.edition_id)
    )
    return list(database.read().scalars(statement))


def _replayed(edition_id: int) -> Iterator[tuple[int, str, str]]:
    """Each sheet of an edition with what came of it, and why it could not be worked out."""
    frozen = content(database.read().get_one(Edition, edition_id))
    refusal, scorer = "", None
    try:
        scorer = Scorer(frozen, host())
    except CannotScore as error:
        refusal = str(error)
    installed = code_of(frozen, host())
    statement = (
        select(
            StoredSheet.id, StoredSheet.sheet, StoredSheet.code, Submission.raw, Submission.evidence, Submission.known
        )
        .join(Submission, Submission.id == StoredSheet.submission_id)
        .where(StoredSheet.edition_id == edition_id)
        .order_by(StoredSheet.id)
        .execution_options(yield_per=READ_AT_ONCE)
    )
    for row in database.read().execute(statement):
        if scorer is None:
            yield row.id, "cannot_replay", refusal
        elif row.code != installed:
            yield row.id, "cannot_replay", f"the code that made it is not installed: {row.code}"
        else:
            yield (row.id, *_compared(scorer, row.sheet, answers_of(row.raw, row.evidence, row.known)))


def _compared(scorer: Scorer, stored: str, answers: Any) -> tuple[str, str]:
    try:
        again = scorer.sheet_of(answers).canonical()
    except CannotScore as error:
        return "cannot_replay", str(error)
    return ("same" if again == stored else "different"), ""

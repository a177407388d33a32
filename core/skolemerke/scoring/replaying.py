"""The proof that scores can be worked out again: every stored sheet, byte by byte, with the judgements of its day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from skolemerke_forms.answers import AnswerSet
from sqlalchemy import select

from skolemerke import database
from skolemerke.applications.models import Submission
from skolemerke.contract.scoring import Judgements
from skolemerke.rounds.composition import host
from skolemerke.rounds.models import Edition
from skolemerke.rounds.queries import content, require_round
from skolemerke.scoring.judgements import findings_at
from skolemerke.scoring.models import Judgement, StoredSheet
from skolemerke.scoring.scorer import CannotScore, Scorer, answers_of, code_of

READ_AT_ONCE = 500


@dataclass(frozen=True)
class Replayed:
    """What it gave to work out every stored sheet again."""

    sheets: int = 0
    same: int = 0
    different: int = 0
    cannot_replay: int = 0
    different_sheets: tuple[int, ...] = ()
    reasons: tuple[str, ...] = ()


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
    judgements = _judgements(edition_id)
    statement = (
        select(
            StoredSheet.id,
            StoredSheet.submission_id,
            StoredSheet.judged_up_to,
            StoredSheet.sheet,
            StoredSheet.code,
            Submission.raw,
            Submission.evidence,
            Submission.known,
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
            found = findings_at(judgements.get(row.submission_id, ()), row.judged_up_to)
            yield (row.id, *_compared(scorer, row.sheet, answers_of(row.raw, row.evidence, row.known), found))


def _judgements(edition_id: int) -> dict[int, list[tuple[int, str, str]]]:
    """Every judgement of the submissions that have a sheet under an edition: number, part and finding."""
    with_sheet = select(StoredSheet.submission_id).where(StoredSheet.edition_id == edition_id)
    found: dict[int, list[tuple[int, str, str]]] = {}
    statement = select(Judgement.submission_id, Judgement.id, Judgement.part, Judgement.finding)
    for row in database.read().execute(statement.where(Judgement.submission_id.in_(with_sheet))):
        found.setdefault(row.submission_id, []).append((row.id, row.part, row.finding))
    return found


def _compared(scorer: Scorer, stored: str, answers: AnswerSet, found: Judgements) -> tuple[str, str]:
    try:
        again = scorer.sheet_of(answers, found).canonical()
    except CannotScore as error:
        return "cannot_replay", str(error)
    return ("same" if again == stored else "different"), ""

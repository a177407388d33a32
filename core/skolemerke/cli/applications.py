"""`skolemerke applications`: who has applied, and their answers as a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import click

from skolemerke import spreadsheet
from skolemerke.cli import frame
from skolemerke.decisions.overview import Entry, applications_of
from skolemerke.people.actors import SYSTEM
from skolemerke.rounds.queries import content
from skolemerke.scoring.queries import editions_submitted

HEADS = ["id", "school", "name", "country", "agency", "state", "saved", "submitted", "score", "points"]


group = click.Group("applications")


@frame.command(group, "list")
@click.argument("round_id", metavar="ROUND")
def list_applications(round_id: str) -> frame.Report:
    """List the applications of a round, drafts included."""
    data = [as_json(entry) for entry in applications_of(round_id, SYSTEM)]
    rows = [[row[head] for head in HEADS] for row in data]
    return frame.Report(data, frame.table(rows, HEADS) if rows else f"Nobody has applied in {round_id}.")


@frame.command(group, "export")
@click.argument("round_id", metavar="ROUND")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(round_id: str, file: Path) -> frame.Report:
    """Write the applications of a round with their latest submitted answers to a CSV file."""
    entries = applications_of(round_id, SYSTEM, with_answers=True)
    questions = _questions(round_id)
    heads = [*HEADS, "receipt", "consent", *questions]
    written = write_table(file, heads, _rows(entries, questions))
    data = {"file": str(file), "applications": written, "columns": heads}
    return frame.Report(data, f"Wrote {written} applications to {file}.")


def write_table(file: Path, heads: list[str], rows: Iterable[Sequence[object]]) -> int:
    """Write a table to a file, whole or not at all; returns how many rows it has. Raises `BadInput` where nothing can
    be written."""
    part = file.with_name(file.name + ".part")
    numbers = count()
    try:
        with part.open("w", encoding="utf-8", newline="") as out:
            # The rows end before the counter, which is then at how many there were.
            out.writelines(spreadsheet.csv_lines(heads, (row for row, _number in zip(rows, numbers, strict=False))))
        part.replace(file)
        return next(numbers)
    except OSError as error:
        raise frame.BadInput(
            f"{file}: can't be written: {error.strerror}; name a file in a folder that exists"
        ) from error


def as_json(entry: Entry) -> dict[str, Any]:
    """One application as the list prints it."""
    application, sent = entry.application, entry.submission
    return {
        "id": application.public_id,
        "school": application.school.school_id,
        "name": application.school.name,
        "country": application.school.country,
        "agency": application.agency.code if application.agency else None,
        "state": entry.state,
        "started": application.created_at.isoformat(),
        "saved": application.saved_at.isoformat() if application.saved_at else None,
        "submission": sent.number if sent else None,
        "submitted": sent.arrived_at.isoformat() if sent else None,
        "receipt": sent.receipt if sent else None,
        "score": entry.sheet.outcome if entry.sheet else None,
        "points": entry.sheet.points if entry.sheet else None,
    }


def _questions(round_id: str) -> list[str]:
    """The questions of all editions that were submitted, in the order of the forms."""
    names: dict[str, None] = {}
    for edition in editions_submitted(round_id):
        names |= {question.id: None for question in content(edition).form.questions() if question.asks}
    return list(names)


def _rows(entries: Iterable[Entry], questions: list[str]) -> Iterator[list[object]]:
    for entry in entries:
        row = as_json(entry)
        answers = entry.submission.clean if entry.submission else {}
        consent = entry.submission.consent if entry.submission else ""
        yield [*(row[head] for head in HEADS), row["receipt"], consent, *(_cell(answers.get(q)) for q in questions)]


def _cell(answer: Any) -> str:
    """A clean answer in one cell: rows and columns of a matrix or a table as `name=value`."""
    if isinstance(answer, dict):
        return ", ".join(f"{name}={value}" for name, value in answer.items() if name != "row")
    return "; ".join(_cell(one) for one in answer) if isinstance(answer, list) else answer or ""

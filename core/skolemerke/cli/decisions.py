"""`skolemerke decisions`: what was decided, and the release of a round's results."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from skolemerke.cli import frame
from skolemerke.decisions import operations, queries
from skolemerke.decisions.queries import Line
from skolemerke.people.actors import SYSTEM

HEADS = ["application", "school", "name", "country", "score", "declaration", "agency", "central", "released"]


group = click.Group("decisions")


@frame.command(group, "list")
@click.argument("round_id", metavar="ROUND")
def list_decisions(round_id: str) -> frame.Report:
    """List the submissions of a round with what was decided of each."""
    data = [_as_json(line) for line in queries.decisions_list(round_id, SYSTEM)]
    rows = [[row[head] for head in HEADS] for row in data]
    return frame.Report(data, frame.table(rows, HEADS) if rows else f"Nothing was submitted in {round_id}.")


@frame.command(group, "publish")
@click.argument("round_id", metavar="ROUND")
def publish(round_id: str) -> frame.Report:
    """Release what was decided and not yet released: labels, mails, the public list."""
    try:
        published = operations.publish(SYSTEM, round_id)
    except operations.DecisionRefusal as error:
        raise frame.BadInput(str(error)) from error
    text = (
        f"Released {published.released} results of {round_id}: {published.granted} granted, "
        f"{published.refused} refused; {published.labels} labels, {published.mails} mails."
    )
    if published.undecided:
        text += f" {published.undecided} submissions are not decided."
    return frame.Report(asdict(published), text)


def _as_json(line: Line) -> dict[str, Any]:
    school, agency = line.application.school, line.application.agency
    made = {level: decision.outcome for level, decision in line.decisions.items()}
    return {
        "application": line.application.public_id,
        "school": school.school_id,
        "name": school.name,
        "country": school.country,
        "agency_code": agency.code if agency else None,
        "submission": line.submission.number,
        "submitted": line.submission.arrived_at.isoformat(),
        "score": line.sheet.outcome if line.sheet else None,
        "points": line.sheet.points if line.sheet else None,
        "declaration": line.has_declaration,
        "agency": made.get("agency"),
        "central": made.get("central"),
        "result": line.result,
        "released": line.released_at.isoformat() if line.released_at else None,
    }

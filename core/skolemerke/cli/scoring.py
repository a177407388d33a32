"""`skolemerke scoring`: score what was submitted, and prove that the scores can be worked out again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from skolemerke.cli import frame
from skolemerke.scoring import operations, replaying
from skolemerke.scoring.simulating import Changed, Scored
from skolemerke.scoring.simulating import simulate as simulated

WORDS = {"not_passed": "not passed", "not_recommended": "not recommended", "none": "to be judged"}
"""Outcomes as the text says them; a submission of which a part is still to be judged has none."""


group = click.Group("scoring")


@frame.command(group, "run")
@click.argument("round_id", metavar="ROUND")
def run(round_id: str) -> frame.Report:
    """Score the latest submissions of a round; a sheet that is there is never changed."""
    made = operations.run(round_id)
    data = {"run": made.run, "applications": made.applications, "outcomes": made.outcomes}
    found = {outcome: count for outcome, count in made.outcomes.items() if count} or made.outcomes
    counted = ", ".join(f"{count} {WORDS.get(outcome, outcome)}" for outcome, count in found.items())
    lines = [f"Run {made.run} of {round_id}: {made.applications} applications, {made.made} new sheets; {counted}."]
    if made.cannot_score:
        data |= {"cannot_score": made.cannot_score, "reasons": list(made.reasons)}
        lines += [f"{made.cannot_score} could not be scored:", *made.reasons]
    return frame.Report(data, "\n".join(lines), made.cannot_score == 0)


@frame.command(group, "replay")
@click.argument("round_id", metavar="ROUND")
def replay(round_id: str) -> frame.Report:
    """Work out every stored sheet again and compare it byte by byte; a difference makes the answer "no"."""
    found = replaying.replay(round_id)
    data = {
        "sheets": found.sheets,
        "same": found.same,
        "different": found.different,
        "cannot_replay": found.cannot_replay,
    }
    lines = [f"{found.sheets} sheets: {found.same} the same, {found.different} different."]
    if found.different:
        lines.append(f"Different: sheets {', '.join(map(str, found.different_sheets))}.")
    if found.cannot_replay:
        lines += [f"{found.cannot_replay} can't be replayed:", *found.reasons]
    return frame.Report(data, "\n".join(lines), not found.different and not found.cannot_replay)


@frame.command(group, "simulate")
@click.argument("round_id", metavar="ROUND")
@click.option(
    "--with",
    "folder",
    metavar="PATH",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of the plugin to try: an overlay of the round, or a round.",
)
def simulate(round_id: str, folder: Path) -> frame.Report:
    """What the plugin in a folder would make of the submissions of a round; nothing is stored."""
    found = simulated(round_id, folder)
    data = {
        "round": round_id,
        "with": str(folder),
        "submissions": found.submissions,
        "before": found.before,
        "after": found.after,
        "changed": [_change(change) for change in found.changed],
        "cannot_score": found.cannot_score,
        "reasons": list(found.reasons),
    }
    lines = [
        f"{found.submissions} submissions of {round_id}: {_counted(found.before)} as they are; "
        f"{_counted(found.after)} with {folder.name}. {len(found.changed)} would change."
    ]
    rows: list[list[object]] = [[c.school, c.name, c.country, _said(c.before), _said(c.after)] for c in found.changed]
    if rows:
        lines.append(frame.table(rows, ["school", "name", "country", "before", "after"]))
    if found.cannot_score:
        lines += [f"{found.cannot_score} could not be scored:", *found.reasons]
    return frame.Report(data, "\n".join(lines), found.cannot_score == 0)


def _change(change: Changed) -> dict[str, Any]:
    return {
        "school": change.school,
        "name": change.name,
        "country": change.country,
        "before": {"points": change.before.points, "outcome": change.before.outcome},
        "after": {"points": change.after.points, "outcome": change.after.outcome},
    }


def _counted(outcomes: dict[str, int]) -> str:
    return ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items())) or "none"


def _said(scored: Scored) -> str:
    return " ".join(part for part in (scored.points, scored.outcome) if part)

"""`skolemerke scoring`: score what was submitted, and prove that the scores can be worked out again."""

from __future__ import annotations

import click

from skolemerke.cli import frame
from skolemerke.scoring import operations

WORDS = {"not_passed": "not passed", "none": "to be judged"}
"""Outcomes as the text says them; those of a round without points have none."""


@click.group("scoring")
def group() -> None:
    """Score sheets of submissions."""


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
    found = operations.replay(round_id)
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

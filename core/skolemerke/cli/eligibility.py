"""`skolemerke eligibility`: step one, which schools may apply and why."""

from __future__ import annotations

from datetime import datetime

import click

from skolemerke.cli import frame
from skolemerke.eligibility import operations, queries
from skolemerke.eligibility.asking import CriterionFault
from skolemerke.eligibility.explaining import Explanation, figure
from skolemerke.registry.queries import school_by_id
from skolemerke.rounds.queries import require_round

ANSWERS = {True: "may apply", False: "may not apply", None: "is unclear"}


@click.group("eligibility")
def group() -> None:
    """Step one: which schools may apply, and why."""


@frame.command(group, "check")
@click.argument("round_id", metavar="ROUND")
@click.option("--at", metavar="INSTANT", help="Ignore facts dated after it, such as 2020-11-09T00:00:00+01:00.")
@click.option("--agency", metavar="CODE", help="Check the schools of this agency only.")
def check(round_id: str, at: str | None, agency: str | None) -> frame.Report:
    """Check every school of ROUND as a new run (default: at the last screening that is due, else now)."""
    instant = _instant(at) if at else None
    try:
        report = operations.check(round_id, at=instant, agency_code=agency)
    except (CriterionFault, operations.EligibilityRefusal) as error:
        raise frame.BadInput(str(error)) from error
    rows: list[list[object]] = [[count.id, count.met, count.not_met, count.unclear] for count in report.criteria]
    text = (
        f"Run {report.run} of round {report.round}, as of {report.at}: {report.schools} schools, {report.eligible} may "
        f"apply, {report.unclear} unclear, {report.ineligible} may not. {report.teachers_invitable} teachers can be "
        "invited.\n" + frame.table(rows, ["criterion", "met", "not met", "unclear"])
    )
    return frame.Report(report.as_json(), text)


@frame.command(group, "explain")
@click.argument("round_id", metavar="ROUND")
@click.argument("school_id", metavar="SCHOOL")
@click.option("--language", default="en", show_default=True, help="The language of the sentences.")
def explain(round_id: str, school_id: str, language: str) -> frame.Report:
    """Say why SCHOOL may apply in ROUND, or why not."""
    require_round(round_id)
    school = school_by_id(school_id)
    if school is None:
        raise frame.BadInput(f"there is no school '{school_id}' in the registry: name it by the id of the register")
    try:
        explanation = queries.explain(round_id, school, language)
    except queries.NotScreened as error:
        raise frame.BadInput(str(error)) from error
    return frame.Report(explanation.as_json(), _told(explanation))


@frame.command(group, "near-misses")
@click.argument("round_id", metavar="ROUND")
def near_misses(round_id: str) -> frame.Report:
    """List the schools that exactly one criterion keeps out."""
    try:
        found = queries.near_misses(round_id)
    except queries.NotScreened as error:
        raise frame.BadInput(str(error)) from error
    data = [
        {
            "school": miss.school.school_id,
            "name": miss.school.name,
            "country": miss.school.country,
            "criterion": miss.result.id,
            "found": figure(miss.result.found),
            "required": figure(miss.result.required),
        }
        for miss in found
    ]
    heads = ["school", "name", "country", "criterion", "found", "required"]
    return frame.Report(data, frame.table([list(row.values()) for row in data], heads))


def _told(explanation: Explanation) -> str:
    run = explanation.run
    lines = [f"{explanation.school.name} {ANSWERS[explanation.eligible]} in round {run.round_id} (run {run.number})."]
    for result in explanation.criteria:
        lines.append(f"  {result.id}: {result.verdict.word}. {result.sentence}")
        if result.override is not None:
            lines.append(f"    an officer put {result.override.verdict.word}: {result.override.reason}")
    return "\n".join(lines)


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise frame.BadInput(f"--at {text} is no instant: write it like 2020-11-09T00:00:00+01:00") from error
    if instant.tzinfo is None:
        raise frame.BadInput(f"--at {text} has no offset: write it like 2020-11-09T00:00:00+01:00")
    return instant

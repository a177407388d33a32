"""`skolemerke eligibility`: step one, which schools may apply and why."""

from __future__ import annotations

from datetime import datetime

import click

from skolemerke.cli import frame
from skolemerke.eligibility import comparing, operations, queries, trying
from skolemerke.eligibility.asking import CriterionFault
from skolemerke.eligibility.explaining import Explanation, figure
from skolemerke.registry.models import School
from skolemerke.registry.queries import school_by_id
from skolemerke.rounds.queries import require_round

ANSWERS = {True: "may apply", False: "may not apply", None: "is unclear"}


group = click.Group("eligibility")


@frame.command(group, "check")
@click.argument("round_id", metavar="ROUND")
@click.option("--at", metavar="INSTANT", help="Ignore facts dated after it, such as 2020-11-09T00:00:00+01:00.")
@click.option("--agency", metavar="CODE", help="Check the schools of this agency only.")
def check(round_id: str, at: str | None, agency: str | None) -> frame.Report:
    """Check every school of ROUND as a new run (default: at the last screening that is due, else now)."""
    instant = _instant(at) if at else None
    try:
        report = operations.check(round_id, at=instant, agency_code=agency, progress=frame.progress)
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
            "override": miss.result.as_json()["override"],
        }
        for miss in found
    ]
    heads = ["school", "name", "country", "criterion", "found", "required", "put by an officer"]
    rows = [[*list(row.values())[:-1], row["override"]["reason"] if row["override"] else None] for row in data]
    return frame.Report(data, frame.table(rows, heads))


@frame.command(group, "compare")
@click.argument("round_id", metavar="ROUND")
@click.option("--from", "first", type=int, metavar="N", help="The earlier run (default: the one before the later).")
@click.option("--to", "last", type=int, metavar="M", help="The later run (default: the last one).")
def compare(round_id: str, first: int | None, last: int | None) -> frame.Report:
    """Say which schools came and which went between two runs of ROUND, and which fact did it."""
    try:
        found = comparing.compare(round_id, first, last)
    except queries.NotScreened as error:
        raise frame.BadInput(str(error)) from error
    lines = [
        f"Round {round_id}, run {found.last.number} beside run {found.first.number}: {len(found.came)} schools came, "
        f"{len(found.went)} went."
    ]
    for sign, schools in (("+", found.came), ("-", found.went)):
        lines += [f"{sign} {_named(moved.school)}: {_why(moved)}" for moved in schools]
    return frame.Report(found.as_json(), "\n".join(lines))


@frame.command(group, "what-if")
@click.argument("round_id", metavar="ROUND")
@click.option("--set", "settings", multiple=True, required=True, metavar="CRITERION.PARAMETER=VALUE",
              help="Such as active_teachers.at_least=2; may be given several times, lists with commas.")  # fmt: skip
@click.option("--at", metavar="INSTANT", help="Ignore facts dated after it, such as 2020-11-09T00:00:00+01:00.")
def what_if(round_id: str, settings: tuple[str, ...], at: str | None) -> frame.Report:
    """Say which schools other parameters would add to ROUND or drop from it. Nothing is stored."""
    instant = _instant(at) if at else None
    require_round(round_id)
    instants = {name: instant or due for name, due in operations.due_screenings(round_id).items()}
    try:
        found = trying.what_if(round_id, [trying.setting(text) for text in settings], instants)
    except (CriterionFault, queries.NotScreened, trying.SettingRefusal) as error:
        raise frame.BadInput(str(error)) from error
    heads = ["agency", "country", "before", "after", "added", "dropped"]
    rows = [[getattr(count, head) for head in heads] for count in found.countries]
    lines = [frame.table(rows, heads)]
    lines += [f"+ {_named(school)}" for school in found.added]
    lines += [f"- {_named(school)}" for school in found.dropped]
    return frame.Report(found.as_json(), "\n".join(lines))


def _named(school: School) -> str:
    return frame.one_line(f"{school.school_id} {school.name}")


def _why(moved: comparing.MovedSchool) -> str:
    if not moved.facts:
        return "it was checked in one of the two runs only"
    return frame.one_line("; ".join(_change(fact) for fact in moved.facts))


def _change(fact: comparing.ChangedFact) -> str:
    halves = ((fact.before, fact.found_before), (fact.after, fact.found_after))
    before, after = (
        f"{verdict.word if verdict is not None else 'not asked'} ({found or 'none'})" for verdict, found in halves
    )
    return f"{fact.id} {before} -> {after}"


def _told(explanation: Explanation) -> str:
    run = explanation.run
    name = frame.one_line(explanation.school.name)
    lines = [f"{name} {ANSWERS[explanation.eligible]} in round {run.round_id} (run {run.number})."]
    for result in explanation.criteria:
        lines.append(f"  {result.id}: {result.verdict.word}. {frame.one_line(result.sentence)}")
        if result.override is not None:
            reason = frame.one_line(result.override.reason)
            lines.append(f"    an officer put {result.override.verdict.word}: {reason}")
    return "\n".join(lines)


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise frame.BadInput(f"--at {text} is no instant: write it like 2020-11-09T00:00:00+01:00") from error
    if instant.tzinfo is None:
        raise frame.BadInput(f"--at {text} has no offset: write it like 2020-11-09T00:00:00+01:00")
    return instant

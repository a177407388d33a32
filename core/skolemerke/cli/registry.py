"""`skolemerke registry`: schools, teachers and what they did, from the files of the platform."""

from __future__ import annotations

from dataclasses import asdict
from itertools import islice
from pathlib import Path

import click

from skolemerke.agencies import queries as agencies
from skolemerke.cli import frame
from skolemerke.registry import operations, queries
from skolemerke.registry.generating import generate as generate_files
from skolemerke.registry.importing.report import ImportRefused, ImportReport
from skolemerke.registry.models import School

SHOWN_REJECTIONS = 10
HEADS = ["file", "rows", "new", "changed", "same", "gone", "rejected"]


group = click.Group("registry")


@frame.command(group, "generate", needs_app=False)
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option("--schools", type=click.IntRange(min=1), required=True, help="How many schools.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same files.")
def generate(directory: Path, schools: int, seed: int) -> frame.Report:
    """Write the files of an invented registry into DIRECTORY."""
    try:
        counts = generate_files(directory, schools=schools, seed=seed, progress=frame.progress)
    except OSError as error:
        raise frame.BadInput(f"{directory}: the files can't be written there ({error.strerror})") from error
    return frame.Report(asdict(counts), frame.table([[*pair] for pair in asdict(counts).items()], ["file", "rows"]))


@frame.command(group, "import")
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what an import would do, and change nothing.")
@click.option("--agency", metavar="CODE", help="The files are the full set of this agency's schools only.")
@click.option("--allow-shrink", is_flag=True, help="Take files from which more than a fifth of the rows is gone.")
@click.option(
    "--rejected",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where rejected rows are written (default: beside the files).",
)
def import_files(
    directory: Path, dry_run: bool, agency: str | None, allow_shrink: bool, rejected: Path | None
) -> frame.Report:
    """Import the files in DIRECTORY; each one present is the full set. Rejected rows make it "no"."""
    try:
        report = operations.import_directory(
            directory,
            dry_run=dry_run,
            agency_code=agency,
            allow_shrink=allow_shrink,
            rejected_dir=rejected,
            progress=frame.progress,
        )
    except ImportRefused as error:
        raise frame.BadInput(str(error)) from error
    data = {"import": report.number, "files": [count.as_json() for count in report.files]}
    return frame.Report(data, _told(report, rejected or directory), report.rejected == 0)


@frame.command(group, "twins")
@click.option("--agency", metavar="CODE", help="Only schools for which this agency answers.")
def twins(agency: str | None) -> frame.Report:
    """List schools that are probably in the register twice: same place, nearly the same name."""
    found = queries.twins(_agency_id(agency))
    data = [{"school": _school(school), "twin": _school(twin), "score": score} for school, twin, score in found]
    rows: list[list[object]] = [
        [school.country, school.city, school.school_id, school.name, twin.school_id, twin.name, score]
        for school, twin, score in found
    ]
    heads = ["country", "city", "school", "name", "twin", "name", "score"]
    return frame.Report(data, frame.table(rows, heads) if rows else "No school is in the register twice.")


@frame.command(group, "stats")
def stats() -> frame.Report:
    """Say how much the registry holds."""
    found = queries.stats()
    latest, unfinished = found.latest_import, queries.unfinished_import()
    data = {
        "import": latest.number if latest else None,
        "imported_at": latest.at.isoformat() if latest else None,
        "unfinished_since": unfinished.at.isoformat() if unfinished else None,
        **found.present,
        "gone": found.gone,
        "countries": [{"country": country, "schools": schools} for country, schools in found.countries.items()],
    }
    rows: list[list[object]] = [[name, count, found.gone[name]] for name, count in found.present.items()]
    text = frame.table(rows, ["table", "rows", "gone"])
    if unfinished:
        text += "\nAn import is under way or was broken off; nothing of it is visible. If none runs, import again."
    return frame.Report(data, text)


def _agency_id(code: str | None) -> int | None:
    if code is None:
        return None
    agency = agencies.by_code(code)
    if agency is None:
        raise frame.BadInput(f"there is no agency '{code}': 'skolemerke agencies list' names those that are known")
    return agency.id


def _school(school: School) -> dict[str, str]:
    return {"id": school.school_id, "name": school.name, "country": school.country, "city": school.city}


def _told(report: ImportReport, folder: Path) -> str:
    rows: list[list[object]] = [list(count.as_json().values()) for count in report.files]
    lines = [frame.table(rows, HEADS)]
    shown = ((file, rejection) for file, found in report.rejections.items() for rejection in found)
    for file, rejection in islice(shown, SHOWN_REJECTIONS):
        lines.append(f"{file}, line {rejection.line}: {' '.join(rejection.reason.split())}")
    if report.number is None:
        lines.append("Only tried: nothing was changed.")
    elif report.rejected:
        lines.append(f"All {report.rejected} rejected rows lie in {folder}, in files that end in .rejected.csv.")
    return "\n".join(lines)

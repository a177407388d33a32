"""`skolemerke labels`: the public list as a file, and lists of earlier rounds from a file."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import click

from skolemerke import clock, database
from skolemerke.cli import frame
from skolemerke.cli.applications import write_table
from skolemerke.registry import operations as registry
from skolemerke.registry import queries
from skolemerke.registry.importing.report import ImportRefused
from skolemerke.speech import ZONE

COLUMNS = ["certificate", "school", "city", "country", "round", "valid_from", "valid_to", "state"]
FILE = "school_labels.csv"


@click.group("labels")
def group() -> None:
    """School labels that were awarded."""


@frame.command(group, "export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(file: Path) -> frame.Report:
    """Write the public list of labels to a CSV file, with the columns of /labels.csv."""
    rows = list(_rows())
    write_table(file, COLUMNS, iter(rows))
    return frame.Report({"file": str(file), "labels": len(rows)}, f"Wrote {len(rows)} labels to {file}.")


@frame.command(group, "import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--allow-shrink", is_flag=True, help="Take a list from which more than a fifth is gone.")
@click.option("--rejected", type=click.Path(file_okay=False, path_type=Path), help="Where rejected rows are written.")
def import_file(file: Path, allow_shrink: bool, rejected: Path | None) -> frame.Report:
    """Read a list of labels of earlier rounds (the format of school_labels.csv); rejected rows make it "no"."""
    with TemporaryDirectory() as folder:
        shutil.copyfile(file, Path(folder) / FILE)
        try:
            report = registry.import_directory(
                Path(folder), allow_shrink=allow_shrink, rejected_dir=rejected or file.parent, progress=frame.progress
            )
        except ImportRefused as error:
            raise frame.BadInput(f"{file}: {error}") from error
    data = {"import": report.number, "files": [count.as_json() for count in report.files]}
    lines = [
        f"{count.rows} rows: {count.new} new, {count.changed} changed, {count.same} the same, {count.gone} gone, "
        f"{count.rejected} rejected."
        for count in report.files
    ]
    return frame.Report(data, "\n".join(lines), report.rejected == 0)


def _rows() -> Iterator[list[object]]:
    today = clock.now().astimezone(ZoneInfo(ZONE)).date()
    for label in database.read().scalars(queries.labels()):
        state = queries.label_state(label, today)
        yield [
            label.certificate,
            label.school_name,
            label.city,
            label.country,
            label.round_id,
            label.valid_from,
            label.valid_to,
            state,
        ]

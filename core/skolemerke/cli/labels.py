"""`skolemerke labels`: the public list as a file, and lists of earlier rounds from a file."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from skolemerke.cli import frame
from skolemerke.cli.applications import write_table
from skolemerke.registry import operations as registry
from skolemerke.registry import queries
from skolemerke.registry.importing.report import ImportRefused
from skolemerke.registry.public_list import COLUMNS, table

FILE = "school_labels.csv"


group = click.Group("labels")


@frame.command(group, "export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(file: Path) -> frame.Report:
    """Write the public list of labels to a CSV file, with the columns of /labels.csv."""
    written = write_table(file, list(COLUMNS), table(queries.labels()))
    return frame.Report({"file": str(file), "labels": written}, f"Wrote {written} labels to {file}.")


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

"""Writes the rows that an import rejected, one file beside each imported one."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from skolemerke.registry.importing.files import FILES
from skolemerke.registry.importing.report import ImportRefused, Rejection

SUFFIX = ".rejected.csv"
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def prepare_folder(folder: Path) -> None:
    """Make the folder for rejected rows. Raises `ImportRefused` when nothing can be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        writable = os.access(folder, os.W_OK)
    except OSError:
        writable = False
    if not writable:
        raise ImportRefused(f"{folder}: rejected rows can't be written there: name another folder with --rejected")


def replace_rejected(
    folder: Path, headers: Mapping[str, Sequence[str]], rejections: Mapping[str, Sequence[Rejection]]
) -> None:
    """Write the rejected rows of this import and remove those of earlier ones."""
    for file in FILES:
        path = folder / (file.name + SUFFIX)
        rows = rejections.get(file.name, ())
        if rows:
            _write(path, headers[file.name], rows)
        else:
            path.unlink(missing_ok=True)


def _write(path: Path, header: Sequence[str], rejections: Sequence[Rejection]) -> None:
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["line", "reason", *map(_inert, header)])
        writer.writerows([r.line, _inert(r.reason), *map(_inert, r.cells)] for r in sorted(rejections, key=_line))
    part.replace(path)


def _line(rejection: Rejection) -> int:
    return rejection.line


def _inert(cell: str) -> str:
    """A cell that a spreadsheet reads as text and never as a formula."""
    return "'" + cell if cell.startswith(FORMULA) else cell

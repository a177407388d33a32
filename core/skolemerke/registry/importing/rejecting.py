"""Writes the rows that an import rejected, one file beside each imported one."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Mapping, Sequence
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
    folder: Path, headers: Mapping[str, Sequence[str]], rejected: Mapping[str, Iterable[Rejection]]
) -> None:
    """Write the rejected rows of this import, by file and in the order of their lines; remove those of earlier ones."""
    for file in FILES:
        path = folder / (file.name + SUFFIX)
        if file.name in rejected:
            _write(path, headers[file.name], rejected[file.name])
        else:
            path.unlink(missing_ok=True)


def _write(path: Path, header: Sequence[str], rejections: Iterable[Rejection]) -> None:
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["line", "reason", *map(_inert, header)])
        writer.writerows([r.line, _inert(r.reason), *map(_inert, r.cells)] for r in rejections)
    part.replace(path)


def _inert(cell: str) -> str:
    """A cell that a spreadsheet reads as text and never as a formula."""
    return "'" + cell if cell.startswith(FORMULA) else cell

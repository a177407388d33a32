"""The seven files of a registry, written as rows come."""

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

_COLUMNS = {
    "schools": "school_id,name,country,city,registered_on,agency,region,level,pupils,language,address,"
    "head_name,head_email,site",
    "teachers": "teacher_id,school_id,name,email,language,role,registered_on,left_on",
    "activities": "activity_id,teacher_id,school_id,kind,happened_on",
    "projects": "project_id,title,european,started_on",
    "memberships": "project_id,teacher_id,school_id,joined_on",
    "quality_labels": "label_id,project_id,teacher_id,school_id,kind,granted_on",
    "school_labels": "label_id,round,school_id,school_name,country,region,awarded_on",
}
_ROWS_AT_ONCE = 10_000


@dataclass(frozen=True)
class Counts:
    """How many rows each file of a registry holds, its header not counted."""

    schools: int
    teachers: int
    activities: int
    projects: int
    memberships: int
    quality_labels: int
    school_labels: int


def cell(text: str) -> str:
    """Return the text as a cell of a CSV file, in quotes where it needs them."""
    if '"' in text or "," in text:
        return '"' + text.replace('"', '""') + '"'
    return text


class Table:
    """One file: append whole lines to `rows`; they reach the disk in blocks."""

    def __init__(self, path: Path, header: str) -> None:
        self._path = path
        self._part = path.with_suffix(".csv.part")
        self._file = self._part.open("w", encoding="utf-8", newline="")
        self._file.write(header + "\n")
        self._written = 0
        self.rows: list[str] = []

    @property
    def count(self) -> int:
        """How many rows the table has so far; the next serial number is one more."""
        return self._written + len(self.rows)

    def flush(self) -> None:
        """Write out the rows that wait."""
        self._file.write("".join(self.rows))
        self._written += len(self.rows)
        self.rows.clear()

    def close(self, *, complete: bool) -> None:
        """End the file; only a complete one takes the place of an earlier one."""
        if complete:
            self.flush()
        self._file.close()
        if complete:
            self._part.replace(self._path)
        else:
            self._part.unlink()


class Tables:
    """The seven tables of a registry; a context, at whose good end the files appear."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._all = {name: Table(directory / f"{name}.csv", header) for name, header in _COLUMNS.items()}
        self.schools = self._all["schools"]
        self.teachers = self._all["teachers"]
        self.activities = self._all["activities"]
        self.projects = self._all["projects"]
        self.memberships = self._all["memberships"]
        self.quality_labels = self._all["quality_labels"]
        self.school_labels = self._all["school_labels"]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for table in self._all.values():
            table.close(complete=kind is None)

    def relieve(self) -> None:
        """Write out the tables in which many rows wait."""
        for table in self._all.values():
            if len(table.rows) >= _ROWS_AT_ONCE:
                table.flush()

    def counts(self) -> Counts:
        """Count the rows of each table so far."""
        return Counts(**{name: table.count for name, table in self._all.items()})

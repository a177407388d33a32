"""The rows that other rows name: text ids of the register and the whole numbers behind them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from sqlalchemy import insert, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from skolemerke.database import table_of
from skolemerke.registry.importing.cells import RowFault, short
from skolemerke.registry.models import Person, Project, School


class Parents:
    """Schools, persons and projects as they stand within the import; one that is gone is still known."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @cached_property
    def schools(self) -> dict[str, int]:
        """Every school; asked for when the schools have been merged."""
        return self._ids(School.school_id, School.id)

    @cached_property
    def persons(self) -> dict[str, int]:
        """Every teacher as a person."""
        return self._ids(Person.teacher_id, Person.id)

    @cached_property
    def projects(self) -> dict[str, int]:
        """Every project; asked for when the projects have been merged."""
        return self._ids(Project.project_id, Project.id)

    def school(self, school_id: str) -> int:
        """The number of a school. Raises `RowFault`."""
        return _known(self.schools, "school_id", school_id)

    def some_school(self, school_id: str) -> int | None:
        """The number of a school, or none where none is named. Raises `RowFault`."""
        return self.school(school_id) if school_id else None

    def person(self, teacher_id: str) -> int:
        """The number of a person. Raises `RowFault`."""
        return _known(self.persons, "teacher_id", teacher_id)

    def some_person(self, teacher_id: str) -> int | None:
        """The number of a person, or none where none is named. Raises `RowFault`."""
        return self.person(teacher_id) if teacher_id else None

    def project(self, project_id: str) -> int:
        """The number of a project. Raises `RowFault`."""
        return _known(self.projects, "project_id", project_id)

    def add_persons(self, teacher_ids: Iterable[str]) -> None:
        """Make a person of everybody who is new."""
        new = [teacher_id for teacher_id in dict.fromkeys(teacher_ids) if teacher_id not in self.persons]
        if new:
            rows = [{"teacher_id": teacher_id} for teacher_id in new]
            self._session.connection().execute(insert(table_of(Person)), rows)
            del self.persons

    def _ids(self, text_id: InstrumentedAttribute[str], number: InstrumentedAttribute[int]) -> dict[str, int]:
        return dict(self._session.execute(select(text_id, number)).all())


def _known(found: dict[str, int], what: str, text_id: str) -> int:
    try:
        return found[text_id]
    except KeyError:
        raise RowFault(f"names the {what} {short(text_id)}, which the registry does not know") from None

"""What is done with the registry."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NoReturn

from sqlalchemy import func, select, update

from skolemerke import audit, clock, database
from skolemerke.agencies import queries as agencies
from skolemerke.agencies.models import Agency, AgencyCountry
from skolemerke.registry.importing.files import FILES
from skolemerke.registry.importing.merging import merge
from skolemerke.registry.importing.parents import Parents
from skolemerke.registry.importing.reading import ReadFile, read_file
from skolemerke.registry.importing.rejecting import prepare_folder, replace_rejected
from skolemerke.registry.importing.report import FileCount, ImportRefused, ImportReport
from skolemerke.registry.importing.targets import DECIDED, TARGETS
from skolemerke.registry.models import Import, School, SchoolLabel

Progress = Callable[[str], None]

CLEAR_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Letters and digits that nobody takes for one another."""


class _OnlyTried(Exception):
    """Ends the transaction of an import that was only tried."""


def import_directory(
    directory: Path,
    *,
    dry_run: bool = False,
    agency_code: str | None = None,
    allow_shrink: bool = False,
    rejected_dir: Path | None = None,
    progress: Progress | None = None,
    actor: str = audit.SYSTEM,
) -> ImportReport:
    """Import the registry files of a directory; each one present is the full set.

    Rows that can't be taken are written to `rejected_dir` (default: the directory), replacing those of an
    earlier import. With an agency the files are the full set of that agency's schools. A dry run changes
    nothing and writes nothing. Raises `ImportRefused`, and then nothing has changed.
    """
    tell = progress or _say_nothing
    agency_id = _agency_id(agency_code)
    folder = rejected_dir or directory
    reads = _read_all(directory, tell)
    if not dry_run:
        prepare_folder(folder)
    number, counts = _merge_all(reads, agency_id, tell, allow_shrink=allow_shrink, dry_run=dry_run, actor=actor)
    rejections = {name: tuple(read.rejections) for name, read in reads.items() if read.rejections}
    if not dry_run:
        replace_rejected(folder, {name: read.header for name, read in reads.items()}, rejections)
    return ImportReport(number, counts, rejections)


def settle_agencies(*, actor: str = audit.SYSTEM) -> int:
    """Let every school come under the agency that it names, else that of its country; says how many moved.

    An import does so by itself; it is needed after agencies have changed.
    """
    with database.write() as session:
        database.alone(session, "registry")
        moved = _settle(session)
        if moved:
            audit.record(session, "registry.settled", "registry:schools", actor=actor, schools=moved)
    return moved


def award_label(
    session: database.WriteSession,
    *,
    round_id: str,
    school: School,
    awarded_on: date,
    valid_from: int,
    valid_to: int,
    public: bool = True,
) -> SchoolLabel:
    """Note, within the operation that releases a decision, that a school holds the label of a round.

    Once: a label that it holds already is given back as it is. Name and place are kept as they are today. A label
    that is not `public` stands in no list.
    """
    held = session.scalars(
        select(SchoolLabel).where(
            SchoolLabel.round_id == round_id,
            SchoolLabel.school_id == school.id,
            SchoolLabel.origin == DECIDED,
            SchoolLabel.withdrawn_at.is_(None),
        )
    ).first()
    if held is not None:
        return held
    label = SchoolLabel(
        certificate=_free_certificate(session, f"{round_id}-{school.country}"),
        round_id=round_id,
        school_id=school.id,
        school_name=school.name,
        city=school.city,
        country=school.country,
        region=school.region,
        awarded_on=awarded_on,
        valid_from=valid_from,
        valid_to=valid_to,
        origin=DECIDED,
        public=public,
    )
    session.add(label)
    session.flush()
    return label


def _free_certificate(session: database.WriteSession, beginning: str) -> str:
    """A certificate that nobody can guess from another one, such as `2021-2022-NO-7K3M9Q`."""
    while True:
        made = f"{beginning}-{''.join(secrets.choice(CLEAR_SIGNS) for _ in range(6))}"
        if session.scalar(select(SchoolLabel.id).where(SchoolLabel.certificate == made)) is None:
            return made


def _read_all(directory: Path, tell: Progress) -> dict[str, ReadFile]:
    if not directory.is_dir():
        raise ImportRefused(f"{directory} is no directory: name the one that holds the registry files")
    reads = {}
    for file in FILES:
        path = directory / file.name
        if path.is_file():
            tell(f"reading {file.name}")
            reads[file.name] = read_file(path, file)
    if not reads:
        names = ", ".join(file.name for file in FILES)
        raise ImportRefused(f"{directory} holds no registry file: it should hold some of {names}")
    return reads


def _merge_all(
    reads: dict[str, ReadFile], agency_id: int | None, tell: Progress, *, allow_shrink: bool, dry_run: bool, actor: str
) -> tuple[int | None, tuple[FileCount, ...]]:
    counts: list[FileCount] = []
    number = 0
    try:
        with database.write() as session:
            database.alone(session, "registry")
            number = (session.scalar(select(func.max(Import.number))) or 0) + 1
            parents = Parents(session)
            for target in TARGETS:
                read = reads.get(target.file.name)
                if read is None:
                    continue
                tell(f"storing {target.file.name}: {read.count} rows")
                counts.append(merge(session, target, read, parents, agency_id=agency_id, allow_shrink=allow_shrink))
                if target.model is School:
                    _settle(session)
            _name_cities(session)
            files = [count.as_json() for count in counts]
            session.add(Import(number=number, at=clock.now(), counts=files))
            audit.record(
                session, "registry.imported", f"import:{number}", actor=actor, agency_id=agency_id, files=files
            )
            if dry_run:
                _undo()
    except _OnlyTried:
        return None, tuple(counts)
    return number, tuple(counts)


def _undo() -> NoReturn:
    raise _OnlyTried


def _settle(session: database.WriteSession) -> int:
    by_code = select(Agency.id).where(func.lower(Agency.code) == func.lower(School.agency_code)).scalar_subquery()
    by_country = (
        select(AgencyCountry.agency_id)
        .where(AgencyCountry.country == School.country, School.agency_code == "")
        .scalar_subquery()
    )
    wanted = func.coalesce(by_code, by_country)
    schools = database.table_of(School)
    done = session.connection().execute(
        update(schools).where(School.agency_id.is_distinct_from(wanted)).values(agency_id=wanted)
    )
    return done.rowcount


def _name_cities(session: database.WriteSession) -> None:
    """The lists of earlier rounds name no city: it is that of the school where they name one."""
    labels = database.table_of(SchoolLabel)
    city = select(School.city).where(School.id == SchoolLabel.school_id).scalar_subquery()
    session.connection().execute(
        update(labels)
        .where(SchoolLabel.origin != DECIDED, SchoolLabel.city == "", SchoolLabel.school_id.is_not(None))
        .values(city=func.coalesce(city, ""))
    )


def _agency_id(code: str | None) -> int | None:
    if code is None:
        return None
    agency = agencies.by_code(code)
    if agency is None:
        raise ImportRefused(f"there is no agency '{code}': 'skolemerke agencies list' names those that are known")
    return agency.id


def _say_nothing(_message: str) -> None:
    """Nobody listens."""

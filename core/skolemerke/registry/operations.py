"""What is done with the registry."""

from __future__ import annotations

import secrets
from datetime import date
from pathlib import Path

from sqlalchemy import select, update

from skolemerke import audit, database
from skolemerke.agencies import queries as agencies
from skolemerke.bulk.progress import Meter, Tell
from skolemerke.bulk.slices import Pace
from skolemerke.registry.importing.importer import Importer, find_files
from skolemerke.registry.importing.rejecting import prepare_folder
from skolemerke.registry.importing.report import ImportRefused, ImportReport
from skolemerke.registry.importing.settling import wanted_agency
from skolemerke.registry.importing.targets import DECIDED
from skolemerke.registry.models import School, SchoolLabel

CLEAR_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Letters and digits that nobody takes for one another."""


def import_directory(
    directory: Path,
    *,
    dry_run: bool = False,
    agency_code: str | None = None,
    allow_shrink: bool = False,
    rejected_dir: Path | None = None,
    progress: Tell | None = None,
    pace: Pace | None = None,
    actor: str = audit.SYSTEM,
) -> ImportReport:
    """Import the registry files of a directory; each one present is the full set.

    Readers see all of it or nothing: it counts from one commit on. Others write meanwhile, between slices of a length
    that `pace` says. Rows that can't be taken are written to `rejected_dir` (default: the directory), replacing
    those of an earlier import. With an agency the files are the full set of that agency's schools. A dry run
    changes nothing and writes nothing. Raises `ImportRefused`, and then nothing has changed; an import that was
    broken off has changed nothing that anybody sees, and the next one takes back what it left.
    """
    agency_id = _agency_id(agency_code)
    folder = rejected_dir or directory
    files = find_files(directory)
    if not dry_run:
        prepare_folder(folder)
    importer = Importer(
        files,
        agency_id=agency_id,
        allow_shrink=allow_shrink,
        meter=Meter(progress or _say_nothing),
        pace=pace or Pace(),
    )
    return importer.try_out() if dry_run else importer.run(folder, actor)


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


def _settle(session: database.WriteSession) -> int:
    schools = database.table_of(School)
    wanted = wanted_agency()
    done = session.connection().execute(
        update(schools).where(School.agency_id.is_distinct_from(wanted)).values(agency_id=wanted)
    )
    return done.rowcount


def _agency_id(code: str | None) -> int | None:
    if code is None:
        return None
    agency = agencies.by_code(code)
    if agency is None:
        raise ImportRefused(f"there is no agency '{code}': 'skolemerke agencies list' names those that are known")
    return agency.id


def _say_nothing(_message: str) -> None:
    """Nobody listens."""

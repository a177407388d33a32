from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from skolemerke import clock, database
from skolemerke.registry import queries
from skolemerke.registry.models import School, SchoolLabel
from skolemerke.registry.operations import import_directory
from skolemerke.registry.tables import tables
from sqlalchemy import select
from support.registry_files import SMALL, write, write_small


@pytest.fixture(autouse=True)
def registry(app: Flask, tmp_path: Path) -> None:
    import_directory(write_small(tmp_path / "files"))


def names(statement: object) -> list[str]:
    return [label.certificate for label in database.read().scalars(statement)]  # type: ignore[call-overload] # any


def test_a_teacher_is_found_by_address_at_each_school_served_now() -> None:
    assert [service.school.school_id for service in queries.services_of(" KARI@skole.example")] == ["NO1", "NO2"]
    assert queries.services_of("per@skole.example") == [], "who has left"
    assert queries.services_of("") == [], "the empty address belongs to nobody"


def test_the_teachers_of_a_school_are_those_who_have_not_left() -> None:
    school = queries.school_by_id("NO1")
    assert school is not None
    assert [teacher.name for teacher in queries.teachers_of(school.id)] == [
        "Kari Nordmann", "Ola Nordmann", "Uten Post",
    ]  # fmt: skip


def test_an_activity_without_a_school_stands_for_each_school_where_its_teacher_served_then() -> None:
    activities = tables().activities
    school = select(School.school_id, activities.c.happened_on).join(activities, activities.c.school_id == School.id)
    found = database.read().execute(school.order_by(School.school_id, activities.c.happened_on)).all()
    assert found.count(("NO1", date(2019, 6, 1))) == 1
    assert found.count(("NO2", date(2019, 6, 1))) == 1
    assert len(found) == len(SMALL["activities"]) + 1


def test_rows_that_are_gone_are_in_no_table(tmp_path: Path) -> None:
    for name, lines in SMALL.items():
        write(tmp_path / "files", name, *lines[1:])
    import_directory(tmp_path / "files", allow_shrink=True)
    found = tables()
    sizes = {name: len(database.read().execute(select(getattr(found, name))).all()) for name in SMALL}
    assert sizes == {
        "schools": 3, "teachers": 6, "projects": 1, "activities": 5, "memberships": 1, "quality_labels": 3,
        "school_labels": 0,
    }  # fmt: skip


def test_labels_are_narrowed_by_round_country_and_part_of_a_name() -> None:
    assert names(queries.labels()) == ["L2", "L1"]
    assert names(queries.labels(round_id="2018-2019")) == ["L1"]
    assert names(queries.labels(country="no", q="gamle")) == ["L2"]
    assert names(queries.labels(q="%")) == []
    assert names(queries.labels(country="SE")) == []


def test_a_label_is_valid_through_the_last_day_of_its_last_year_unless_it_was_withdrawn() -> None:
    label = queries.label_by_certificate("L1")
    assert isinstance(label, SchoolLabel)
    assert queries.label_state(label, date(2019, 12, 31)) == "valid"
    assert queries.label_state(label, date(2020, 1, 1)) == "expired"
    with database.write() as session:
        session.get_one(SchoolLabel, label.id).withdrawn_at = clock.now()
    database.current().forget()
    again = queries.label_by_certificate("L1")
    assert again is not None
    assert queries.label_state(again, date(2019, 1, 1)) == "withdrawn"


def test_stats_count_what_is_there_and_what_is_gone(tmp_path: Path) -> None:
    write(tmp_path / "files", "teachers", *SMALL["teachers"][:6])
    import_directory(tmp_path / "files")
    found = queries.stats()
    assert found.latest_import is not None
    assert found.latest_import.number == 2
    assert (found.present["teachers"], found.gone["teachers"]) == (6, 1)
    assert found.countries == {"NO": 2, "SE": 2}

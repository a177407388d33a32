"""Schools that stand twice in the register, as an import notes them."""

from __future__ import annotations

from skolemerke import database
from skolemerke.registry.models import School
from sqlalchemy import select, text


def stand_twice(*pairs: tuple[str, str]) -> None:
    """Note that the schools of each pair are one, whatever an import found before."""
    ids = dict(database.read().execute(select(School.school_id, School.id)).all())
    with database.write() as session:
        session.execute(text("CREATE TABLE IF NOT EXISTS school_twin (school_id INTEGER, twin_id INTEGER, score REAL)"))
        session.execute(text("DELETE FROM school_twin"))
        for one, other in pairs:
            for first, second in ((one, other), (other, one)):
                values = {"school": ids[first], "twin": ids[second]}
                session.execute(text("INSERT INTO school_twin VALUES (:school, :twin, 100)"), values)

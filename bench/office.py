"""An installation for a benchmark of the administration: a register of teachers, and staff who are signed in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from skolemerke import database
from skolemerke.agencies.models import Agency, AgencyCountry
from skolemerke.people import operations as people
from skolemerke.people.models import Role
from sqlalchemy import text

from bench.installation import running

OF_EACH = 5
"""So many teachers serve at a school."""

BEGINNING = "Aa"
"""So begin the names of a tenth of the teachers, and of nobody else."""


@dataclass(frozen=True)
class Office:
    """The application with somebody of the central service, and an officer whose agency has a fiftieth of all."""

    app: Flask
    central: FlaskClient
    officer: FlaskClient


@contextmanager
def office(home: Path) -> Iterator[Office]:
    """The administration of a home that was filled."""
    with running(home) as app:
        with app.app_context():
            central = people.ensure_account("central@example.org").id
            officer = people.ensure_account("officer@example.org").id
            tokens = [people.open_session(account) for account in (central, officer)]
        yield Office(app, *(_client(app, token) for token in tokens))


def fill(home: Path, teachers: int) -> None:
    """Put so many teachers into a new installation, five to a school, and a label for each school."""
    with running(home):
        with database.write() as session:
            session.add_all(
                Agency(id=n + 1, code=f"A{n}", name=f"Agency {n}", countries=[AgencyCountry(country=f"{_letters(n)}")])
                for n in range(50)
            )
        central, officer = (people.ensure_account(f"{who}@example.org").id for who in ("central", "officer"))
        with database.write() as session:
            session.add_all([Role(account_id=central, role="central")])
            session.add_all([Role(account_id=officer, role="officer", agency_id=1)])
        with database.write() as session:
            for statement in FILLED:
                session.execute(text(f"{NUMBERS} {statement}"), {"teachers": teachers, "schools": teachers // OF_EACH})


def _client(app: Flask, token: str) -> FlaskClient:
    client = app.test_client()
    with client.session_transaction() as session:
        session.update(token=token, language="en")
    return client


def _letters(number: int) -> str:
    return chr(ord("A") + number // 26) + chr(ord("A") + number % 26)


NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :teachers)"
# A name of its own for each number, in no order; a tenth begins alike.
NAME = f"""
    CASE WHEN i % 10 = 0 THEN '{BEGINNING}' ELSE char(66 + (i * 40503) % 16) END
    || printf('%04x %05x %d', (i * 2654435761) % 4294967296 / 65536, (i * 7919) % 1048576, i)
"""
COUNTRY = "char(65 + i % 50 / 26) || char(65 + i % 50 % 26)"
SERVED = "date('2015-01-01', (i % 2000) || ' days'), CASE WHEN i % 50 = 0 THEN '2021-11-05' END"
FILLED = (
    f"""
    INSERT INTO school (id, school_id, name, city, country, agency_id, registered_on, agency_code, region, level,
        language, address, head_name, head_email, site, facts)
    SELECT i + 1, printf('S%07d', i), 'School ' || {NAME}, 'Town ' || i % 997, {COUNTRY}, i % 50 + 1, '2015-01-01',
        '', '', '', '', '', '', '', '', '{{}}' FROM n WHERE i < :schools
    """,
    f"""
    INSERT INTO school_label (certificate, round_id, school_id, school_name, city, country, region, awarded_on,
        valid_from, valid_to, origin, public)
    SELECT printf('2019-2020-%07d', i), '2019-2020', i + 1, 'School ' || {NAME}, 'Town ' || i % 997, {COUNTRY}, '',
        '2020-03-01', 2020, 2021, 'import', 1 FROM n WHERE i < :schools
    """,
    "INSERT INTO person (id, teacher_id, since) SELECT i + 1, 't' || i, 0 FROM n WHERE i < :teachers",
    f"""
    INSERT INTO teacher (id, person_id, school_id, name, email, language, role, registered_on, left_on)
    SELECT i + 1, i + 1, i / {OF_EACH} + 1, {NAME}, lower(replace({NAME}, ' ', '.')) || '@school.example', 'nb',
        'teacher', {SERVED} FROM n WHERE i < :teachers
    """,
)

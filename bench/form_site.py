"""Our whole application with a draft of the section of forty questions."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from skolemerke import clock, database
from skolemerke.agencies.models import Agency, AgencyCountry
from skolemerke.app import create_app
from skolemerke.applications import operations
from skolemerke.config import load_config
from skolemerke.eligibility.models import Run
from skolemerke.invitations.models import InvitedSchool
from skolemerke.people import operations as people
from skolemerke.people import queries as people_queries
from skolemerke.people.actors import Actor
from skolemerke.registry.models import Person, School, Teacher
from skolemerke.rounds import operations as rounds
from sqlalchemy import event

from bench import forty

ROOT = Path(__file__).resolve().parent.parent
ROUND = "2021-2022"
ADDRESS = "teacher@solbakken.example"


@dataclass
class Site:
    """The application, its teacher, the draft (its whole number), the address of the section, and a cookie."""

    app: Flask
    actor: Actor
    application_id: int
    path: str
    cookie: str


@contextmanager
def site(home: Path) -> Iterator[Site]:
    """Install, begin the application, and answer everything."""
    for name in ("etwinning-2018-2019", "etwinning-2019-2020", "etwinning-2020-2021", "etwinning-2021-2022"):
        shutil.copytree(ROOT / "plugins" / name, home / "plugins" / name)
    add_section(home)
    config = load_config(home, {"SKOLEMERKE_CLOCK": "2020-12-01T09:00:00+01:00"})
    app = create_app(config, distributions=False)
    with app.app_context():
        rounds.open_round(ROUND)
        school_id = _school()
        account = people.ensure_account(ADDRESS, "Kari", "en")
        actor = people_queries.actor_of_account(account.id)
        application = operations.start(actor, ROUND, school_id)
        operations.save_answers(actor, application.id, forty.answers(), {})
        token = people.open_session(account.id)
        signer: Any = SecureCookieSessionInterface().get_signing_serializer(app)
        cookie = f"session={signer.dumps({'language': 'en', 'token': token})}"
        made = Site(app, actor, application.id, f"/applications/{application.public_id}/forty", cookie)
    # Outside of the context: each request makes its own, and nothing of one is there for the next.
    yield made
    app.extensions[database.EXTENSION].close()


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """The statements that are sent to the database meanwhile; those that begin and end a transaction are left out."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")):
            found.append(statement)

    engine = app.extensions[database.EXTENSION].engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def add_section(home: Path) -> None:
    """Put the section of forty questions into a home, as an overlay of the round."""
    folder = home / "plugins" / "forty"
    folder.mkdir(parents=True)
    project = '[project]\nname = "forty"\nversion = "1.0"\n[tool.skolemerke]\ncontract = 1\n'
    (folder / "pyproject.toml").write_text(project, encoding="utf-8")
    made = forty.definition()
    told = {
        "round": ROUND,
        "overlay": "forty",
        "language": "en",
        "reason": "For measuring.",
        "form": {"scales": made["scales"], "sections": made["sections"]},
    }
    (folder / "overlay.yaml").write_text(json.dumps(told), encoding="utf-8")


def _school() -> int:
    with database.write() as session:
        agency = Agency(code="no", name="The agency", language="nb", countries=[AgencyCountry(country="NO")])
        school = School(school_id="NO-1", name="Solbakken skole", country="NO", registered_on=date(2015, 1, 1))
        session.add_all([agency, school])
        session.flush()
        school.agency_id = agency.id
        session.flush()
        person = Person(teacher_id="t-1")
        session.add(Teacher(person=person, school_id=school.id, name="Kari", email=ADDRESS))
        run = Run(round_id=ROUND, number=1, at=clock.now(), made_at=clock.now())
        session.add(run)
        session.flush()
        session.add(InvitedSchool(round_id=ROUND, school_id=school.id, run_id=run.id, at=clock.now()))
        return school.id

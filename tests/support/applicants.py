"""A school whose teachers fill in an application: the scene of the tests of the applicant's pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, g
from flask.testing import FlaskClient
from skolemerke import clock, database
from skolemerke.agencies.models import Agency
from skolemerke.applications import operations
from skolemerke.applications.models import Application
from skolemerke.eligibility.models import Run
from skolemerke.invitations.models import InvitedSchool
from skolemerke.people import operations as people
from skolemerke.people import queries as people_queries
from skolemerke.people.actors import Actor
from skolemerke.rounds import operations as rounds
from sqlalchemy import inspect
from werkzeug.test import TestResponse

from support import applied
from support.installation import SHIPPED, WAIVER, install, running

ROUND = "2021-2022"
OTHER_ROUND = "2020-2021"
HEAD = {"head_name": "Marte Rektor", "head_email": "rektor@solbakken.example"}
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


class Browser(FlaskClient):
    """A client whose requests share nothing: a test stands in an application's context, and its `g` would stay."""

    def open(self, *arguments: Any, **named: Any) -> TestResponse:
        """Send a request."""
        for name in list(g):
            g.pop(name)
        return super().open(*arguments, **named)


@dataclass
class Scene:
    """Two schools in Norway with an agency; Kari and Ola teach at the first, Per at the second."""

    app: Flask
    agency_id: int
    school_id: int
    other_school_id: int
    kari: int
    ola: int
    per: int

    def client(self, account_id: int | None = None, language: str = "en") -> FlaskClient:
        """A browser, signed in as an account."""
        self.app.test_client_class = Browser
        client = self.app.test_client()
        with client.session_transaction() as session:
            session["language"] = language
            if account_id is not None:
                session["token"] = people.open_session(account_id)
        return client

    def actor(self, account_id: int) -> Actor:
        """Who an account is now."""
        return people_queries.actor_of_account(account_id)

    def begun(self, round_id: str = ROUND) -> Application:
        """The application of the first school, begun by Kari."""
        return operations.start(self.actor(self.kari), round_id, self.school_id)

    def fill(self, application: Application, example: str = "all_good", **instead: Any) -> None:
        """Give all answers of an example, with their evidence and the consent."""
        found = applied.examples("etwinning-2018-2019")[example]
        actor = self.actor(self.kari)
        operations.save_answers(actor, application.id, {**found["answers"], **instead}, {})
        for question, count in found["evidence"].items():
            for number in range(int(count)):
                operations.add_link(actor, application.id, question, f"https://www.example.org/{question}/{number}")
        operations.set_consent(actor, application.id, "yes")


@contextmanager
def scene(home: Path, *plugins: str, url: str = "", **settings: str) -> Iterator[Scene]:
    """An installation in which the first school was invited to `ROUND`; other plugins instead of the shipped ones."""
    install(home, *(plugins or (*SHIPPED, WAIVER)))
    with running(home, url, **settings) as app:
        agency_id = _agency()
        facts = {"city": "Bergen", **HEAD}
        school_id = applied.school("Solbakken skole", "NO", agency_id, **facts)
        other_id = applied.school("Fjellheim skole", "NO", agency_id, city="Ål")
        for school, name in ((school_id, "kari"), (school_id, "ola"), (other_id, "per")):
            applied.teacher(school, f"{name}@teacher.example", name.title())
        accounts = [people.ensure_account(f"{n}@teacher.example", n.title(), "en").id for n in ("kari", "ola", "per")]
        rounds.open_round(ROUND)
        _invite(school_id)
        yield Scene(app, agency_id, school_id, other_id, *accounts)


def _agency() -> int:
    agency_id = applied.agency("no", "NO")
    with database.write() as session:
        agency = session.get_one(Agency, agency_id)
        agency.timezone, agency.contact_email = "Europe/Oslo", "etwinning@agency.example"
    return agency_id


def _invite(school_id: int) -> None:
    with database.write() as session:
        run = Run(round_id=ROUND, number=1, at=clock.now(), made_at=clock.now())
        session.add(run)
        session.flush()
        session.add(InvitedSchool(round_id=ROUND, school_id=school_id, run_id=run.id, at=clock.now()))


def csrf(page: TestResponse) -> str:
    """The word that shows that a form is ours, from a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found, page.text[:2000]
    return found.group(1)


def send(client: FlaskClient, page: str, fields: dict[str, Any], to: str = "") -> TestResponse:
    """Open a page and send its form with some fields."""
    token = csrf(client.get(page))
    return client.post(to or page, data={"csrf_token": token, **fields})


def saved(application: Application) -> dict[str, Any]:
    """What is saved of an application now, by question, as typed."""
    # A request may have let go of the row that the test holds: its key is known all the same.
    (number,) = inspect(application).identity
    database.read().rollback()
    found = database.read().get_one(Application, number)
    return {name: kept["raw"] for name, kept in found.answers.items()}


def text_of(page: TestResponse) -> str:
    """What a reader reads of a page."""
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", page.text, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", body).replace("&#39;", "'").replace("&amp;", "&").split())


def title_of(page: TestResponse) -> str:
    """The title of a page."""
    found = re.search(r"<title>(.*?)</title>", page.text, flags=re.S)
    assert found
    return " ".join(found.group(1).split())


__all__ = ["HEAD", "OTHER_ROUND", "PDF", "ROUND", "Scene", "csrf", "saved", "scene", "send", "text_of", "title_of"]

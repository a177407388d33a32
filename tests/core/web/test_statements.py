"""How often a page asks the database: ten times at most, four for a section's page, whatever stands beside a draft."""

from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from skolemerke import clock, database
from skolemerke.applications import operations
from skolemerke.applications.models import EditionChange
from skolemerke.decisions.models import Decision
from skolemerke.people import operations as people
from skolemerke.people import queries as people_queries
from skolemerke.rounds.models import AgencyCalendar
from skolemerke.scoring.models import Judgement
from support import applied
from support.applicants import Browser, scene, send
from support.applying import again
from support.counting import asked
from support.installation import SECOND, install, running
from support.judged import IN_IT, JudgedRound

PAGES = {
    "/": 5,
    "/applications": 9,
    "/account": 4,
    "{here}": 6,
    "{here}/changes": 2,
    "{here}/check": 4,
    "{here}/consent": 2,
    "{here}/declaration": 4,
    "{here}/history/team_work": 4,
    "{here}/print": 4,
    "{here}/receipt": 6,
    "{here}/submit": 5,
    "{here}/teaching": 3,
    "{here}/esafety": 3,
}
"""The most statements of each page of an application with answers of two teachers, evidence and a submission."""

FULLEST = {
    "/": 5,
    "/applications": 9,
    "{here}": 10,
    "{here}/changes": 5,
    "{here}/check": 6,
    "{here}/consent": 2,
    "{here}/declaration": 6,
    "{here}/history/policy_practice": 5,
    "{here}/print": 6,
    "{here}/receipt": 8,
    "{here}/submit": 7,
    "{here}/esafety": 4,
    "{here}/teamwork": 4,
}
"""The same in a round that asks the register, of an application beside which everything stands that can."""


@dataclass
class Site:
    """An application at its address, and a teacher who is signed in."""

    app: Flask
    client: FlaskClient
    address: str
    officer: FlaskClient | None = None


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """An application with every answer, evidence, a change of an answer, and a submission."""
    with scene(tmp_path_factory.mktemp("home")) as here:
        application = here.begun()
        here.fill(application)
        operations.save_answers(here.actor(here.ola), application.id, {"team_work": "We changed it."}, {"team_work": 1})
        client = here.client(here.kari)
        address = f"/applications/{application.public_id}"
        assert send(client, f"{address}/submit", {"key": "k1"}).status_code == 302
        yield Site(here.app, client, address)


@pytest.fixture(scope="module")
def fullest(tmp_path_factory):
    """An application that was sent, judged and refused, is written on by three teachers, and whose form changed."""
    with running(install(tmp_path_factory.mktemp("home"), *SECOND), now=IN_IT) as app:
        world = JudgedRound(is_open=True)
        for name in ("ola", "per"):
            write(world, name)
        with database.write() as session:
            session.add_all(beside(world))
        app.test_client_class = Browser
        address = f"/applications/{again(world.application).public_id}"
        yield Site(app, signed_in(app, world.kari), address, signed_in(app, world.officer_account))


def signed_in(app, account):
    """The browser of somebody who is signed in."""
    client = app.test_client()
    with client.session_transaction() as held:
        held.update(language="en", token=people.open_session(account))
    return client


def write(world, name):
    """A teacher of the school saves an answer of each section, and adds a link."""
    applied.teacher(world.school, f"{name}@berg.example")
    actor = people_queries.actor_of_account(applied.account(f"{name}@berg.example"))
    answers = {"policy_practice": name, "leadership_practice": name, "teamwork_practice": name}
    versions = dict.fromkeys(answers, 1)
    operations.save_answers(actor, world.application, answers, versions)
    operations.add_link(actor, world.application, "leadership_practice", f"https://www.example.org/{name}")


def beside(world):
    """A released refusal with its feedback, a change of the form with a question to look at, dates that were moved."""
    edition, now = again(world.application).edition_id, clock.now()
    told = {"sentences": dict.fromkeys(("en", "nb", "nn"), "Something else."), "reasons": {}}
    look = {"look": "changed", "id": "policy_practice", "section": "esafety"}
    return [
        EditionChange(
            application_id=world.application, from_edition=edition, to_edition=edition, at=now, changes=[told, look]
        ),
        Decision(
            submission_id=world.sent, level="agency", outcome="refused", reasons="So", made_at=now, released_at=now
        ),
        Judgement(submission_id=world.sent, part="esafety", finding="fulfilled", feedback="Clear rules.", made_at=now),
        AgencyCalendar(round_id="2023-2024", agency_id=world.norway, dates={}, reason="x", changed_at=now),
    ]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_the_applicant_asks_no_more_often_than_is_stated(site, path):
    found = asked(site.app, site.client, path.format(here=site.address))
    assert len(found) <= PAGES[path], "\n".join(found)


@pytest.mark.parametrize("path", FULLEST)
def test_it_asks_no_more_than_ten_times_when_everything_stands_beside_the_application(fullest, path):
    found = asked(fullest.app, fullest.client, path.format(here=fullest.address))
    assert len(found) <= FULLEST[path], "\n".join(found)


def test_the_officers_page_of_an_application_asks_no_more_than_ten_times(fullest):
    found = asked(fullest.app, fullest.officer, "/admin/applications/details/?id=1")
    assert len(found) <= 10, "\n".join(found)

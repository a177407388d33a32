"""One site with an application in every state that a page can be in, for tests that look at pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from pathlib import Path

from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import BrowserContext
from skolemerke import clock, database, outbox
from skolemerke.applications import operations
from skolemerke.applications.models import Application
from skolemerke.decisions.models import Decision
from skolemerke.eligibility.models import Run
from skolemerke.invitations.models import InvitedSchool
from skolemerke.outbox import Mail
from skolemerke.people import operations as people
from skolemerke.registry.models import Person, Teacher
from skolemerke.scoring import operations as scoring
from sqlalchemy import select

from support import applied
from support.applicants import HEAD, PDF, ROUND, Scene, scene
from support.public_site import label, list_labels, served

LONG = "Istituto Comprensivo Leonardo da Vinci di Castelnuovo Scrivia"
UNBROKEN = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
PAGES = ("consent", "declaration", "check", "submit", "print", "print?declaration")
FIRST, REST = "esafety", ("teaching", "professional_development", "strategic_development")


@dataclass
class Gallery:
    """The site: its scene, its address, and the pages of each state."""

    here: Scene
    address: str = ""
    pages: dict[str, list[str]] = field(default_factory=dict)

    def sign_in(self, context: BrowserContext, language: str = "en", account: int = 0) -> None:
        """Let a browser be signed in as Kari, or as another account, without the way through the mail."""
        signer = SecureCookieSessionInterface().get_signing_serializer(self.here.app)
        value = signer.dumps({"language": language, "token": people.open_session(account or self.here.kari)})
        context.add_cookies([{"name": "session", "value": value, "url": self.address}])

    def mailed(self, path: str) -> str:
        """The link to a path that stands in the newest mail that has one, as it leads to the served site."""
        database.read().rollback()
        for mail in database.read().scalars(select(Mail).order_by(Mail.id.desc())):
            found = re.search(rf"https?://[^/\s]+({re.escape(path)}\S+)", outbox.render(mail).text)
            if found:
                return self.address + found[1]
        raise AssertionError(f"no mail has a link to {path}")

    def newcomer(self, name: str) -> Newcomer:
        """A teacher of a school of their own that was invited, for a test that changes something."""
        email, here = f"{name.lower()}@teacher.example", self.here
        school = applied.school(f"{name} skole", "NO", here.agency_id, city="Bergen", **HEAD)
        applied.teacher(school, email, name)
        _invite(school, 10 + school)
        return Newcomer(email, school, people.ensure_account(email, name, "en").id)


@dataclass(frozen=True)
class Newcomer:
    """A teacher with a school and nothing begun."""

    email: str
    school_id: int
    account: int


@contextmanager
def hung(home: Path) -> Iterator[Gallery]:
    """Fill the site and serve it. Kari teaches at one school for each state."""
    with scene(home) as here:
        gallery = Gallery(here)
        for state in (_empty, _filled, _errors, _long, _closed, _sent, _granted):
            state(gallery)
        list_labels(label("NO-001"), *[label(f"IT-{number:03}", LONG, country="IT") for number in range(60)])
        gallery.pages["public"] = [
            *("/", "/rounds", f"/rounds/{ROUND}", f"/rounds/{ROUND}/form", "/labels", "/labels?country=IT&page=2"),
            *("/labels?q=nothing", "/labels/NO-001", "/help", "/contact", "/privacy", "/accessibility"),
            *("/sign-in", "/nowhere", "/declarations/nothing", "/account"),
        ]
        with served(here.app) as gallery.address:
            yield gallery


def _empty(gallery: Gallery) -> None:
    address = _address(gallery.here.begun())
    gallery.pages["empty"] = [address, *(f"{address}/{name}" for name in (FIRST, *REST, *PAGES)), "/applications"]


def _filled(gallery: Gallery) -> None:
    here = gallery.here
    application = _begun(gallery, "Ferdig skole", 6)
    here.fill(application)
    operations.add_file(here.actor(here.kari), application.id, "safety_activities", BytesIO(PDF), "plan.pdf")
    address, parts = _address(application), (FIRST, *REST, "consent", "check", "submit", "print")
    gallery.pages["filled"] = [address, *(f"{address}/{name}" for name in parts)]


def _errors(gallery: Gallery) -> None:
    application = _begun(gallery, "Feilheim skole", 2)
    gallery.here.fill(application, safety_latest="last spring", team_size="2")
    address = _address(application)
    parts = (f"{part}?saved=" for part in (FIRST, "teaching"))
    gallery.pages["errors"] = [address, *(f"{address}/{name}" for name in (*parts, "check", "submit"))]


def _long(gallery: Gallery) -> None:
    here = gallery.here
    application = _begun(gallery, f"{LONG} {UNBROKEN}", 3)
    here.fill(application, safety_activities="word " * 260, team_work=f"{UNBROKEN} " * 8)
    kari = here.actor(here.kari)
    operations.add_file(kari, application.id, "safety_activities", BytesIO(PDF), f"{'Møteplan' * 12}.pdf")
    operations.save_answers(kari, application.id, {"team_work": "Another text"}, {"team_work": 1})
    address = _address(application)
    history = f"{address}/history/team_work"
    gallery.pages["long"] = [address, *(f"{address}/{name}" for name in (FIRST, "teaching", *PAGES)), history]


def _closed(gallery: Gallery) -> None:
    here = gallery.here
    school = _school(here, "Stengt skole")
    made = applied.applied(school, here.agency_id, by=here.kari, round_id="2020-2021")
    with database.write() as session:
        address = _address(session.get_one(Application, made))
    gallery.pages["closed"] = [address, *(f"{address}/{name}" for name in (FIRST, *PAGES))]


def _sent(gallery: Gallery) -> None:
    here = gallery.here
    application = _begun(gallery, "Sendt skole", 4)
    here.fill(application)
    token = operations.ask_signature(here.actor(here.kari), application.id, "Marte Rektor", "rektor@sendt.example")
    _submit(here, application)
    address = _address(application)
    gallery.pages["sent"] = [address, f"{address}/receipt", f"{address}/declaration", f"/declarations/{token}"]


def _granted(gallery: Gallery) -> None:
    here = gallery.here
    application = _begun(gallery, "Vinnar skule", 5)
    here.fill(application)
    submission = _submit(here, application)
    with database.write() as session:
        at = clock.now() - timedelta(minutes=1)
        session.add(
            Decision(
                submission_id=submission,
                level="central",
                outcome="granted",
                reasons="All is documented.",
                feedback="A school that many can learn from.\n\nGo on with the weeks about water.",
                made_at=at,
                released_at=at,
            )
        )
    address = _address(application)
    gallery.pages["granted"] = [address, f"{address}/receipt"]


def _submit(here: Scene, application: Application) -> int:
    kari = here.actor(here.kari)
    made = operations.submit(kari, application.id, key=application.public_id, arrived_at=clock.now(), language="en")
    scoring.score_submission(made.id)
    return made.id


def _begun(gallery: Gallery, name: str, number: int) -> Application:
    here = gallery.here
    school = _school(here, name)
    _invite(school, number)
    return operations.start(here.actor(here.kari), ROUND, school)


def _invite(school: int, number: int) -> None:
    with database.write() as session:
        run = Run(round_id=ROUND, number=number, at=clock.now(), made_at=clock.now())
        session.add(run)
        session.flush()
        session.add(InvitedSchool(round_id=ROUND, school_id=school, run_id=run.id, at=clock.now()))


def _school(here: Scene, name: str) -> int:
    school = applied.school(name, "NO", here.agency_id, city="Bergen")
    with database.write() as session:
        kari = session.scalars(select(Person).where(Person.teacher_id == "t-kari@teacher.example")).one()
        session.add(Teacher(person=kari, school_id=school, name="Kari", email="kari@teacher.example"))
    return school


def _address(application: Application) -> str:
    return f"/applications/{application.public_id}"

"""A round under way with schools that may apply, teachers who write and officers who look on."""

from __future__ import annotations

import io
import itertools
import threading
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Flask, current_app
from PIL import Image
from skolemerke import clock, database
from skolemerke.applications import mails, operations
from skolemerke.applications.models import Application, Submission
from skolemerke.eligibility.models import Run
from skolemerke.invitations.models import InvitedSchool
from skolemerke.outbox import Mail
from skolemerke.people.actors import Actor
from skolemerke.people.models import Account
from skolemerke.rounds import operations as rounds
from sqlalchemy import select

from support import applied
from support.applied import ROUND, examples

CLOSES = datetime(2021, 2, 8, 22, 59, 59, tzinfo=UTC)
COUNT = itertools.count(1)
LINK = "https://www.example.org/evidence"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


@dataclass
class World:
    """Two schools of one agency with a teacher each (the first has two), and staff."""

    app: Flask
    agency_id: int
    school: int
    other_school: int
    head: str
    kari: Actor
    ola: Actor
    foreign: Actor
    officer: Actor
    foreign_officer: Actor

    def start(self) -> Application:
        """The application of the first school."""
        return operations.start(self.kari, ROUND, self.school)

    def complete(self) -> Application:
        """An application that may be submitted."""
        application = self.start()
        answers, evidence = whole()
        operations.save_answers(self.kari, application.id, answers, {})
        for question_id in evidence:
            operations.add_link(self.kari, application.id, question_id, LINK)
        operations.set_consent(self.kari, application.id, "yes")
        return again(application.id)

    def submit(self, application: Application | Known, key: str = "k1", at: datetime | None = None) -> Any:
        """Submit as Kari."""
        return operations.submit(self.kari, application.id, key=key, arrived_at=at or clock.now(), language="en")


def whole() -> tuple[dict[str, Any], dict[str, Any]]:
    """Answers and evidence with which the round's form, without a waiver, is complete."""
    stated = examples("etwinning-2021-2022")["all_good"]
    return dict(stated["answers"]), dict(stated["evidence"])


def begin(app: Flask) -> World:
    """Open the round and let two schools in."""
    return newcomers(app, open_up(app))


def open_up(app: Flask) -> tuple[int, int]:
    """Open the round with two agencies."""
    mails.register(app)
    agencies = applied.agency("no", "NO"), applied.agency("se", "SE")
    rounds.open_round(ROUND)
    return agencies


def newcomers(app: Flask, agencies: tuple[int, int]) -> World:
    """Two schools that may apply, with people whom no other test has seen."""
    at, (agency_id, other_agency) = next(COUNT), agencies
    head = f"head@berg{at}.example"
    school = applied.school(f"Berg{at}", "NO", agency_id, head_email=head, head_name="Head", language="nb")
    other_school = applied.school(f"Dal{at}", "NO", agency_id)
    invite(school, other_school)
    return World(
        app=app,
        agency_id=agency_id,
        school=school,
        other_school=other_school,
        head=head,
        kari=teacher(f"kari@berg{at}.example", school),
        ola=teacher(f"ola@berg{at}.example", school),
        foreign=teacher(f"foreign@dal{at}.example", other_school),
        officer=applied.officer(applied.account(f"officer{at}@agency.example"), agency_id),
        foreign_officer=applied.officer(applied.account(f"officer{at}@other.example"), other_agency),
    )


def invite(*schools: int) -> None:
    """Note that schools were invited to the round."""
    with database.write() as session:
        number = len(session.scalars(select(Run.id)).all()) + 1
        run = Run(round_id=ROUND, number=number, at=clock.now(), made_at=clock.now())
        session.add(run)
        session.flush()
        for school in schools:
            session.add(InvitedSchool(round_id=ROUND, school_id=school, run_id=run.id, at=clock.now()))


def teacher(email: str, school: int) -> Actor:
    """A teacher of a school, signed in."""
    name = email.split("@", maxsplit=1)[0].capitalize()
    account_id = applied.account(email)
    with database.write() as session:
        session.get_one(Account, account_id).name = name
    return Actor(account_id=account_id, email=email, name=name, language="en", schools=frozenset({school}))


def again(application_id: int) -> Application:
    """An application as it is now."""
    database.read().rollback()
    return database.read().get_one(Application, application_id)


@dataclass(frozen=True)
class Known:
    """What is remembered of a row when its installation is restarted, and what other threads may know of it."""

    id: int
    edition_id: int


def known(row: Application | Submission) -> Known:
    """Remember a row."""
    return Known(row.id, row.edition_id)


def mails_of(kind: str, application: Application | Known) -> list[Mail]:
    """The mails of one kind about an application, in the outbox."""
    database.read().rollback()
    of_kind = select(Mail).where(Mail.kind == kind, Mail.application_id == application.id)
    return list(database.read().scalars(of_kind.order_by(Mail.id)))


def together(count: int, action: Callable[[int], Any]) -> list[Any]:
    """Run an action in so many threads at once; what each gave or raised.

    A row that this thread has read is of no use to the others, who would all read it again through this thread's
    session and lose each other's connections: an action takes ids. Rows are let go of first, so that one that slips in
    fails every time.
    """
    database.current().forget()
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined] # a proxy
    gate, results = threading.Barrier(count), [None] * count

    def run(at: int) -> None:
        with app.app_context():
            gate.wait()
            try:
                results[at] = action(at)
            except Exception as error:  # noqa: BLE001 - whatever was raised is the result
                results[at] = error  # type: ignore[call-overload] # a list of anything

    threads = [threading.Thread(target=run, args=(at,)) for at in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    database.read().rollback()
    return results


def picture(kind: str = "JPEG") -> bytes:
    """A small picture of nothing in particular."""
    made = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(made, kind)
    return made.getvalue()


def docx(more: dict[str, bytes] | None = None) -> bytes:
    """A document of Word, as far as its directory tells."""
    kinds = "<Types>application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml</Types>"
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", kinds)
        file.writestr("word/document.xml", "<w:document/>")
        for name, content in (more or {}).items():
            file.writestr(name, content)
    return made.getvalue()


def odt(kind: str = "application/vnd.oasis.opendocument.text") -> bytes:
    """A document of LibreOffice, as far as its directory tells."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(zipfile.ZipInfo("mimetype"), kind)
        file.writestr("content.xml", "<office:document-content/>")
    return made.getvalue()

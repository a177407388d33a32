"""An installation for a benchmark: the shipped round 2021-2022 under way, with schools that write."""

from __future__ import annotations

import importlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from skolemerke import clock, database
from skolemerke.agencies.models import Agency, AgencyCountry
from skolemerke.app import create_app
from skolemerke.applications import operations
from skolemerke.applications.models import AnswerChange, Application
from skolemerke.config import load_config
from skolemerke.eligibility.models import Run
from skolemerke.invitations.models import InvitedSchool
from skolemerke.people import operations as people
from skolemerke.people import queries
from skolemerke.people.actors import Actor
from skolemerke.people.sessions import standing_of
from skolemerke.registry.models import Person, School, Teacher
from skolemerke.rounds import operations as rounds
from sqlalchemy import select

ROOT = Path(__file__).resolve().parent.parent
ROUND = "2021-2022"
IN_THE_ROUND = "2020-12-01T09:00:00+01:00"


@dataclass(frozen=True)
class Writer:
    """A teacher who is signed in: the session's token, and the address of the application."""

    token: str
    public_id: str


def make_home(home: Path) -> Path:
    """A home with the shipped plugins."""
    shutil.copytree(ROOT / "plugins", home / "plugins", ignore=shutil.ignore_patterns("__pycache__"))
    return home


@contextmanager
def running(home: Path, url: str = "") -> Iterator[Flask]:
    """The application of a home, in its context."""
    environ = {"SKOLEMERKE_CLOCK": IN_THE_ROUND, **({"SKOLEMERKE_DATABASE_URL": url} if url else {})}
    app = create_app(load_config(home, environ), distributions=False)
    with app.app_context():
        yield app
        app.extensions[database.EXTENSION].close()


def writers(schools: int, of_each: int) -> list[Writer]:
    """So many schools of an agency with an application each, and so many teachers of each who are signed in."""
    with database.write() as session:
        agency = Agency(code="no", name="The agency", language="nb", countries=[AgencyCountry(country="NO")])
        session.add(agency)
        session.flush()
        agency_id = agency.id
    rounds.open_round(ROUND)
    found = []
    for number in range(schools):
        accounts = _school(agency_id, number, of_each)
        actors = [queries.actor_of_account(account) for account in accounts]
        application = operations.start(actors[0], ROUND, min(actors[0].schools))
        found += [Writer(people.open_session(account), application.public_id) for account in accounts]
    return found


def _school(agency_id: int, number: int, teachers: int) -> list[int]:
    names = [f"t{number}x{at}@school.example" for at in range(teachers)]
    with database.write() as session:
        school = School(school_id=f"B{number}", name=f"School {number}", country="NO", registered_on=date(2015, 1, 1))
        school.agency_id = agency_id
        session.add(school)
        session.flush()
        for name in names:
            session.add(Teacher(person=Person(teacher_id=name), school_id=school.id, name=name, email=name))
        run = Run(round_id=ROUND, number=number + 1, at=clock.now(), made_at=clock.now())
        session.add(run)
        session.flush()
        session.add(InvitedSchool(round_id=ROUND, school_id=school.id, run_id=run.id, at=clock.now()))
    return [people.ensure_account(name).id for name in names]


def support(name: str) -> Any:
    """A module of what supports the tests."""
    folder = str(ROOT / "tests")
    if folder not in sys.path:
        sys.path.append(folder)
    return importlib.import_module(f"support.{name}")


def application_of(writer: Writer) -> Application:
    """The application on which somebody writes."""
    return database.read().scalars(select(Application).where(Application.public_id == writer.public_id)).one()


def actor_of(writer: Writer) -> Actor:
    """Who somebody is now."""
    standing = standing_of(writer.token)
    assert standing is not None
    return standing.actor


def cookie_of(app: Flask, writer: Writer) -> str:
    """The cookie of a browser in which somebody is signed in."""
    signer: Any = SecureCookieSessionInterface().get_signing_serializer(app)
    return str(signer.dumps({"token": writer.token, "language": "en"}))


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def start_server(home: Path, port: int, url: str = "") -> subprocess.Popen[bytes]:
    """Serve a home in a process of its own; it answers when this returns."""
    environ = {**os.environ, "SKOLEMERKE_HOME": str(home), **({"SKOLEMERKE_DATABASE_URL": url} if url else {})}
    command = [sys.executable, "-c", "from skolemerke.cli import main; main()", "serve", "--port", str(port)]
    with (home / "served.log").open("ab") as log:
        process = subprocess.Popen(command, env=environ, stdout=log, stderr=log)
    try:
        wait_for(f"http://127.0.0.1:{port}/readyz", process)
    except RuntimeError as error:
        raise RuntimeError(f"{error}:\n{(home / 'served.log').read_text(encoding='utf-8')[-2000:]}") from error
    return process


@contextmanager
def served(home: Path, url: str = "") -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A home served in a process of its own, and the port at which it answers; it is killed in the end."""
    port = free_port()
    process = start_server(home, port, url)
    try:
        yield process, port
    finally:
        process.kill()
        process.wait()


def versions_of(public_id: str, question: str) -> dict[int, Any]:
    """Every stored version of the answer of an application to a question, by its number."""
    kept = (
        select(AnswerChange.version, AnswerChange.raw, AnswerChange.at)
        .join(Application, Application.id == AnswerChange.application_id)
        .where(Application.public_id == public_id, AnswerChange.question_id == question)
    )
    return {row.version: row for row in database.read().execute(kept)}


def wait_for(address: str, process: subprocess.Popen[Any]) -> None:
    """Wait until a server that was just started answers."""
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            with urlopen(address, timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.02)
    raise RuntimeError(f"the server did not answer (it ended with {process.poll()})")

"""Rows of a round that is under way: agencies, schools, applications, submissions, declarations."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import yaml
from skolemerke import clock, database
from skolemerke.agencies.models import Agency, AgencyCountry
from skolemerke.applications.models import AnswerChange, Application, Declaration, Submission
from skolemerke.people.actors import Actor
from skolemerke.people.models import Account, Role
from skolemerke.registry.models import Person, School, Teacher
from skolemerke.rounds import operations as rounds

from support.house import ROOT

ROUND = "2021-2022"
AFTER_CLOSING = datetime(2021, 2, 10, 9, tzinfo=UTC)


@cache
def examples(plugin: str) -> dict[str, dict[str, Any]]:
    """The examples of a shipped plugin, by id; every scalar is text, as in all definitions."""
    text = (ROOT / "plugins" / plugin / "examples.yaml").read_text(encoding="utf-8")
    data = yaml.load(text, Loader=yaml.BaseLoader)
    return {example["id"]: example for example in (data["examples"] if isinstance(data, dict) else data)}


def agency(code: str, country: str) -> int:
    """Make an agency of one country."""
    with database.write() as session:
        made = Agency(code=code, name=f"Agency {code}", language="nb", countries=[AgencyCountry(country=country)])
        session.add(made)
        session.flush()
        return made.id


def school(name: str, country: str, agency_id: int | None, **facts: Any) -> int:
    """Make a school."""
    with database.write() as session:
        text_id = f"{country}-{name}"
        made = School(
            school_id=text_id, name=name, country=country, agency_id=agency_id, registered_on=date(2015, 1, 1), **facts
        )
        session.add(made)
        session.flush()
        return made.id


def teacher(school_id: int, email: str, name: str = "Kari") -> int:
    """Make a person who teaches at a school."""
    with database.write() as session:
        made = Teacher(person=Person(teacher_id=f"t-{email}"), school_id=school_id, name=name, email=email)
        session.add(made)
        session.flush()
        return made.id


def account(email: str, *, language: str = "en", role: str = "", agency_id: int | None = None) -> int:
    """Make an account, with a role where one is named."""
    with database.write() as session:
        roles = [Role(role=role, agency_id=agency_id)] if role else []
        made = Account(
            email=email, name=email.split("@", maxsplit=1)[0], language=language, created_at=clock.real(), roles=roles
        )
        session.add(made)
        session.flush()
        return made.id


def officer(account_id: int, agency_id: int) -> Actor:
    """An officer of one agency."""
    return Actor(account_id=account_id, agencies=frozenset({agency_id}))


def central(account_id: int) -> Actor:
    """Somebody of the central service."""
    return Actor(account_id=account_id, is_central=True)


def applied(school_id: int, agency_id: int | None, *, by: int | None = None, round_id: str = ROUND) -> int:
    """Begin an application under the current edition."""
    edition_id = rounds.freeze(round_id, agency_id).id
    with database.write() as session:
        made = Application(
            public_id=f"a{school_id}x{round_id.replace('-', '')}",
            round_id=round_id,
            school_id=school_id,
            agency_id=agency_id,
            edition_id=edition_id,
            created_at=clock.now(),
            created_by=by,
        )
        session.add(made)
        session.flush()
        if by is not None:
            session.add(
                AnswerChange(
                    application_id=made.id,
                    question_id="internet_rules",
                    version=1,
                    raw="most",
                    account_id=by,
                    at=clock.now(),
                )
            )
        return made.id


def submitted(
    application_id: int, answers: dict[str, Any], evidence: dict[str, Any] | None = None, **facts: Any
) -> int:
    """Freeze a submission of an application, with the given answers and counts of evidence."""
    with database.write() as session:
        application = session.get_one(Application, application_id)
        number = facts.pop("number", 1)
        pieces = [
            {"id": f"{name}{at}", "question_id": name, "link": "", "name": "photo.jpg"}
            for name, count in (evidence or {}).items()
            for at in range(int(count))
        ]
        made = Submission(
            application_id=application_id,
            number=number,
            receipt=f"R{application_id}-{number}",
            idempotency_key=f"k{number}",
            arrived_at=clock.now(),
            edition_id=application.edition_id,
            language="en",
            raw=answers,
            clean=answers,
            evidence=pieces,
            consent=facts.pop("consent", "yes"),
            content_hash=f"{application_id:032}{number:032}",
            **facts,
        )
        session.add(made)
        session.flush()
        return made.id


def declared(submission_id: int, state: str = "signed") -> None:
    """Let the head of the school answer for a submission's exact text."""
    with database.write() as session:
        submission = session.get_one(Submission, submission_id)
        session.add(
            Declaration(
                application_id=submission.application_id,
                token_hash=f"{submission_id:064}",
                state=state,
                content_hash=submission.content_hash,
                language="en",
                origin="registry",
                asked_at=clock.now(),
            )
        )

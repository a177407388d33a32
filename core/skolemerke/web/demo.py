"""`/demo`: three doors, the mails as pages, and the buttons that move the round's clock. In a demo only."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import NamedTuple

from flask import Blueprint, Flask, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select

from skolemerke import clock, database
from skolemerke.config import EXTENSION, current_config
from skolemerke.invitations.models import InvitedSchool
from skolemerke.people import operations as people
from skolemerke.people import rehearsal
from skolemerke.people.models import Account, Role
from skolemerke.registry.models import School, Teacher
from skolemerke.rounds import queries
from skolemerke.web import devices, guard

blueprint = Blueprint("demo", __name__, url_prefix="/demo")

MAILS_SHOWN = 200
LINK = re.compile(r"(https?://[^\s<>]+)")
LOCAL = re.compile(r"^http://127\.0\.0\.1(:\d+)?")
DOORS = {
    "teacher": lazy_gettext("Teacher"),
    "officer": lazy_gettext("Officer of the agency"),
    "administrator": lazy_gettext("Administrator"),
}


def register(app: Flask) -> None:
    """Offer the demo's pages and its banner where the installation is a demo."""
    is_demo = app.extensions[EXTENSION].demo
    app.jinja_env.globals.update(is_demo=is_demo)
    if is_demo:
        app.register_blueprint(blueprint)


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """The doors, the clock and the way to the mails."""
    round_id = queries.current_round()
    return render_template(
        "demo/home.html",
        doors=DOORS,
        teacher=_teacher(round_id),
        now=clock.now(),
        jumps=_jumps(round_id),
        round=queries.summary(round_id) if round_id else None,
    )


@blueprint.post("/door/<name>")
def enter(name: str) -> ResponseReturnValue:
    """Come in by one of the doors."""
    account_id = _account_of_door(name)
    if account_id is None:
        abort(404)
    guard.begin(people.open_session(account_id, devices.device_of_request()))
    return redirect(url_for("applications.mine") if name == "teacher" else "/admin/")


@blueprint.post("/clock")
def move_clock() -> ResponseReturnValue:
    """Move the round's clock to one of the instants that the page offers."""
    wanted = request.form.get("to", "")
    jumps = {jump.name: jump for jump in _jumps(queries.current_round())}
    if wanted not in jumps:
        abort(404)
    rehearsal.move_clock(guard.actor(), jumps[wanted].instant)
    return redirect(url_for("demo.home"))


@blueprint.get("/mails")
def mails() -> ResponseReturnValue:
    """The newest mails that were written, newest first; `q` looks in address and subject."""
    wanted = request.args.get("q", "").strip().lower()
    found = []
    for path in sorted(_folder().glob("*.eml"), reverse=True):
        mail = _read(path)
        if wanted in f"{mail['To']} {mail['Subject']}".lower():
            found.append((path.name, mail))
        if len(found) == MAILS_SHOWN:
            break
    return render_template("demo/mails.html", mails=found, q=wanted)


@blueprint.get("/mails/<name>")
def mail(name: str) -> ResponseReturnValue:
    """One mail as it was written, with its links to press."""
    path = next((path for path in _folder().glob("*.eml") if path.name == name), None)
    if path is None:
        abort(404)
    message = _read(path)
    body = message.get_body(("plain",))
    return render_template("demo/mail.html", mail=message, parts=_linked(body.get_content() if body else ""))


class Jump(NamedTuple):
    """A button of the clock."""

    name: str
    label: str
    instant: datetime


def _jumps(round_id: str | None) -> list[Jump]:
    """The instants ahead that are worth going to."""
    if round_id is None:
        return []
    dates = queries.calendar_of(round_id)
    now = clock.now()
    offered = [
        Jump("day", _("One day on"), now + timedelta(days=1)),
        Jump("last_day", _("To the last day: one hour before the deadline"), dates.closes - timedelta(hours=1)),
        Jump("deadline", _("Past the deadline"), dates.closes + timedelta(minutes=1)),
        Jump("signatures", _("To the day on which signatures are due"), dates.signatures_due),
        Jump("results", _("To the results"), dates.results),
        Jump("next_round", _("To the next round, a year on"), dates.opens.replace(year=dates.opens.year + 1)),
    ]
    return [jump for jump in offered if jump.instant > now]


def _teacher(round_id: str | None) -> Teacher | None:
    """The teacher behind the door: of the first invited school of the demo's own agency."""
    statement = (
        select(Teacher)
        .join(School, School.id == Teacher.school_id)
        .join(InvitedSchool, InvitedSchool.school_id == School.id)
        .where(InvitedSchool.round_id == round_id, Teacher.gone.is_(False), Teacher.left_on.is_(None))
        .where(Teacher.email != "")
        .order_by(School.country != "NO", School.school_id, Teacher.id)
        .limit(1)
    )
    return database.read().scalars(statement).first()


def _account_of_door(name: str) -> int | None:
    if name == "teacher":
        teacher = _teacher(queries.current_round())
        return people.ensure_account(teacher.email, teacher.name, teacher.language).id if teacher else None
    return (
        database.read()
        .scalars(
            select(Account.id).join(Role, Role.account_id == Account.id).where(Role.role == name).order_by(Account.id)
        )
        .first()
    )


def _linked(text: str) -> list[tuple[str, str]]:
    """A text in pieces of words and the link that follows them; links lead to where the demo is served now."""
    words = LINK.split(text)
    return [
        (words[at], LOCAL.sub(request.host_url.rstrip("/"), words[at + 1]) if at + 1 < len(words) else "")
        for at in range(0, len(words), 2)
    ]


def _folder() -> Path:
    return current_config().instance / "mail"


def _read(path: Path) -> EmailMessage:
    with path.open("rb") as file:
        return BytesParser(_class=EmailMessage, policy=policy.default).parse(file)

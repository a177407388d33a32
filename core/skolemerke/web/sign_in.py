"""`/sign-in`: asking for a mail, using its link or its code, and signing out.

No visit of an address signs anybody in or uses anything up: programs that look through mail visit links. What is
answered is the same for known and unknown addresses, and for those that asked too often.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from flask import Blueprint, Response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skolemerke.config import current_config
from skolemerke.people import operations, queries
from skolemerke.people.identities import STAFF, Identity
from skolemerke.web import devices, guard, languages, site

blueprint = Blueprint("sign_in", __name__)

BROWSER, ASKED = "browser", "asked"
"""What the cookie keeps until somebody is signed in: the word that tells this browser from others, and the address
that was typed."""


@blueprint.get("/sign-in")
def form() -> ResponseReturnValue:
    """Where one types one's address."""
    further = _where_to()
    if further:
        return redirect(further, 303)
    return render_template("sign_in/form.html", address=session.get(ASKED, ""), error="", **_shared())


@blueprint.post("/sign-in")
def ask() -> ResponseReturnValue:
    """Ask for a mail."""
    address = request.form.get("email", "")
    try:
        operations.ask_sign_in(address, browser_word(), languages.current_language(), _source())
    except operations.NotAnAddress:
        error = _("Write your whole e-mail address, such as name@school.example.")
        guard.mark_shared(is_shared="shared" in request.form)
        return render_template("sign_in/form.html", address=address, error=error, **_shared()), 422
    session[ASKED] = operations.normal_address(address)
    guard.mark_shared(is_shared="shared" in request.form)
    return redirect(url_for("sign_in.code"), 303)


@blueprint.get("/sign-in/code")
def code() -> ResponseReturnValue:
    """Says that a mail may be on its way, and takes its code."""
    further = _where_to()
    if further:
        return redirect(further, 303)
    if not session.get(ASKED):
        return redirect(url_for("sign_in.form"), 303)
    return _code_page()


@blueprint.post("/sign-in/code")
def use_code() -> ResponseReturnValue:
    """Sign in with a typed code."""
    typed = request.form.get("code", "")
    try:
        token = operations.sign_in_by_code(typed, session.get(BROWSER, ""), **_chosen())
    except operations.WhichPerson as several:
        return _which_person(several, code=typed)
    except operations.NotSignedIn:
        if not session.get(ASKED):
            return redirect(url_for("sign_in.form"), 303)
        return _code_page(
            _(
                "This code is not right, or it no longer works. A code works only in the browser in which you asked "
                "for it. Look at the newest mail, or ask for a new one."
            )
        )
    return enter(token)


@blueprint.get("/sign-in/link/<token>")
def link(token: str) -> ResponseReturnValue:
    """The page that a mailed link opens: one button, and the names where several people share the address."""
    found = queries.link_of(token, session.get(BROWSER, ""))
    if found is None:
        return _dead_link()
    return render_template("sign_in/link.html", link=found, people=_offered(found.people), **_shared())


@blueprint.post("/sign-in/link/<token>")
def use_link(token: str) -> ResponseReturnValue:
    """Sign in with a mailed link."""
    if "asks_shared" in request.form:
        guard.mark_shared(is_shared="shared" in request.form)
    try:
        opened = operations.sign_in_by_token(token, session.get(BROWSER, ""), **_chosen())
    except operations.WhichPerson as several:
        return _which_person(several)
    except operations.NotSignedIn:
        return _dead_link()
    return enter(opened)


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session, here and on the server."""
    operations.sign_out(guard.end())
    return redirect(url_for("public.label_page"), 303)


@blueprint.after_request
def keep_nothing(response: Response) -> Response:
    """Let no cache keep a page of signing in."""
    response.headers["Cache-Control"] = "no-store"
    return response


def browser_word() -> str:
    """The word that tells this browser from others."""
    word: str = session.setdefault(BROWSER, secrets.token_urlsafe(32))
    return word


def enter(token: str) -> ResponseReturnValue:
    """Let the browser hold a new session, and go to where the visitor wanted."""
    wanted, is_shared = session.get(guard.WANTED), bool(session.get(guard.SHARED))
    left = guard.end()
    if left:
        operations.sign_out(left)
    if is_shared:
        operations.set_shared(token, is_shared)
    guard.begin(token, is_shared=is_shared)
    if wanted:
        session[guard.WANTED] = wanted
    return go_on()


def go_on() -> ResponseReturnValue:
    """Go to where the visitor wanted, or to what is still to be done before."""
    if guard.actor().is_known:
        return redirect(session.pop(guard.WANTED, None) or _home(), 303)
    return redirect(_where_to() or url_for("sign_in.form"), 303)


def _where_to() -> str:
    """Where somebody who is signed in, or half so, goes instead of signing in; nothing for others."""
    if guard.actor().is_known:
        return _home()
    held = guard.standing()
    if held is None:
        return ""
    return url_for("second_factor.ask" if held.step == "second_factor" else "second_factor.manage")


def _home() -> str:
    """Where a person begins: staff in the administration, teachers at their applications."""
    return "/admin/" if guard.actor().is_staff else url_for("applications.mine")


def _shared() -> dict[str, object]:
    """What the question whether many use the computer is drawn from."""
    return {"shared": bool(session.get(guard.SHARED)), "idle": current_config().shared_idle_minutes}


def _source() -> str:
    return request.remote_addr or ""


def _chosen() -> dict[str, str]:
    return {"person": request.form.get("person", ""), "device": devices.device_of_request()}


def _offered(people: Sequence[Identity]) -> list[tuple[str, str, str]]:
    """The people who share an address, to choose from: who, name, and what tells them apart."""
    return [
        (person.key, person.name, _("Administration") if person.key == STAFF else ", ".join(person.schools))
        for person in people
    ]


def _which_person(several: operations.WhichPerson, code: str = "") -> ResponseReturnValue:
    """Ask which one of those who share the mailbox it is. Nothing was used up."""
    was_asked = "person" in request.form or request.form.get("asked") == "yes"
    error = _("Choose who you are.") if was_asked else ""
    page = render_template("sign_in/who.html", people=_offered(several.identities), code=code, error=error)
    return page, 422 if error else 200


def _code_page(error: str = "") -> ResponseReturnValue:
    config = current_config()
    page = render_template(
        "sign_in/code.html",
        address=session[ASKED],
        minutes=config.sign_in_minutes,
        most=config.sign_in_mails_per_address,
        agency=site.visitor_agency(),
        error=error,
    )
    return page, 422 if error else 200


def _dead_link() -> ResponseReturnValue:
    return render_template("sign_in/dead_link.html"), 410

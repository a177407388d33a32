"""`/sign-in`: asking for a mail, using its link or its code, and signing out.

No visit of an address signs anybody in or uses anything up: programs that look through mail visit links. What is
answered is the same for known and unknown addresses, and for those that asked too often.
"""

from __future__ import annotations

import secrets

from flask import Blueprint, Response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skolemerke.config import current_config
from skolemerke.people import operations, queries
from skolemerke.web import guard, languages

blueprint = Blueprint("sign_in", __name__)

BROWSER, ASKED = "browser", "asked"
"""What the cookie keeps until somebody is signed in: the word that tells this browser from others, and the address
that was typed."""


@blueprint.get("/sign-in")
def form() -> ResponseReturnValue:
    """Where one types one's address."""
    if guard.actor().is_known:
        return redirect(_home(), 303)
    return render_template("sign_in/form.html", address=session.get(ASKED, ""), error="")


@blueprint.post("/sign-in")
def ask() -> ResponseReturnValue:
    """Ask for a mail."""
    address = request.form.get("email", "")
    browser = session.setdefault(BROWSER, secrets.token_urlsafe(32))
    try:
        operations.ask_sign_in(address, browser, languages.current_language())
    except operations.NotAnAddress:
        error = _("Write your whole e-mail address, such as name@school.example.")
        return render_template("sign_in/form.html", address=address, error=error), 422
    session[ASKED] = operations.normal_address(address)
    return redirect(url_for("sign_in.code"), 303)


@blueprint.get("/sign-in/code")
def code() -> ResponseReturnValue:
    """Says that a mail may be on its way, and takes its code."""
    if guard.actor().is_known:
        return redirect(_home(), 303)
    if not session.get(ASKED):
        return redirect(url_for("sign_in.form"), 303)
    return _code_page()


@blueprint.post("/sign-in/code")
def use_code() -> ResponseReturnValue:
    """Sign in with a typed code."""
    try:
        token = operations.sign_in_by_code(request.form.get("code", ""), session.get(BROWSER, ""))
    except operations.NotSignedIn:
        if not session.get(ASKED):
            return redirect(url_for("sign_in.form"), 303)
        return _code_page(
            _("This code is not right, or it no longer works. Look at the mail again, or ask for a new one.")
        )
    return _enter(token)


@blueprint.get("/sign-in/link/<token>")
def link(token: str) -> ResponseReturnValue:
    """The page that a mailed link opens: one button."""
    address = queries.address_of_link(token)
    if address is None:
        return _dead_link()
    return render_template("sign_in/link.html", address=address)


@blueprint.post("/sign-in/link/<token>")
def use_link(token: str) -> ResponseReturnValue:
    """Sign in with a mailed link."""
    try:
        opened = operations.sign_in_by_token(token, session.get(BROWSER, ""))
    except operations.NotSignedIn:
        return _dead_link()
    return _enter(opened)


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


def _enter(token: str) -> ResponseReturnValue:
    wanted = session.get(guard.WANTED)
    left = guard.end()
    if left:
        operations.sign_out(left)
    guard.begin(token)
    return redirect(wanted or _home(), 303)


def _home() -> str:
    """Where a person begins: staff in the administration, teachers at their applications."""
    return "/admin/" if guard.actor().is_staff else url_for("applications.mine")


def _code_page(error: str = "") -> ResponseReturnValue:
    page = render_template(
        "sign_in/code.html", address=session[ASKED], minutes=current_config().sign_in_minutes, error=error
    )
    return page, 422 if error else 200


def _dead_link() -> ResponseReturnValue:
    return render_template("sign_in/dead_link.html"), 410

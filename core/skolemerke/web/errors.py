"""Pages for what went wrong: what happened, why, and what can be done. They tell nothing of our inside."""

from __future__ import annotations

import secrets
from http import HTTPStatus

from flask import Flask, current_app, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from markupsafe import Markup
from werkzeug.exceptions import Forbidden, HTTPException, InternalServerError, SecurityError

from skolemerke import links, look
from skolemerke.config import current_config
from skolemerke.people.actors import ANONYMOUS
from skolemerke.people.rights import Refused
from skolemerke.web import assets, guard

NOWHERE = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def register(app: Flask) -> None:
    """Give an application its pages for errors."""
    app.register_error_handler(HTTPException, _show)
    app.register_error_handler(CSRFError, _show_stale)
    app.register_error_handler(SecurityError, _show_foreign)
    app.register_error_handler(Refused, _show_refused)
    app.register_error_handler(InternalServerError, _show_fault)


def _show(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or (error.code or 0) < 400:
        return error
    page = render_template("error.html", code=error.code, **_words(error.code or 0), **_again(error.code))
    headers = [(name, value) for name, value in error.get_headers() if name.lower() in {"allow", "retry-after"}]
    return page, error.code or 500, headers


def _show_stale(_error: CSRFError) -> ResponseReturnValue:
    """A form came without the word that shows that it is ours; most often the sign-in behind it has ended."""
    title = _("The page was open for too long")
    what = _("What you sent was not taken in, because the page no longer belonged to your sign-in.")
    help_ = _("Load the page again and send it once more. What was saved before is still there.")
    return render_template("error.html", code=400, title=title, what=what, help=help_, **_again(400, stale=True)), 400


def _show_foreign(_error: SecurityError) -> ResponseReturnValue:
    """The site was asked for by a name that is not its own: a page that needs nothing else of the site."""
    accent = f":root{{--accent:{look.current().accent}}}"
    # Parts of our sheet, and a colour that is nothing else: no text of anybody.
    style = Markup(assets.joined("tokens", "ground", "text", "forms") + accent)  # noqa: S704 - as the line above says
    page = render_template("foreign.html", style=style, address=links.absolute("/"))
    policy = f"default-src 'none'; style-src '{look.hash_of(style)}'; {NOWHERE}"
    return page, 400, {"Content-Security-Policy": policy}


def _show_refused(_error: Refused) -> ResponseReturnValue:
    return _show(Forbidden())


def _show_fault(error: InternalServerError) -> ResponseReturnValue:
    reference = secrets.token_hex(4)
    cause = error.original_exception or error
    current_app.logger.error("reference %s: %s %s: %s", reference, request.method, request.path, type(cause).__name__)
    # Whatever failed may fail again: the page asks nobody who is signed in, nor which agency answers.
    g.actor, g.agency, g.standing = ANONYMOUS, None, None
    return render_template("error.html", code=500, reference=reference, **_words(500)), 500


def _again(code: int | None, *, stale: bool = False) -> dict[str, str]:
    """Where to load the page anew from which something was sent that was not taken in, and with which words.

    Who is signed out comes to that page after signing in.
    """
    if request.method in guard.SAFE_METHODS or not (stale or code == HTTPStatus.UNAUTHORIZED):
        return {}
    words = _("Load the page again") if guard.actor().is_known else _("Sign in and load the page again")
    return {"again": _page_of(request.path), "again_words": words}


def _page_of(path: str) -> str:
    """The page at the address of a post, or at the one that it lies under; empty where there is none."""
    adapter = current_app.create_url_adapter(request)
    while adapter is not None and path.strip("/"):
        try:
            endpoint, arguments = adapter.match(path, method="GET")
        except HTTPException:
            path = path.rpartition("/")[0]
        else:
            # Made from the route that was found, not taken from what the browser sent.
            return url_for(endpoint, **arguments)
    return ""


def _words(code: int) -> dict[str, str]:
    """What an error page says."""
    again = _("Go back and try again. If it happens once more, write to us and say what you were doing.")
    known = {
        400: (
            _("We did not understand that"),
            _("Something in what was sent to us is missing or can't be read."),
            again,
        ),
        401: (
            _("You need to sign in"),
            _("This page is for people who are signed in.")
            if request.method in guard.SAFE_METHODS
            else _("Nothing of what you sent was taken in, because you are no longer signed in."),
            _("Sign in with the address at which you are registered as a teacher or a member of staff."),
        ),
        403: (
            _("You may not do this"),
            _("You are signed in, but what you asked for belongs to others or to another role.")
            if guard.actor().is_known
            else _("What you asked for is only for people with a certain role."),
            _("If you think that this is wrong, write to us. Say which page it was and what you wanted to do."),
        ),
        404: (
            _("There is no such page"),
            _("The address leads nowhere, or to something that is not meant for you."),
            _("If you typed the address, look it over. If you followed a link, it may be old."),
        ),
        405: (_("That can't be done here"), _("The page is there, but not for what was tried."), again),
        413: (
            _("That was too large"),
            _("What you sent is larger than we take in, and nothing of it was saved."),
            _(
                "Go back and see whether what you typed still stands there. Add one file at a time, of at most "
                "%(size)s MB, or give a link instead. A document becomes smaller when its pictures are saved with "
                "fewer details.",
                size=current_config().max_upload_mb,
            ),
        ),
        500: (
            _("Something went wrong on our side"),
            _("The page could not be made. It is not your fault, and what was saved before is still there."),
            _("Try again in a few minutes. If you write to us, give us the reference."),
        ),
        503: (
            _("We are busy just now"),
            _("What you asked for takes some work, and others asked for the same at this moment."),
            _("Wait a few seconds and try again. What was saved before is still there."),
        ),
    }
    title, what, help_ = known.get(code, known[400 if code < 500 else 500])
    return {"title": title, "what": what, "help": help_}

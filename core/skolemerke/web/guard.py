"""What holds for every response: security headers, a nonce for scripts, and who is asking."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Callable
from http import HTTPStatus
from typing import ParamSpec

from flask import Flask, Response, abort, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from skolemerke.config import current_config
from skolemerke.people import operations
from skolemerke.people.actors import ANONYMOUS, Actor
from skolemerke.people.sessions import Standing, standing_of

FILES = frozenset({"static", "assets.style_sheet", "own_look.file"})
"""The endpoints of files that are the same for everybody."""

TOKEN, LANGUAGE, WANTED, SHARED = "token", "language", "wanted", "shared"
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
)
"""The headers of every response that does not say otherwise, besides the policy of its content."""

SEALED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
"""The policy of a file that is handed out: nothing in it runs, loads or is sent, whatever a browser makes of it."""

P = ParamSpec("P")


def register(app: Flask) -> None:
    """Put the guard around every request of an application."""
    app.before_request(_begin)
    app.after_request(_secure)
    app.jinja_env.globals.update(actor=actor, is_shared=is_shared, nonce=nonce)


def actor() -> Actor:
    """Who is asking; `ANONYMOUS` when nobody is signed in. Loaded once a request, when first asked."""
    found: Actor | None = g.get("actor")
    if found is None:
        found = g.actor = _load_actor()
    return found


def standing() -> Standing | None:
    """The session that this browser holds, also while it still needs a second factor. Loaded once a request."""
    if "standing" not in g:
        token = session.get(TOKEN)
        g.standing = standing_of(token) if isinstance(token, str) else None
    found: Standing | None = g.standing
    return found


def forget_actor() -> None:
    """Ask anew who is asking: the session of this browser was changed."""
    for name in ("actor", "standing", "agency", "shown_as"):
        g.pop(name, None)


def let_forms_lead_to(*origins: str) -> None:
    """Let a form of this page be answered by a redirect to these sites, besides our own."""
    g.form_targets = [*g.get("form_targets", []), *origins]


def nonce() -> str:
    """The word that lets a script of ours run on this page."""
    # A request can be refused before its turn to be given one.
    return g.get("nonce") or _make_nonce()


def signed_in(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Let only people who are signed in see a page. Others are sent to sign in, and come back afterwards; what they
    sent is answered with 401."""

    @functools.wraps(view)
    def guarded(*arguments: P.args, **named: P.kwargs) -> ResponseReturnValue:
        if actor().is_known:
            return view(*arguments, **named)
        if request.method not in SAFE_METHODS:
            abort(401)
        # Made from the route that was found, not taken from what the browser sent.
        session[WANTED] = url_for(request.endpoint or "", **(request.view_args or {}))
        return redirect(url_for("sign_in.form"), 303)

    return guarded


def begin(token: str, *, is_shared: bool = False) -> None:
    """Make this browser the holder of a session: nothing of what it held before stays, but its language.

    `is_shared`: many use the computer, so that the cookie is to end with the browser.
    """
    _keep_only_language()
    session[TOKEN] = token
    session.permanent = True
    mark_shared(is_shared=is_shared)
    forget_actor()


def mark_shared(*, is_shared: bool) -> None:
    """Let the cookie of this browser end with it, or no longer."""
    if is_shared:
        session[SHARED] = True
    else:
        session.pop(SHARED, None)


def is_shared() -> bool:
    """Whether many use this computer, as its reader said: nothing is kept in the browser then."""
    held = standing()
    # While the database is away the cookie alone knows.
    return held.is_shared if held is not None else bool(session.get(SHARED))


def renew(token: str) -> None:
    """Put a new token in place of the one that this browser held for the same session."""
    session[TOKEN] = token
    forget_actor()


def end() -> str:
    """Let this browser hold no session any more; gives the token that it held, or nothing."""
    token = session.get(TOKEN)
    _keep_only_language()
    forget_actor()
    return token if isinstance(token, str) else ""


def _keep_only_language() -> None:
    language = session.get(LANGUAGE)
    session.clear()
    if language:
        session[LANGUAGE] = language
        session.permanent = True


def _begin() -> None:
    _make_nonce()
    if "\0" in request.path:
        # Nothing is called so, and not every database can be asked.
        abort(404)


def _load_actor() -> Actor:
    held = standing()
    if held is None or held.step != "whole":
        return ANONYMOUS
    if held.is_to_be_noted:
        operations.note_use(held.session_id)
    return held.actor


def _make_nonce() -> str:
    made = g.nonce = secrets.token_urlsafe(16)
    return made


def policy(frames: str = "'none'") -> str:
    """The content security policy of a page; `frames` says whose pages it may show inside itself."""
    targets = ["'self'", *g.get("form_targets", [])]
    return (
        f"default-src 'none'; script-src 'nonce-{nonce()}'; style-src 'self'; img-src 'self' data:; "
        f"font-src 'self'; connect-src 'self'; frame-src {frames}; form-action {' '.join(targets)}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


def _secure(response: Response) -> Response:
    headers = response.headers
    if "Content-Security-Policy" not in headers:
        headers["Content-Security-Policy"] = policy()
    for name, value in ALWAYS:
        headers.setdefault(name, value)
    if request.is_secure or current_config().is_production:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if request.endpoint in FILES and response.status_code < HTTPStatus.BAD_REQUEST:
        # A file is the same for everybody; the page that says that it is not there bears the reader's name.
        return response
    if session.get(TOKEN):
        headers["Cache-Control"] = "no-store"
    if "Vary" in headers:
        response.vary.add("Cookie")
    else:
        headers["Vary"] = "Cookie"
    return response

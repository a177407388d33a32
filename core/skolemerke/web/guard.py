"""What holds for every response: security headers, a nonce for scripts, and who is asking."""

from __future__ import annotations

import secrets

from flask import Flask, Response, g, request, session

from skolemerke.people.actors import ANONYMOUS, Actor

STATIC = "static"


def register(app: Flask) -> None:
    """Put the guard around every request of an application."""
    app.before_request(_make_nonce)
    app.after_request(_secure)
    app.jinja_env.globals.update(actor=actor, nonce=nonce)


def actor() -> Actor:
    """Who is asking; `ANONYMOUS` when nobody is signed in. Loaded once a request, when first asked."""
    if "actor" not in g:
        g.actor = _load_actor()
    found: Actor = g.actor
    return found


def nonce() -> str:
    """The word that lets a script of ours run on this page."""
    found: str = g.nonce
    return found


def _load_actor() -> Actor:
    return ANONYMOUS


def _make_nonce() -> None:
    g.nonce = secrets.token_urlsafe(16)


def _secure(response: Response) -> Response:
    policy = (
        f"default-src 'none'; script-src 'nonce-{g.get('nonce', '')}'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if request.endpoint != STATIC and session.get("token"):
        response.headers["Cache-Control"] = "no-store"
    response.vary.add("Cookie")
    return response

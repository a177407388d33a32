"""The cookie of a visitor: signed, read by no script, sent to us alone, and gone after a stated time, or with the
browser where many use the computer.

Its age is said as `Max-Age`, which a browser measures by itself: `Expires` would be read by the browser's clock, which
may be wrong. Where people depend on the installation the name begins with `__Host-`, so that no other site of the same
domain can set it.
"""

from __future__ import annotations

from flask import Flask, Response
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer

from skolemerke.config import Config
from skolemerke.web.guard import SHARED


class AgedCookies(SecureCookieSessionInterface):
    """Flask's signed cookies with an age in seconds, or none."""

    def __init__(self) -> None:
        self._signing: tuple[object, URLSafeTimedSerializer | None] = (None, None)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """What signs the cookies of an application; made once for its key."""
        key, made = self._signing
        if made is None or key != app.secret_key:
            made = super().get_signing_serializer(app)
            self._signing = (app.secret_key, made)
        return made

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Set, keep or take away the cookie."""
        # That an answer varies with the cookie is said by `guard`, of every page.
        if not session.modified:
            return
        name = self.get_cookie_name(app)
        where = {
            "domain": self.get_cookie_domain(app),
            "path": self.get_cookie_path(app),
            "secure": self.get_cookie_secure(app),
            "httponly": self.get_cookie_httponly(app),
            "samesite": self.get_cookie_samesite(app),
        }
        if not session:
            response.delete_cookie(name, **where)  # type: ignore[arg-type] # each setting has the type that is asked for
            return
        signing = self.get_signing_serializer(app)
        if signing is None:
            raise RuntimeError("there is no secret key to sign a cookie with")
        age = None if session.get(SHARED) else int(app.permanent_session_lifetime.total_seconds())
        response.set_cookie(name, signing.dumps(dict(session)), max_age=age, **where)  # type: ignore[arg-type] # as above


def register(app: Flask, config: Config) -> None:
    """Give an application its cookie."""
    app.session_interface = AgedCookies()
    app.config.update(
        SESSION_COOKIE_NAME="__Host-session" if config.is_production else "session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.is_production,
    )

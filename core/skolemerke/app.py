"""Makes the application: settings, database, clock, plugins, then the faces."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from skolemerke_forms.fields import MAX_PLACES
from werkzeug.middleware.proxy_fix import ProxyFix

from skolemerke import clock, collector, database, look, migrating, outbox
from skolemerke.applications import mails as application_mails
from skolemerke.applications import operations as applications
from skolemerke.applications import personal as application_personal
from skolemerke.applications import reminding
from skolemerke.config import EXTENSION, Config, load_config, require_safe
from skolemerke.decisions import mails as decision_mails
from skolemerke.decisions import personal as decision_personal
from skolemerke.eligibility import kinds as criterion_kinds
from skolemerke.eligibility import personal as eligibility_personal
from skolemerke.invitations import mails as invitation_mails
from skolemerke.people import mails as people_mails
from skolemerke.people import operations as people
from skolemerke.plugin_host.host import PluginHost
from skolemerke.rounds import composition
from skolemerke.rounds import operations as rounds
from skolemerke.scoring import kinds as scoring_kinds
from skolemerke.scoring import operations as scoring
from skolemerke.worker import sweeping

SWEEPS: dict[str, Callable[[], object]] = {
    "overlays": rounds.store_overlays,
    "editions": applications.adopt_editions,
    "score sheets": scoring.missing_sheets,
    "left-over files": applications.clear_leftovers,
    "old sign-ins": people.forget_old,
    "reminders": reminding.remind,
}
"""What the worker does every minute, in this order; each is safe to repeat."""

PERSONAL = (eligibility_personal, application_personal, decision_personal)
"""Importing these declares what each room holds about people."""

MAX_REQUEST = 64 * 1024 * 1024

MAX_FIELDS = 2 * MAX_PLACES + 1000
"""A page of a section sends an answer and a version for each of its places, and some words of its own."""


@collector.paused()  # hardly anything that a start makes becomes garbage
def create_app(config: Config | None = None, *, distributions: bool = True, faces: bool = True) -> Flask:
    """Make an application of one installation; its database is brought up to date unless it is in production.

    Without `faces` it has no pages and no administration: what a command needs that serves none. Raises
    `ConfigFault` when the settings are unusable, or unsafe in production mode.
    """
    config = config or load_config()
    require_safe(config)
    app = Flask(
        "skolemerke",
        instance_path=str(config.instance),
        template_folder="web/templates",
        static_folder="web/static",
        static_url_path="/static",
    )
    _configure(app, config)
    app.extensions[EXTENSION] = config
    app.extensions[look.EXTENSION] = look.read(config)
    app.extensions[clock.EXTENSION] = clock.Clock(config)
    app.extensions[database.EXTENSION] = database.Database(config.database)
    app.extensions[outbox.EXTENSION] = outbox.Outbox()
    builtins: dict[str, object] = {"core-criteria": criterion_kinds, "core-scoring": scoring_kinds}
    app.extensions[composition.EXTENSION] = PluginHost(config.plugins, builtins=builtins, distributions=distributions)
    app.teardown_appcontext(_forget(app))
    with app.app_context():
        migrating.prepare()
    for mails in (people_mails, invitation_mails, application_mails, decision_mails):
        mails.register(app)
    for name, sweep in SWEEPS.items():
        sweeping.register_sweep(app, name, sweep)
    if faces:
        _register_faces(app)
    _believe_proxies(app, config.proxies)
    return app


def _configure(app: Flask, config: Config) -> None:
    app.config.update(
        SECRET_KEY=config.secret_key,
        DEBUG=config.debug,
        TRUSTED_HOSTS=config.hosts,
        MAX_CONTENT_LENGTH=MAX_REQUEST,
        MAX_FORM_MEMORY_SIZE=8 * 1024 * 1024,
        MAX_FORM_PARTS=MAX_FIELDS,
        PERMANENT_SESSION_LIFETIME=timedelta(days=config.session_days),
        # Hours of writing must not be lost to a token's age; it lives as long as the session.
        WTF_CSRF_TIME_LIMIT=None,
        BABEL_DEFAULT_LOCALE=config.default_language,
    )


def _believe_proxies(app: Flask, count: int) -> None:
    """Believe what so many reverse proxies say of the visitor, whichever server runs the application."""
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign] # as Flask documents it


def _forget(app: Flask) -> Callable[[BaseException | None], None]:
    """End the reading session when a request, command or job ends."""

    def forget(_error: BaseException | None) -> None:
        app.extensions[database.EXTENSION].forget()

    return forget


def _register_faces(app: Flask) -> None:
    from skolemerke import admin, cli, web  # noqa: PLC0415 - a command that serves no page loads none

    web.register(app)
    admin.register(app)
    cli.register(app)

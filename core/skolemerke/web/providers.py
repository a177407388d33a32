"""`/sign-in/with/<provider>`: signing in at an identity provider (OpenID Connect), by the authorization code flow with
PKCE.

The provider is asked for one thing, an address that it vouches for. Who may do what is decided by the register and
by our roles. Nothing of the provider is loaded by our pages: a pressed button leads there, and the answer comes back
through the visitor's browser. When the provider is at fault the page says so, and the mail stays.
"""

from __future__ import annotations

import logging

from flask import Blueprint, Flask, Response, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skolemerke import links
from skolemerke.config import EXTENSION, ProviderSettings, current_config
from skolemerke.people import operations
from skolemerke.web import devices, guard, sign_in, site

blueprint = Blueprint("providers", __name__)

log = logging.getLogger("skolemerke.providers")


def register(app: Flask) -> None:
    """Make a client of each provider of the settings."""
    if app.extensions[EXTENSION].sign_in_providers:
        from skolemerke.web import vouching  # noqa: PLC0415 - Authlib is large: only where a provider is set

        vouching.register(app)
    app.jinja_env.globals.update(sign_in_providers=offered)


def offered() -> list[tuple[str, str]]:
    """The providers of the settings: key and name. Lets the forms of this page lead to them."""
    providers = current_config().sign_in_providers
    if not providers:
        return []
    from skolemerke.web import vouching  # noqa: PLC0415 - the same

    guard.let_forms_lead_to(*dict.fromkeys(site for key in providers for site in vouching.sites_of(key)))
    return [(key, settings.name) for key, settings in providers.items()]


@blueprint.post("/sign-in/with/<provider>")
def go(provider: str) -> ResponseReturnValue:
    """Lead the visitor to the provider."""
    from skolemerke.web import vouching  # noqa: PLC0415 - the same

    settings = _settings(provider)
    known = vouching.sites_of(provider)
    guard.mark_shared(is_shared="shared" in request.form)
    _forget_states()
    try:
        answer = vouching.way_there(provider, settings, _way_back(provider))
    except vouching.FAULTS as error:
        return _down(provider, settings, error)
    if vouching.site_of(answer.location) in known:
        answer.status_code = 303
        return answer
    # The page with the button did not know yet that this site belongs to the provider, and browsers would stop there.
    return render_template("sign_in/go_on.html", name=settings.name, address=answer.location)


@blueprint.get("/sign-in/with/<provider>/back")
def back(provider: str) -> ResponseReturnValue:
    """Take the visitor back. The word of the provider is believed only for the browser that set out from here."""
    from skolemerke.web import vouching  # noqa: PLC0415 - the same

    settings = _settings(provider)
    if "error" in request.args:
        _forget_states()
        return _refused(settings, _("You did not sign in there, or the other side did not let you."), 400)
    try:
        address = vouching.vouched_address(provider, settings)
        token = operations.vouched_for(address, sign_in.browser_word())
    except vouching.DISBELIEF as error:
        log.warning("provider %s was not believed: %s", provider, type(error).__name__)
        return _refused(settings, _("What came back could not be believed, or it was too old. Begin anew."), 400)
    except (vouching.NotVouchedFor, operations.NotAnAddress):
        return _refused(settings, _("The other side vouches for no e-mail address of yours."), 403)
    except operations.NotSignedIn:
        return _refused(settings, _("The address that you have there is not registered here."), 403)
    except vouching.FAULTS as error:
        return _down(provider, settings, error)
    return _enter(token)


def _enter(token: str) -> ResponseReturnValue:
    try:
        opened = operations.sign_in_by_token(token, sign_in.browser_word(), device=devices.device_of_request())
    except operations.WhichPerson:
        return redirect(url_for("sign_in.link", token=token), 303)
    return sign_in.enter(opened)


def _settings(key: str) -> ProviderSettings:
    found = current_config().sign_in_providers.get(key)
    if found is None or guard.actor().is_known:
        abort(404)
    return found


def _way_back(key: str) -> str:
    # From the settings, never from what a request claims.
    return links.absolute(url_for("providers.back", provider=key))


def _forget_states() -> None:
    """Let go of journeys that were begun before: the cookie is small."""
    for name in [name for name in session if name.startswith("_state_")]:
        session.pop(name)


def _down(key: str, settings: ProviderSettings, error: Exception) -> ResponseReturnValue:
    log.warning("provider %s failed: %s: %s", key, type(error).__name__, error)
    why = _("%(name)s does not answer as it should. It is not your fault.", name=settings.name)
    return _refused(settings, why, 503)


def _refused(settings: ProviderSettings, why: str, status: int) -> ResponseReturnValue:
    page = render_template("sign_in/not_by_provider.html", name=settings.name, why=why, agency=site.visitor_agency())
    return page, status


@blueprint.after_request
def keep_nothing(response: Response) -> Response:
    """Let no cache keep a page of signing in."""
    response.headers["Cache-Control"] = "no-store"
    return response

"""`/sign-in/with/<provider>`: signing in at an identity provider (OpenID Connect), by the authorization code flow with
PKCE.

The provider is asked for one thing, an address that it vouches for. Who may do what is decided by the register and
by our roles. Nothing of the provider is loaded by our pages: a pressed button leads there, and the answer comes back
through the visitor's browser. When the provider is at fault the page says so, and the mail stays.
"""

from __future__ import annotations

import logging
from typing import Any, cast
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client.errors import MismatchingStateError
from authlib.integrations.flask_client import OAuth
from authlib.oidc.core import CodeIDToken
from flask import Blueprint, Flask, Response, abort, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from joserfc.errors import JoseError

from skolemerke import links
from skolemerke.config import EXTENSION, ProviderSettings, current_config
from skolemerke.people import operations
from skolemerke.web import devices, guard, sign_in, site

blueprint = Blueprint("providers", __name__)

CLIENTS = "skolemerke.providers"
WAIT = 8
"""Seconds in which a provider must answer."""
DRIFT = 60
"""Seconds by which its clock and ours may differ."""
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""How an identity may be signed: by a key that the provider alone holds. A shared secret or no signature is none."""

log = logging.getLogger("skolemerke.providers")


class ProviderFault(Exception):
    """The provider does not answer, or answers nonsense."""


class NotBelieved(Exception):
    """What came back does not prove that this visitor signed in there, for us, now."""


class NotVouchedFor(Exception):
    """The visitor signed in there, but the provider vouches for no address of theirs."""


def register(app: Flask) -> None:
    """Make a client of each provider of the settings."""
    oauth = OAuth(app)
    for key, settings in app.extensions[EXTENSION].sign_in_providers.items():
        oauth.register(
            key,
            client_id=settings.client_id,
            client_secret=settings.client_secret or None,
            server_metadata_url=f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": settings.scope,
                "code_challenge_method": "S256",
                "default_timeout": WAIT,
                "token_endpoint_auth_method": "client_secret_basic" if settings.client_secret else "none",
            },
        )
    app.extensions[CLIENTS] = oauth
    app.jinja_env.globals.update(sign_in_providers=offered)


def offered() -> list[tuple[str, str]]:
    """The providers of the settings: key and name. Lets the forms of this page lead to them."""
    providers = current_config().sign_in_providers
    guard.let_forms_lead_to(*dict.fromkeys(origin for key in providers for origin in _origins(key)))
    return [(key, settings.name) for key, settings in providers.items()]


@blueprint.post("/sign-in/with/<provider>")
def go(provider: str) -> ResponseReturnValue:
    """Lead the visitor to the provider."""
    settings, known = _settings(provider), _origins(provider)
    guard.mark_shared(is_shared="shared" in request.form)
    _forget_states()
    try:
        _describe(provider, settings)
        answer = _client(provider).authorize_redirect(_way_back(provider))
    except (requests.RequestException, AuthlibBaseError, ValueError, RuntimeError, ProviderFault) as error:
        return _down(provider, settings, error)
    if _origin(answer.location) in known:
        answer.status_code = 303
        return cast("ResponseReturnValue", answer)
    # The page with the button did not know yet that this site belongs to the provider, and browsers would stop there.
    return render_template("sign_in/go_on.html", name=settings.name, address=answer.location)


@blueprint.get("/sign-in/with/<provider>/back")
def back(provider: str) -> ResponseReturnValue:
    """Take the visitor back. The word of the provider is believed only for the browser that set out from here."""
    settings = _settings(provider)
    if "error" in request.args:
        _forget_states()
        return _refused(settings, _("You did not sign in there, or the other side did not let you."), 400)
    try:
        address = _vouched_address(provider, settings)
        token = operations.vouched_for(address, sign_in.browser_word())
    except (NotBelieved, MismatchingStateError, JoseError) as error:
        log.warning("provider %s was not believed: %s", provider, type(error).__name__)
        return _refused(settings, _("What came back could not be believed, or it was too old. Begin anew."), 400)
    except (NotVouchedFor, operations.NotAnAddress):
        return _refused(settings, _("The other side vouches for no e-mail address of yours."), 403)
    except operations.NotSignedIn:
        return _refused(settings, _("The address that you have there is not registered here."), 403)
    except (requests.RequestException, AuthlibBaseError, ValueError, RuntimeError, ProviderFault) as error:
        return _down(provider, settings, error)
    return _enter(token)


def _enter(token: str) -> ResponseReturnValue:
    try:
        opened = operations.sign_in_by_token(token, sign_in.browser_word(), device=devices.device_of_request())
    except operations.WhichPerson:
        return redirect(url_for("sign_in.link", token=token), 303)
    return sign_in.enter(opened)


def _vouched_address(key: str, settings: ProviderSettings) -> str:
    """The address that the provider vouches for."""
    _describe(key, settings)
    client = _client(key)
    token = client.authorize_access_token(
        claims_options={
            "iss": {"essential": True, "value": settings.issuer},
            "aud": {"essential": True, "value": settings.client_id},
        },
        claims_cls=CodeIDToken,
        leeway=DRIFT,
    )
    claims = token.get("userinfo")
    if not claims or not claims.get("sub"):
        raise NotBelieved
    if settings.email_claim not in claims and client.server_metadata.get("userinfo_endpoint"):
        told = client.userinfo(token=token)
        if told.get("sub") != claims["sub"]:
            raise NotBelieved
        claims = told
    address = claims.get(settings.email_claim)
    if not isinstance(address, str) or not address:
        raise NotVouchedFor
    if settings.verified_claim and claims.get(settings.verified_claim) is not True:
        raise NotVouchedFor
    return address


def _describe(key: str, settings: ProviderSettings) -> None:
    """Know where the provider's parts are, and take no weaker signature than we allow. Raises `ProviderFault`."""
    client = _client(key)
    metadata = client.load_server_metadata()
    if metadata.get("issuer") != settings.issuer:
        client.server_metadata.pop("_loaded_at", None)
        raise ProviderFault("the description names another issuer than the settings")
    for part in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if not isinstance(metadata.get(part), str):
            client.server_metadata.pop("_loaded_at", None)
            raise ProviderFault(f"the description names no {part}")
    stated = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    allowed = [name for name in stated if name in ALGORITHMS]
    client.server_metadata["id_token_signing_alg_values_supported"] = allowed or ["RS256"]


def _client(key: str) -> Any:
    return current_app.extensions[CLIENTS].create_client(key)


def _settings(key: str) -> ProviderSettings:
    found = current_config().sign_in_providers.get(key)
    if found is None or guard.actor().is_known:
        abort(404)
    return found


def _way_back(key: str) -> str:
    # From the settings, never from what a request claims.
    return links.absolute(url_for("providers.back", provider=key))


def _origins(key: str) -> list[str]:
    """The sites to which the button may lead, as far as they are known without asking anybody."""
    issuer = current_config().sign_in_providers[key].issuer
    known = _client(key).server_metadata.get("authorization_endpoint", "")
    return list(dict.fromkeys(filter(None, [_origin(issuer), _origin(known)])))


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"https", "http"} and parts.netloc else ""


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

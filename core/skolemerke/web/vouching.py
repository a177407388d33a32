"""What an identity provider vouches for: its clients (Authlib), its description, and its word on an address.

Loaded only where a provider is set.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client.errors import MismatchingStateError
from authlib.integrations.flask_client import OAuth
from authlib.oidc.core import CodeIDToken
from flask import Flask, Response, current_app
from joserfc.errors import JoseError

from skolemerke.config import EXTENSION, ProviderSettings, current_config

CLIENTS = "skolemerke.providers"
WAIT = 8
"""Seconds in which a provider must answer."""
DRIFT = 60
"""Seconds by which its clock and ours may differ."""
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""How an identity may be signed: by a key that the provider alone holds. A shared secret or no signature is none."""


class ProviderFault(Exception):
    """The provider does not answer, or answers nonsense."""


class NotBelieved(Exception):
    """What came back does not prove that this visitor signed in there, for us, now."""


class NotVouchedFor(Exception):
    """The visitor signed in there, but the provider vouches for no address of theirs."""


DISBELIEF = (NotBelieved, MismatchingStateError, JoseError)
"""What is raised when the word that came back can't be believed."""
FAULTS = (requests.RequestException, AuthlibBaseError, ValueError, RuntimeError, ProviderFault)
"""What is raised when the provider is out of order. Some of `DISBELIEF` are among these: look for those first."""


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


def way_there(key: str, settings: ProviderSettings, way_back: str) -> Response:
    """The answer that leads the visitor to the provider. Raises one of `FAULTS`."""
    _describe(key, settings)
    answer: Response = _client(key).authorize_redirect(way_back)
    return answer


def sites_of(key: str) -> list[str]:
    """The sites to which the button may lead, as far as they are known without asking anybody."""
    issuer = current_config().sign_in_providers[key].issuer
    known = _client(key).server_metadata.get("authorization_endpoint", "")
    return list(dict.fromkeys(filter(None, [site_of(issuer), site_of(known)])))


def site_of(address: str) -> str:
    """The site of an address; empty for one that is no address of the web."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"https", "http"} and parts.netloc else ""


def vouched_address(key: str, settings: ProviderSettings) -> str:
    """The address that the provider vouches for. Raises one of `DISBELIEF` or `FAULTS`, or `NotVouchedFor`."""
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

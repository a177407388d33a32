"""A small real identity provider (OpenID Connect) at a port of this machine, which can also be hostile or broken.

It has signing keys, a description, the authorization code flow with PKCE and client authentication, tokens and user
information. Whoever comes is `person`; there is no page on which to sign in.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from support.public_site import _Silent

CLIENT, SECRET = "skolemerke", "a secret that the two share"


class Provider:
    """What the provider knows, and how it misbehaves: `spoil` changes the claims of a token before it is signed,
    `sign` signs them in place of the provider's key, `broken` names parts that fail."""

    def __init__(self) -> None:
        self.issuer = ""
        self.person: dict[str, Any] = {"sub": "u1", "email": "kari@school.example", "email_verified": True}
        self.in_token = True
        self.info: dict[str, Any] | None = None
        self.description: dict[str, Any] = {}
        self.broken: set[str] = set()
        self.spoil: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims
        self.sign: Callable[[dict[str, Any]], str] | None = None
        self.asked: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.tokens: dict[str, bool] = {}
        self._codes: dict[str, dict[str, str]] = {}
        self.new_key()

    def new_key(self) -> None:
        """Sign with another key from now on."""
        self.key = RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig", "alg": "RS256"})

    def signed(self, claims: dict[str, Any], key: Any = None, **header: Any) -> str:
        """Claims as a signed token."""
        key = key or self.key
        return jwt.encode({"alg": "RS256", "kid": self.key.kid, **header}, claims, key)

    def unsigned(self, claims: dict[str, Any]) -> str:
        """Claims as a token that says of itself that nobody signed it."""
        parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in ({"alg": "none"}, claims)]
        return b".".join([*parts, b""]).decode()

    def signed_with_the_public_key(self, claims: dict[str, Any]) -> str:
        """Claims signed with a shared secret, for which the provider's public key is taken."""
        public = OctKey.import_key(self.key.as_pem(private=False))
        return jwt.encode({"alg": "HS256", "kid": self.key.kid}, claims, public, algorithms=["HS256"])

    def __call__(self, environ: Any, start: Any) -> Any:
        """Answer a request."""
        request = Request(environ)
        self.paths.append(request.path)
        pages = {
            "/.well-known/openid-configuration": self._description,
            "/authorize": self._authorize,
            "/token": self._token,
            "/userinfo": self._userinfo,
            "/jwks": self._jwks,
        }
        page = pages.get(request.path)
        if page is None or request.path in self.broken:
            return Response("out of order", 500)(environ, start)
        return page(request)(environ, start)

    def _description(self, _request: Request) -> Response:
        names = ("authorization", "token", "userinfo")
        found = {f"{name}_endpoint": f"{self.issuer}/{name.replace('authorization', 'authorize')}" for name in names}
        found |= {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/jwks", "response_types_supported": ["code"]}
        found |= {"id_token_signing_alg_values_supported": ["RS256", "HS256", "none"], **self.description}
        return _json(found)

    def _jwks(self, _request: Request) -> Response:
        return _json({"keys": [self.key.as_dict(private=False)]})

    def _authorize(self, request: Request) -> Response:
        asked = request.args.to_dict()
        self.asked.append(asked)
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        query = urlencode({"code": code, "state": asked["state"]})
        return Response("", 302, {"Location": f"{asked['redirect_uri']}?{query}"})

    def _token(self, request: Request) -> Response:
        asked = self._codes.pop(request.form.get("code", ""), None)
        given = request.authorization
        if given is None or (given.username, given.password) != (CLIENT, SECRET):
            return _json({"error": "invalid_client"}, 401)
        proof = hashlib.sha256(request.form.get("code_verifier", "").encode()).digest()
        if (
            asked is None
            or request.form.get("redirect_uri") != asked["redirect_uri"]
            or base64.urlsafe_b64encode(proof).rstrip(b"=").decode() != asked["code_challenge"]
        ):
            return _json({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        claims = self.spoil(claims | (self.person if self.in_token else {"sub": self.person["sub"]}))
        token = secrets.token_urlsafe(16)
        self.tokens[token] = True
        id_token = self.sign(claims) if self.sign else self.signed(claims)
        return _json({"access_token": token, "token_type": "Bearer", "expires_in": 300, "id_token": id_token})

    def _userinfo(self, request: Request) -> Response:
        if request.authorization is None or request.authorization.token not in self.tokens:
            return _json({"error": "invalid_token"}, 401)
        return _json(self.info or self.person)


def _json(data: Any, status: int = 200) -> Response:
    return Response(json.dumps(data), status, mimetype="application/json")


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider that answers until the block ends."""
    made = Provider()
    server = make_server("127.0.0.1", 0, made, request_handler=_Silent)
    made.issuer = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

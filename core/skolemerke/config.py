"""The settings of one installation: typed, from `instance/config.toml` and the environment.

`SKOLEMERKE_HOME` (default: the working directory) is where `plugins/` and `instance/` are looked for. An
environment variable `SKOLEMERKE_<NAME>` wins over the file; a nested setting is written
`SKOLEMERKE_MAIL__SERVER`.
"""

from __future__ import annotations

import os
import re
import secrets
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from flask import current_app
from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PositiveInt,
    ValidationError,
    field_validator,
)

LANGUAGES = ("en", "nb", "nn")
"""The languages of the interface; English is the language of the sources."""

EXTENSION = "skolemerke.config"
MIN_SECRET = 32
PREFIX = "SKOLEMERKE_"
PROVIDER_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,29}")
NOT_SETTINGS = ("SKOLEMERKE_HOME", "SKOLEMERKE_REQUIRE_")
"""A variable that begins so is no setting unless there is one of that name: the home, and what the tests may not
skip."""


class ConfigFault(Exception):
    """A setting is missing, unknown or unusable; the text says which, where, and how to mend it."""


def _listed(value: object) -> object:
    """Several things as the environment gives them: with commas between them."""
    return [part for part in value.replace(",", " ").split() if part] if isinstance(value, str) else value


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MailSettings(_Settings):
    """How mail leaves. Without a server it is written as `.eml` files under `instance/mail/`."""

    server: str = ""
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: str = ""
    ca_file: str = ""
    sender: str = "skolemerke@localhost.example"
    per_minute: int = Field(default=300, gt=0)
    resend_unknown_minutes: int = Field(default=0, ge=0)


class ProviderSettings(_Settings):
    """An identity provider (OpenID Connect) with which people may sign in. It vouches for an address and no more.

    `verified_claim` names the claim that must be true for the address to be believed; empty: the provider is
    believed for every address that it states.
    """

    name: str = Field(min_length=1, max_length=60)
    issuer: str
    client_id: str = Field(min_length=1)
    client_secret: str = ""
    scope: str = "openid email"
    email_claim: str = Field(default="email", min_length=1)
    verified_claim: str = "email_verified"

    @field_validator("issuer")
    @classmethod
    def _is_safe(cls, issuer: str) -> str:
        """An address of the web that nobody can listen to; without HTTPS only on this machine."""
        parts = urlsplit(issuer)
        here = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"}
        if not (here or parts.scheme == "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("an issuer is an address that begins with https://, without ? and #")
        return issuer

    @field_validator("scope")
    @classmethod
    def _asks_for_identity(cls, scope: str) -> str:
        if "openid" not in scope.split():
            raise ValueError("the scope must hold the word openid")
        return scope


class Config(_Settings):
    """All settings. `instance` and `plugins` are folders; the others are documented in `docs/operators.md`."""

    home: Path
    env: Literal["development", "production"] = "development"
    demo: bool = False
    debug: bool = False
    secret_key: str = ""
    base_url: str = ""
    database_url: str = ""
    mail: MailSettings = MailSettings()
    clock: AwareDatetime | None = None
    default_language: Literal["en", "nb", "nn"] = "nb"
    proxies: int = Field(default=0, ge=0)
    trusted_hosts: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ("localhost", "127.0.0.1")
    worker_in_serve: bool = True
    sign_in_minutes: int = Field(default=30, gt=0, le=60)
    sign_in_mails_per_address: int = Field(default=5, gt=0)
    sign_in_mails_per_network: int = Field(default=300, gt=0)
    sign_in_mails_per_hour: int = Field(default=6000, gt=0)
    session_days: int = Field(default=14, gt=0)
    staff_idle_minutes: int = Field(default=60, gt=0)
    shared_idle_minutes: int = Field(default=30, gt=0)
    require_second_factor: bool | None = None
    sign_in_providers: dict[str, ProviderSettings] = Field(default_factory=dict)
    max_upload_mb: int = Field(default=10, gt=0)
    reminder_days: Annotated[tuple[PositiveInt, ...], BeforeValidator(_listed)] = (7, 1)

    @property
    def instance(self) -> Path:
        """Where this installation keeps its database, evidence and outgoing mail."""
        return self.home / "instance"

    @property
    def plugins(self) -> Path:
        """Where plugins lie as folders."""
        return self.home / "plugins"

    @property
    def is_production(self) -> bool:
        """Whether people depend on this installation."""
        return self.env == "production"

    @property
    def hosts(self) -> list[str] | None:
        """The names by which the site may be asked for; none where nobody depends on it: then by any."""
        return [urlsplit(self.base_url).hostname or "", *self.trusted_hosts] if self.is_production else None

    @property
    def second_factor_required(self) -> bool:
        """Whether staff must give a second factor: as it is set, else in production; never in a demo."""
        wanted = self.is_production if self.require_second_factor is None else self.require_second_factor
        return wanted and not self.demo

    @field_validator("sign_in_providers")
    @classmethod
    def _are_called_simply(cls, providers: dict[str, ProviderSettings]) -> dict[str, ProviderSettings]:
        """The key of a provider stands in an address."""
        for key in providers:
            if not PROVIDER_KEY.fullmatch(key):
                raise ValueError(f"'{key}' can't name a provider: take up to 30 small letters, digits and dashes")
        return providers

    @property
    def database(self) -> str:
        """The address of the database; by default SQLite in the instance."""
        return self.database_url or f"sqlite:///{(self.instance / 'skolemerke.db').as_posix()}"


def current_config() -> Config:
    """The settings of the current application."""
    config: Config = current_app.extensions[EXTENSION]
    return config


def load_config(home: Path | None = None, environ: Mapping[str, str] | None = None) -> Config:
    """Read the settings. Raises `ConfigFault`."""
    environ = os.environ if environ is None else environ
    home = (home or Path(environ.get("SKOLEMERKE_HOME") or ".")).resolve()
    settings = _from_file(home / "instance" / "config.toml")
    _lay_environment(settings, environ)
    try:
        config = Config(home=home, **settings)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(str(step) for step in first["loc"])
        raise ConfigFault(
            f"setting '{name}' in instance/config.toml or {PREFIX}{name.upper()}: {first['msg']}"
        ) from error
    if not config.secret_key and not config.is_production:
        config = config.model_copy(update={"secret_key": _kept_secret(config.instance)})
    return config


def faults_of(config: Config) -> list[str]:
    """What makes the settings unsafe for people to depend on; empty is good."""
    found = []
    if len(config.secret_key) < MIN_SECRET or len(set(config.secret_key)) < 8:
        found.append(f"secret_key is missing, too short (at least {MIN_SECRET} characters) or guessable")
    if not config.base_url.startswith("https://") or not urlsplit(config.base_url).hostname:
        found.append("base_url is missing or is no address that begins with https://: links in mails are made from it")
    if config.debug:
        found.append("debug is on: it shows code and data to anybody")
    if config.demo:
        found.append("demo is on: it lets anybody in by three doors")
    if config.clock is not None:
        found.append("clock is set: the round's time may only be moved in a rehearsal")
    return found


def require_safe(config: Config) -> None:
    """Refuse to start in production mode with unsafe settings. Raises `ConfigFault`."""
    found = faults_of(config) if config.is_production else []
    if found:
        raise ConfigFault("not safe for production: " + "; ".join(found))


def _from_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigFault(f"instance/config.toml can't be read: {error}") from error


SAYABLE = Config.model_fields.keys() - {"home"}


def _lay_environment(settings: dict[str, Any], environ: Mapping[str, str]) -> None:
    for name, value in environ.items():
        *parents, last = name.removeprefix(PREFIX).lower().split("__")
        if not name.startswith(PREFIX) or (name.startswith(NOT_SETTINGS) and last not in SAYABLE):
            continue
        place = settings
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = value


def _kept_secret(instance: Path) -> str:
    """The secret of an installation that nobody depends on: made once and kept in the instance."""
    path = instance / "secret_key"
    if not path.is_file():
        instance.mkdir(parents=True, exist_ok=True)
        path.write_text(secrets.token_urlsafe(48), encoding="ascii")
        path.chmod(0o600)
    return path.read_text(encoding="ascii").strip()

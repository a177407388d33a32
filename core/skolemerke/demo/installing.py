"""Making the demo's instance, or taking up one that was filled before."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

from flask import Flask

from skolemerke.app import create_app
from skolemerke.config import Config, ConfigFault, load_config
from skolemerke.demo import filling
from skolemerke.rounds import queries

SETTINGS = """# A demo: it lets anybody in by three doors. Never let people depend on it.
demo = true
secret_key = "{secret}"
"""


def install(home: Path, round_id: str, *, schools: int, seed: int, port: int, say: Callable[[str], None]) -> Flask:
    """The application of a filled demo in `home`. Raises `ConfigFault` when a real installation is there."""
    config = _config(home, port)
    if filling.is_filled(config):
        say("taking up the demo that was filled before")
        return create_app(config)
    filling.clear_half_filled(config)
    app = create_app(_at_opening(config, round_id))
    with app.app_context():
        filling.fill(round_id, schools=schools, seed=seed, progress=say)
    return app


def _config(home: Path, port: int) -> Config:
    path = home / "instance" / "config.toml"
    if not path.is_file():
        if (home / "instance" / "skolemerke.db").is_file():
            raise ConfigFault(_occupied(home))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(SETTINGS.format(secret=secrets.token_urlsafe(48)), encoding="utf-8")
    config = load_config(home)
    if not config.demo:
        raise ConfigFault(_occupied(home))
    return config.model_copy(update={"base_url": f"http://127.0.0.1:{port}"})


def _at_opening(config: Config, round_id: str) -> Config:
    """The settings with a clock that starts when the round opens."""
    app = create_app(config)
    with app.app_context():
        queries.require_round(round_id)
        opens = queries.calendar_of(round_id).opens
    return config.model_copy(update={"clock": opens})


def _occupied(home: Path) -> str:
    return f"{home / 'instance'} is a real installation: set SKOLEMERKE_HOME to another folder for the demo"

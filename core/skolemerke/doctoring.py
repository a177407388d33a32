"""What is missing or unsafe in an installation, in words, for `skolemerke doctor`."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from skolemerke import audit, clock, database, migrating
from skolemerke.config import current_config, faults_of
from skolemerke.plugin_host.host import RoundPaused
from skolemerke.rounds.composition import host

LITTLE_SPACE = 1_000_000_000


@dataclass(frozen=True)
class Diagnosis:
    """One thing that was looked at. A `fault` must be mended; a `warning` matters once people depend on it."""

    name: str
    state: Literal["ok", "warning", "fault"]
    message: str


def examine() -> list[Diagnosis]:
    """Look at everything; each part speaks for itself, so that one fault hides no other."""
    parts: list[Callable[[], Iterator[Diagnosis]]] = [_settings, _folders, _database, _plugins, _mail, _clock, _audit]
    return [diagnosis for part in parts for diagnosis in part()]


def _settings() -> Iterator[Diagnosis]:
    config = current_config()
    found = faults_of(config)
    for message in found:
        yield Diagnosis("settings", "fault" if config.is_production else "warning", message)
    if not found:
        yield Diagnosis("settings", "ok", f"read; mode {config.env}")


def _folders() -> Iterator[Diagnosis]:
    instance = current_config().instance
    try:
        with tempfile.TemporaryFile(dir=instance):
            pass
    except OSError as error:
        yield Diagnosis("instance", "fault", f"{instance} can't be written to: {error.strerror}")
        return
    free = shutil.disk_usage(instance).free
    if free < LITTLE_SPACE:
        yield Diagnosis("instance", "warning", f"only {free // 1_000_000} MB are free on its disk")
    else:
        yield Diagnosis("instance", "ok", f"{instance} can be written to")


def _database() -> Iterator[Diagnosis]:
    try:
        state = migrating.state()
    except Exception as error:  # noqa: BLE001 - whatever a database says when it can't be reached is the diagnosis
        yield Diagnosis("database", "fault", f"can't be reached: {error}".splitlines()[0])
        return
    if state == "current":
        yield Diagnosis("database", "ok", f"{database.current().engine.dialect.name}, up to date")
        yield from _lasting()
    elif state == "behind":
        yield Diagnosis("database", "fault", "not up to date: run 'skolemerke init'")
    else:
        yield Diagnosis("database", "fault", "made by a newer version of the software: install that version")


def _lasting() -> Iterator[Diagnosis]:
    """SQLite is refused at the first connection; a server of PostgreSQL has its own settings."""
    with database.current().engine.connect() as connection:
        if connection.dialect.name != "postgresql":
            return
        names = ("fsync", "synchronous_commit", "full_page_writes")
        off = [name for name in names if connection.exec_driver_sql(f"SHOW {name}").scalar() == "off"]
    if off:
        state: Literal["fault", "warning"] = "fault" if current_config().is_production else "warning"
        told = "what is acknowledged can be lost at a power cut: turn on in PostgreSQL " + ", ".join(off)
        yield Diagnosis("database", state, told)


def _plugins() -> Iterator[Diagnosis]:
    plugins = host()
    plugins.examine()
    for plugin in plugins.plugins:
        if plugin.fault:
            yield Diagnosis("plugins", "fault", str(plugin.fault))
    for round_id in plugins.rounds:
        try:
            plugins.own(round_id)
        except RoundPaused as reason:
            yield Diagnosis("plugins", "fault", f"round {round_id} is paused: {reason}")
    if not plugins.rounds:
        yield Diagnosis("plugins", "warning", "no round is installed: put round plugins into the folder 'plugins'")
    else:
        yield Diagnosis("plugins", "ok", f"{len(plugins.rounds)} rounds, {len(plugins.overlays)} overlays")


def _mail() -> Iterator[Diagnosis]:
    config = current_config()
    if config.mail.server:
        yield Diagnosis("mail", "ok", f"leaves through {config.mail.server}:{config.mail.port}")
        if config.mail.security == "none" and config.is_production:
            yield Diagnosis("mail", "fault", "leaves without encryption: set mail.security to starttls or tls")
    else:
        state: Literal["fault", "ok"] = "fault" if config.is_production else "ok"
        yield Diagnosis("mail", state, "no mail server is set: mails are written to instance/mail as files")


def _clock() -> Iterator[Diagnosis]:
    ahead = clock.current().offset()
    if ahead:
        yield Diagnosis(
            "clock", "warning", f"a rehearsal: the round's time is {clock.now().isoformat(timespec='seconds')}"
        )
    else:
        yield Diagnosis("clock", "ok", "the round's time is the world's")


def _audit() -> Iterator[Diagnosis]:
    if migrating.state() != "current":
        return
    broken = list(islice(audit.breaks(database.read()), 1))
    if broken:
        yield Diagnosis("audit", "fault", f"the chain is broken: {broken[0].reason}")
    else:
        yield Diagnosis("audit", "ok", "the chain is whole")

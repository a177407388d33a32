"""Commands on the installation as a whole: init, serve, worker, doctor, demo, backup, restore."""

from __future__ import annotations

import logging
import secrets
import sys
from pathlib import Path
from typing import Any

import click

from skolemerke.cli import frame
from skolemerke.config import current_config, load_config

# Every command imports its own parts: this module is loaded for the help and for each of them.

CONFIG_TEXT = """# Settings of this installation. docs/operators.md explains each; the environment wins over this file.
secret_key = "{secret}"
# env = "production"
# base_url = "https://label.example.org"
# database_url = "postgresql+psycopg://user:password@host/database"

# [mail]
# server = "mail.example.org"
# sender = "label@example.org"
"""


group = click.Group()
"""Holds the commands without a topic; they stand at the top of the program."""


@frame.command(group, "init", needs_app=False)
def init() -> frame.Report:
    """Make the instance and its database, or bring the database up to date. Safe to repeat."""
    from skolemerke import migrating  # noqa: PLC0415 - see the top
    from skolemerke.rounds.composition import host as plugin_host  # noqa: PLC0415 - see the top

    home = load_home()
    path = home / "instance" / "config.toml"
    made = not path.is_file()
    if made:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(CONFIG_TEXT.format(secret=secrets.token_urlsafe(48)), encoding="utf-8")
        path.chmod(0o600)
    (home / "plugins").mkdir(exist_ok=True)
    with frame.application().app_context():
        migrating.upgrade()
        rounds = sorted(plugin_host().rounds)
    text = f"{path.parent} is ready; rounds installed: {', '.join(rounds) or 'none'}"
    return frame.Report({"instance": str(path.parent), "config_written": made, "rounds": rounds}, text)


@frame.command(group, "serve", needs_faces=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=5000, show_default=True, type=click.IntRange(1, 65535))
def serve(host: str, port: int) -> None:
    """Serve the pages, with the worker in the same process, until interrupted."""
    from skolemerke import migrating  # noqa: PLC0415 - see the top

    migrating.require_current()
    _log_to_terminal()
    _serve(host, port, f"Serving on http://{host}:{port}/")


@frame.command(group, "worker")
def run_worker() -> None:
    """Send mail and take over changes until interrupted; for installations that serve without a worker."""
    from skolemerke import migrating  # noqa: PLC0415 - see the top
    from skolemerke.worker import running  # noqa: PLC0415 - see the top

    migrating.require_current()
    _log_to_terminal()
    running.run_worker(frame.application())


@frame.command(group, "doctor")
def doctor() -> frame.Report:
    """Say what is missing or unsafe; a fault makes the answer "no"."""
    from skolemerke import doctoring  # noqa: PLC0415 - see the top

    found = doctoring.examine()
    data = [{"name": d.name, "state": d.state, "message": d.message} for d in found]
    text = "\n".join(f"{d.state:8}{d.name}: {d.message}" for d in found)
    return frame.Report(data, text, answer=not any(d.state == "fault" for d in found))


@frame.command(group, "backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> frame.Report:
    """Write the database, evidence and settings into one archive; the pages may go on being served."""
    from skolemerke import backups  # noqa: PLC0415 - see the top

    counts = backups.backup(file)
    return frame.Report(
        {"file": str(file), **counts}, f"{file}: the database and {counts['evidence']} files of evidence"
    )


@frame.command(group, "restore", needs_app=False)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> frame.Report:
    """Put an archive back into an instance that has no database yet."""
    from skolemerke import backups  # noqa: PLC0415 - see the top

    counts = backups.restore(file, load_home())
    return frame.Report(
        {"file": str(file), **counts}, f"restored {counts['evidence']} files of evidence and the database"
    )


@frame.command(group, "demo", needs_app=False)
@click.option("--round", "round_id", default="2021-2022", show_default=True)
@click.option("--schools", default=2000, show_default=True, type=click.IntRange(20, 300_000))
@click.option("--seed", default=1, show_default=True)
@click.option("--port", default=5000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--no-serve", is_flag=True, help="Fill the instance and stop.")
def demo(round_id: str, schools: int, seed: int, port: int, no_serve: bool) -> frame.Report | None:
    """Fill an instance with a played round and serve it. A filled one is served on as it was left."""
    from skolemerke.demo import installing  # noqa: PLC0415 - see the top

    def say(message: str) -> None:
        click.echo(message, err=True)

    app = installing.install(load_home(), round_id, schools=schools, seed=seed, port=port, say=say)
    address = f"http://127.0.0.1:{port}/demo"
    if no_serve:
        with app.app_context():
            data: dict[str, Any] = {"round": round_id, "instance": str(current_config().instance), "address": address}
        return frame.Report(data, f"Filled. Serve it with: skolemerke demo --port {port}")
    _log_to_terminal(logging.WARNING)
    with app.app_context():
        _serve("127.0.0.1", port, f"\nOpen {address}\n(stop with Ctrl+C; it goes on where it was)")
    return None


def load_home() -> Path:
    """The folder of the installation; read with the settings, so that a bad file is said at once."""
    return load_config().home


def _serve(host: str, port: int, message: str) -> None:
    from skolemerke import serving  # noqa: PLC0415 - see the top

    try:
        serving.serve(frame.application(faces=True), host, port, ready=lambda: click.echo(message))
    except serving.PortTaken as error:
        raise frame.BadInput(str(error)) from error


def _log_to_terminal(level: int = logging.INFO) -> None:
    logging.basicConfig(stream=sys.stderr, level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")

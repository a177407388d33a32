"""What every command shares: its `--json`, its exit code, and how it says that something is wrong.

Exit codes: 0 done and as it should be; 1 done, and the answer is no; 2 bad input; 3 our own fault.
"""

from __future__ import annotations

import functools
import json
import logging
import re
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click
from flask import Flask, current_app, has_app_context
from flask.cli import ScriptInfo
from skolemerke_forms.located import DefinitionFault

from skolemerke.config import ConfigFault, load_config
from skolemerke.migrating import DatabaseBehind
from skolemerke.people.rights import Refused
from skolemerke.plugin_host.host import RoundPaused
from skolemerke.rounds.operations import RoundRefusal
from skolemerke.rounds.queries import UnknownRound
from skolemerke.scoring.simulating import CannotSimulate

NO, BAD_INPUT, OUR_FAULT = 1, 2, 3
COMMANDING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What a terminal would obey instead of showing it, but the end of a line and the tabulator."""

log = logging.getLogger("skolemerke.cli")


@dataclass(frozen=True)
class Report:
    """What a command found: as JSON data, and as text for a person. `answer` is false when it is "no"."""

    data: Any
    text: str
    answer: bool = True


class BadInput(Exception):
    """What was asked can't be done as asked; one line says what, where, and how to mend it."""


INPUT_FAULTS: tuple[type[Exception], ...] = (
    BadInput,
    CannotSimulate,
    ConfigFault,
    DatabaseBehind,
    DefinitionFault,
    Refused,
    RoundPaused,
    RoundRefusal,
)


def command(
    group: click.Group, name: str, *, needs_app: bool = True, **settings: Any
) -> Callable[[Callable[..., Report | None]], click.Command]:
    """Make a command of `group` from a function that gives a `Report`, or none when it prints as it goes.

    The function runs in the application's context (`needs_app`); its docstring is the help.
    """

    def decorate(function: Callable[..., Report | None]) -> click.Command:
        @functools.wraps(function)
        def run(as_json: bool, **arguments: Any) -> None:
            with _faults_said():
                if needs_app:
                    with application().app_context():
                        report = function(**arguments)
                else:
                    report = function(**arguments)
            _print(report, as_json)

        option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
        make: Callable[[Callable[..., None]], click.Command] = click.command(name, **settings)
        made = make(option(run))
        group.add_command(made)
        return made

    return decorate


def application() -> Flask:
    """The application that the command works on: that of `flask --app skolemerke`, or one of our own."""
    if has_app_context():
        here: Flask = current_app._get_current_object()  # type: ignore[attr-defined] # noqa: SLF001 - Flask documents it
        return here
    context = click.get_current_context(silent=True)
    script = context.find_object(ScriptInfo) if context else None
    if script is not None:
        return script.load_app()
    from skolemerke.app import create_app  # noqa: PLC0415 - the factory registers this command line

    return create_app()


def progress(message: str) -> None:
    """Say how far something is, to a person at a terminal; never on standard output."""
    if sys.stderr.isatty():
        click.echo(message, err=True)


def say_fault(error: BaseException) -> int:
    """Say on one line what is wrong, and give the exit code."""
    if isinstance(error, UnknownRound):
        click.echo(f"there is no round {error}: 'skolemerke rounds list' names those that are installed", err=True)
        return BAD_INPUT
    if isinstance(error, INPUT_FAULTS):
        click.echo(one_line(str(error)), err=True)
        return BAD_INPUT
    reference = _keep_trace(error)
    click.echo(f"something went wrong on our side; reference {reference} in instance/errors.log", err=True)
    return OUR_FAULT


@contextmanager
def _faults_said() -> Iterator[None]:
    try:
        yield
    except (click.ClickException, click.exceptions.Exit, click.Abort):
        raise
    except Exception as error:  # noqa: BLE001 - the outermost frame of a command: every fault is said, none is lost
        _leave(say_fault(error))


def _print(report: Report | None, as_json: bool) -> None:
    if report is None:
        return
    if as_json:
        click.echo(json.dumps(report.data, ensure_ascii=False, indent=2))
    elif report.text:
        click.echo(COMMANDING.sub(" ", report.text))
    if not report.answer:
        _leave(NO)


def _leave(code: int) -> NoReturn:
    raise click.exceptions.Exit(code)


def one_line(text: str) -> str:
    """A text of the register as one line that a terminal only shows."""
    return " ".join(COMMANDING.sub(" ", text).split())


def _keep_trace(error: BaseException) -> str:
    reference = secrets.token_hex(4)
    handler: logging.Handler
    try:
        path = load_config().instance / "errors.log"
        Path(path.parent).mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(path, encoding="utf-8")
    except (OSError, ConfigFault):
        handler = logging.StreamHandler()
    log.addHandler(handler)
    log.propagate = False
    log.error("%s reference %s", datetime.now(UTC).isoformat(), reference, exc_info=error)
    log.removeHandler(handler)
    handler.close()
    return reference


def table(rows: list[list[object]], heads: list[str]) -> str:
    """Rows as text in columns."""
    cells = [heads, *[[("" if cell is None else one_line(str(cell))) for cell in row] for row in rows]]
    widths = [max(len(row[at]) for row in cells) for at in range(len(heads))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    return "\n".join(lines)

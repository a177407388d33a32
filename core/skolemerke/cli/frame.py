"""What every command shares: its `--json`, its exit code, and how it says that something is wrong.

Exit codes: 0 done and as it should be; 1 done, and the answer is no; 2 bad input; 3 our own fault.
"""

from __future__ import annotations

import functools
import gc
import json
import logging
import re
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click
from flask import Flask, current_app, has_app_context
from flask.cli import ScriptInfo

from skolemerke.config import ConfigFault, load_config

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


def command(
    group: click.Group, name: str, *, needs_app: bool = True, needs_faces: bool = False, **settings: Any
) -> Callable[[Callable[..., Report | None]], click.Command]:
    """Make a command of `group` from a function that gives a `Report`, or none when it prints as it goes.

    The function runs in the application's context (`needs_app`), with its pages only where it serves them
    (`needs_faces`); its docstring is the help.
    """

    def decorate(function: Callable[..., Report | None]) -> click.Command:
        @functools.wraps(function)
        def run(as_json: bool, **arguments: Any) -> None:
            with _faults_said():
                where = application(faces=needs_faces).app_context() if needs_app else nullcontext()
                gc.enable()
                with where:
                    report = function(**arguments)
            _print(report, as_json)

        option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
        make: Callable[[Callable[..., None]], click.Command] = click.command(name, **settings)
        made = make(option(run))
        group.add_command(made)
        return made

    return decorate


def application(*, faces: bool = False) -> Flask:
    """The application that the command works on: that of `flask --app skolemerke`, or one of our own; one of our own
    has its pages only with `faces`."""
    if has_app_context():
        here: Flask = current_app._get_current_object()  # type: ignore[attr-defined] # noqa: SLF001 - Flask documents it
        return here
    context = click.get_current_context(silent=True)
    script = context.find_object(ScriptInfo) if context else None
    if script is not None:
        return script.load_app()
    from skolemerke.app import create_app  # noqa: PLC0415 - the factory registers this command line

    return create_app(faces=faces)


def progress(message: str) -> None:
    """Say how far something is, to a person at a terminal; never on standard output."""
    if sys.stderr.isatty():
        click.echo(message, err=True)


def say_fault(error: BaseException) -> int:
    """Say on one line what is wrong, and give the exit code."""
    said = _input_fault(error)
    if said is not None:
        click.echo(one_line(said), err=True)
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


def _input_fault(error: BaseException) -> str | None:
    """What to say of an error that the asker can mend; none when it is ours."""
    if isinstance(error, (BadInput, ConfigFault)):
        return str(error)
    # Imported here, since the rooms they come from are large and most commands end well. Whoever raised one of them
    # has loaded its module already.
    from skolemerke_forms.located import DefinitionFault  # noqa: PLC0415 - see above

    from skolemerke.migrating import DatabaseBehind  # noqa: PLC0415 - see above
    from skolemerke.people.rights import Refused  # noqa: PLC0415 - see above
    from skolemerke.plugin_host.host import RoundPaused  # noqa: PLC0415 - see above
    from skolemerke.rounds.operations import RoundRefusal  # noqa: PLC0415 - see above
    from skolemerke.rounds.queries import UnknownRound  # noqa: PLC0415 - see above
    from skolemerke.scoring.simulating import CannotSimulate  # noqa: PLC0415 - see above

    if isinstance(error, UnknownRound):
        return f"there is no round {error}: 'skolemerke rounds list' names those that are installed"
    faults = (CannotSimulate, DatabaseBehind, DefinitionFault, Refused, RoundPaused, RoundRefusal)
    return str(error) if isinstance(error, faults) else None


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

"""The command line: `skolemerke`, and the same commands under `flask --app skolemerke`."""

from __future__ import annotations

import importlib
import io
import sys

import click
from flask import Flask

from skolemerke.cli import frame

TOPICS = (
    "installation",
    "plugins",
    "rounds",
    "agencies",
    "registry",
    "eligibility",
    "invitations",
    "applications",
    "scoring",
    "decisions",
    "labels",
    "people",
    "audit",
)
"""The modules of this package that hold commands. `installation` holds those without a topic of their own."""


@click.group("skolemerke", context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="skolemerke")
def program() -> None:
    """Run the rounds of the eTwinning School Label."""


def commands() -> list[click.Command]:
    """Every command and group, in the order of the help."""
    found: list[click.Command] = []
    for topic in TOPICS:
        group = importlib.import_module(f"skolemerke.cli.{topic}").group
        found += list(group.commands.values()) if topic == "installation" else [group]
    return found


def register(app: Flask) -> None:
    """Offer the commands under `flask --app skolemerke`."""
    for made in commands():
        app.cli.add_command(made)


def main() -> None:
    """The console script. A wrong word on the command line is bad input: one line, exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
    for made in commands():
        program.add_command(made)
    try:
        code = program.main(standalone_mode=False)
    except click.exceptions.Exit as error:
        code = error.exit_code
    except click.Abort:
        code = frame.BAD_INPUT
    except click.ClickException as error:
        click.echo(error.format_message().splitlines()[0], err=True)
        code = frame.BAD_INPUT
    except Exception as error:  # noqa: BLE001 - nothing may end in a trace on the terminal
        code = frame.say_fault(error)
    sys.exit(code if isinstance(code, int) else 0)

"""The command line: `skolemerke`, and the same commands under `flask --app skolemerke`.

A command imports what it needs when it runs: the help, a short command and a restart after a crash must not wait for
parts that they never use.
"""

from __future__ import annotations

import importlib
import io
import sys

import click
from flask import Flask

from skolemerke import collector
from skolemerke.cli import frame, installation

TOPICS = {
    "plugins": "Installed rounds and overlays.",
    "rounds": "Rounds: their rules, their adjustments, their state.",
    "agencies": "Agencies, and the countries that they answer for.",
    "registry": "The registry: schools, teachers, projects, labels.",
    "eligibility": "Step one: which schools may apply, and why.",
    "invitations": "Invitations to teachers and heads of schools that may apply, and reminders.",
    "applications": "Applications of a round.",
    "scoring": "Score sheets of submissions.",
    "decisions": "Decisions on submissions, and their release.",
    "labels": "School labels that were awarded.",
    "people": "Members of staff and their roles; what is held about a person.",
    "audit": "The chain of all changes.",
}
"""The modules of this package that hold the commands of a topic, and what the help says of each."""


class Topic(click.Group):
    """The commands of one topic; its module is imported when one of them is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of its commands."""
        return self._module_group().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One of its commands."""
        return self._module_group().get_command(ctx, cmd_name)

    def _module_group(self) -> click.Group:
        group: click.Group = importlib.import_module(f"skolemerke.cli.{self.name}").group
        return group


@click.group("skolemerke", context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="skolemerke")
def program() -> None:
    """Run the rounds of the eTwinning School Label."""


def commands() -> list[click.Command]:
    """Every command and group, in the order of the help."""
    return [*installation.group.commands.values(), *(Topic(name, help=said) for name, said in TOPICS.items())]


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
    # Hardly anything that is loaded becomes garbage: looking for it would take an eighth of the start. A command
    # looks again as soon as it runs.
    with collector.paused():
        code = _code_of_run()
    sys.exit(code)


def _code_of_run() -> int:
    """Run the command that was asked for; what went wrong is said in one line."""
    try:
        code = program.main(prog_name=program.name, standalone_mode=False)
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.Abort:
        return frame.BAD_INPUT
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else program.name
        said = error.format_message().splitlines()[0]
        click.echo(f"{said} '{where} --help' says what may stand there.", err=True)
        return frame.BAD_INPUT
    except click.ClickException as error:
        click.echo(error.format_message().splitlines()[0], err=True)
        return frame.BAD_INPUT
    except Exception as error:  # noqa: BLE001 - nothing may end in a trace on the terminal
        return frame.say_fault(error)
    return code if isinstance(code, int) else 0

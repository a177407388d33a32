"""The commands of dev.py: run the program, check it, test it."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from tools import locking
from tools.environment import ROOT, child_environment, program, ready_environment, say
from tools.trouble import Trouble

USAGE = """Makes the environment in .venv and runs Skolemerke, its checks and its tests in it.

    python3 dev.py demo [ARGS]     run a demonstration; ARGS go to "skolemerke demo" (--port 8000, ...)
    python3 dev.py test [ARGS]     run every check and every test; ARGS go to pytest
    python3 dev.py test --long     the same as before a release: 1,000 interleavings of saves, and 200 kills of a server
    python3 dev.py check           run the checks alone: ruff and mypy
    python3 dev.py run ARGS        run any "skolemerke" command
    python3 dev.py lock [ARGS]     renew the lock files; ARGS go to "uv pip compile" (--upgrade, ...)

Needs Python 3.11 or newer and nothing else. On Windows: py dev.py ...
"""

CHECKS = {
    "ruff check": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "mypy": ["mypy"],
}

LONG_SIZES = {"INTERLEAVINGS": "1000"}
LONG_RUNS = {"200 kills": ["python", "-m", "bench", "autosave", "--full"]}
"""What `test --long` sets for the tests, and what it runs after them."""


def demo(arguments: list[str]) -> int:
    """Run a demonstration until it is stopped."""
    return run(["demo", *arguments])


def run(arguments: list[str]) -> int:
    """Run one command of skolemerke; on POSIX it takes the place of this process, so that signals reach it."""
    ready_environment("run")
    command = [str(program("skolemerke")), *arguments]
    if os.name == "posix":
        sys.stdout.flush()
        os.execve(command[0], command, child_environment())  # noqa: S606  # our own program, no shell wanted
    return _call(command)


def check(arguments: list[str]) -> int:
    """Run the checks of the code and no test."""
    if arguments:
        raise Trouble("check takes no arguments.")
    ready_environment("dev")
    return _run_all(CHECKS)


def test(arguments: list[str]) -> int:
    """Run the checks, then the tests, with `--long` at the sizes of a release; a failure stops nothing after it."""
    is_long, arguments = "--long" in arguments, [one for one in arguments if one != "--long"]
    ready_environment("dev")
    if is_long:
        os.environ.update(LONG_SIZES)
    tests = {"pytest": ["pytest", *worker_arguments(arguments, cores()), *arguments]}
    return _run_all({**CHECKS, **tests, **(LONG_RUNS if is_long else {})})


def lock(arguments: list[str]) -> int:
    """Renew both lock files from pyproject.toml."""
    locking.renew(arguments)
    return 0


def cores() -> int:
    """Return the number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def worker_arguments(arguments: Sequence[str], processors: int) -> list[str]:
    """Return pytest's arguments that spread the tests over the processors, unless the caller has other plans."""
    own_plan = any(a.startswith(("-n", "--numprocesses", "--pdb", "--trace")) or a == "no:xdist" for a in arguments)
    return [] if own_plan or processors == 1 else ["-n", str(processors), "--dist", "worksteal"]


def _run_all(commands: dict[str, list[str]]) -> int:
    results = [(name, *_timed(name, command)) for name, command in commands.items()]
    for name, passed, seconds in results:
        say(f"{name:<12} {'passed' if passed else 'FAILED'} in {seconds:.1f} s")
    return 0 if all(passed for _, passed, _ in results) else 1


def _timed(name: str, command: list[str]) -> tuple[bool, float]:
    say(f"{name} ...")
    started = time.monotonic()
    code = _call([str(program(command[0])), *command[1:]], folder=str(ROOT))
    return code == 0, time.monotonic() - started


def _call(command: list[str], folder: str | None = None) -> int:
    return subprocess.call(command, cwd=folder, env=child_environment())  # noqa: S603  # programs of .venv only


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "demo": demo,
    "test": test,
    "check": check,
    "run": run,
    "lock": lock,
}


def main(arguments: list[str]) -> int:
    """Run the command that the arguments name and return the exit code."""
    command = COMMANDS.get(arguments[0]) if arguments else None
    if command is None:
        asked_for_help = arguments[:1] in (["-h"], ["--help"], ["help"])
        print(USAGE, file=sys.stdout if asked_for_help else sys.stderr)
        return 0 if asked_for_help else 2
    try:
        return command(arguments[1:])
    except Trouble as trouble:
        say(str(trouble), stream=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130

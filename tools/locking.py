"""The lock files: exact versions with hashes for every platform and supported Python, made by uv."""

import contextlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tools.environment import LOCKS, ROOT, child_environment, program, say
from tools.trouble import Trouble

# A build without isolation finds its backend in the environment; editables is what hatchling asks for besides.
BUILD_EXTRAS = ["editables"]
FIXED = [
    "--universal",
    "--generate-hashes",
    "--no-config",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--quiet",
    "--custom-compile-command",
    "python3 dev.py lock",
]


def renew(arguments: list[str]) -> None:
    """Write both lock files; what they hold is kept as far as it fits, unless `--upgrade` is among the arguments."""
    with _uv() as uv:
        say(f"Locking {LOCKS['run']} ...")
        _compile(uv, ["-o", LOCKS["run"], *arguments])
        say(f"Locking {LOCKS['dev']} ...")
        _compile(uv, ["--extra", "dev", "-c", LOCKS["run"], "-o", LOCKS["dev"], *arguments])


def build_requirements(root: Path = ROOT) -> list[str]:
    """Return what building the project needs, as requirements."""
    pyproject = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return [*pyproject["build-system"]["requires"], *BUILD_EXTRAS]


def _compile(uv: list[str], arguments: list[str]) -> None:
    # The locks must be the same on every machine: nothing of this one's configuration may enter them.
    variables = {name: value for name, value in child_environment().items() if not name.startswith("UV_")}
    fixed = [
        "--universal",
        "--generate-hashes",
        "--no-config",
        "--no-emit-index-url",
        "--no-emit-find-links",
        "--quiet",
    ]
    named = ["--custom-compile-command", "python3 dev.py lock"]
    command = [*uv, "pip", "compile", "pyproject.toml", "-", *fixed, *named, *arguments]
    text = "\n".join(build_requirements())
    done = subprocess.run(command, cwd=ROOT, env=variables, input=text, text=True, check=False)  # noqa: S603  # uv alone
    if done.returncode:
        raise Trouble("uv could not make the lock; what happened stands above.")


@contextlib.contextmanager
def _uv() -> Iterator[list[str]]:
    """Give the command that starts uv: the one on the machine, or one installed for the moment."""
    found = shutil.which("uv") or shutil.which(str(program("uv")))
    if found:
        yield [found]
        return
    if importlib.util.find_spec("pip") is None:
        raise Trouble("Locking needs uv: install it as its documentation says.")
    say("Fetching uv ...")
    with tempfile.TemporaryDirectory(prefix="skolemerke-uv-") as folder:
        command = [sys.executable, "-m", "pip", "install", "-qq", "--target", folder, "uv"]
        if subprocess.call(command, env=child_environment()):  # noqa: S603  # pip alone
            raise Trouble("uv could not be fetched; what happened stands above.")
        yield [str(Path(folder) / "bin" / ("uv.exe" if os.name == "nt" else "uv"))]

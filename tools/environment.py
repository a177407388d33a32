"""The environment in .venv: made from a hashed lock, stamped when it is whole, made anew when it is not.

The stamp is removed before anything changes and written after everything is in place. An environment without the
stamp of today's lock, project and Python is never used: an interrupted installation is thrown away, not mended.
"""

import contextlib
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Literal, TextIO

from tools.bare_pip import fetched_pip
from tools.trouble import Trouble

Kind = Literal["run", "dev"]

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = "skolemerke.stamp"
TURN = "skolemerke.turn"
LOCKS: dict[Kind, str] = {"run": "requirements.lock", "dev": "requirements-dev.lock"}
# The lock for development holds everything that the lock for running holds, in the same versions.
SERVED_BY: dict[Kind, tuple[Kind, ...]] = {"run": ("run", "dev"), "dev": ("dev",)}


def say(sentence: str, stream: TextIO | None = None) -> None:
    """Tell the person at the terminal, at once, what is going on."""
    print(f"dev.py: {sentence}", file=stream or sys.stdout, flush=True)


def program(name: str, venv: Path = VENV) -> Path:
    """Return the path of a program of the environment."""
    return venv / "Scripts" / f"{name}.exe" if os.name == "nt" else venv / "bin" / name


def child_environment() -> dict[str, str]:
    """Return the variables for programs of the environment, which must see its packages and no others.

    Who forbids Python to write compiled modules beside the sources gets them inside of the environment: without them
    each start of a program compiles its two thousand modules anew, which takes twice as long as everything else.
    """
    unwanted = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__", "PYTHONDONTWRITEBYTECODE"}
    kept = {name: value for name, value in os.environ.items() if name not in unwanted}
    compiled = {"PYTHONPYCACHEPREFIX": str(VENV / "compiled")} if "PYTHONDONTWRITEBYTECODE" in os.environ else {}
    return {"SKOLEMERKE_HOME": str(ROOT), **compiled, **kept, "PYTHONNOUSERSITE": "1", "PIP_USER": "0"}


def ready_environment(kind: Kind, root: Path = ROOT) -> None:
    """See that .venv holds what the lock of this kind names, and install it if it does not.

    Several processes may call this at once: one installs, the others wait. Raises `Trouble` with a sentence for the
    person when the environment can't be made.
    """
    venv = root / ".venv"
    if is_ready(kind, root):
        return
    with _turn(venv):
        if is_ready(kind, root):
            return
        whole = _stamp(venv) in {fingerprint(each, root) for each in LOCKS}
        (venv / STAMP).unlink(missing_ok=True)
        started = time.monotonic()
        if not whole:
            _make_anew(venv)
        _install(kind, root)
        _write_stamp(venv, fingerprint(kind, root))
        say(f"The environment is ready after {time.monotonic() - started:.0f} s.")


def is_ready(kind: Kind, root: Path = ROOT) -> bool:
    """Say whether .venv is whole and holds what this kind needs."""
    stamp = _stamp(root / ".venv")
    return stamp is not None and stamp in {fingerprint(each, root) for each in SERVED_BY[kind]}


def fingerprint(kind: Kind, root: Path = ROOT) -> str:
    """Return the hash of everything that an environment of this kind depends on.

    Of pyproject.toml only the parts count that decide what is installed, so that a new setting of a linter installs
    nothing. The place counts because environments can't be moved.
    """
    pyproject = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    installed = [pyproject.get("build-system"), pyproject.get("project"), pyproject.get("tool", {}).get("hatch")]
    python = [sys.version, sys.base_prefix]
    try:
        lock = (root / LOCKS[kind]).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise Trouble(f"{LOCKS[kind]} is missing: get it back from the repository or run: dev.py lock") from None
    facts = json.dumps([kind, str(root), python, installed, lock], sort_keys=True, default=str)
    return hashlib.sha256(facts.encode()).hexdigest()


def _stamp(venv: Path) -> str | None:
    """Return the fingerprint with which the environment was finished, or None if it was not or can't run."""
    if not program("python", venv).exists():
        return None
    try:
        return (venv / STAMP).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None


def _write_stamp(venv: Path, value: str) -> None:
    draft = venv / f"{STAMP}.new"
    draft.write_text(f"{value}\n", encoding="ascii")
    draft.replace(venv / STAMP)


def _make_anew(venv: Path) -> None:
    leftovers = [path for path in venv.iterdir() if path.name != TURN]
    say(f"{'Replacing' if leftovers else 'Making'} the environment {venv} ...")
    try:
        for path in leftovers:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    except OSError as error:
        raise Trouble(f"The old environment can't be removed ({error}). Stop what still runs from it.") from None
    try:
        from venv import EnvBuilder  # noqa: PLC0415  # distributions may leave it out
    except ImportError:
        raise Trouble("This Python has no venv module. On Debian and Ubuntu: apt install python3-venv") from None
    with_pip = importlib.util.find_spec("ensurepip") is not None
    EnvBuilder(with_pip=with_pip, symlinks=os.name != "nt").create(venv)
    if not with_pip:
        _install_bare_pip(venv)


def _install_bare_pip(venv: Path) -> None:
    say("This Python comes without pip; fetching it ...")
    with fetched_pip() as wheel:
        _python(venv, str(wheel / "pip"), "install", "-qq", "--no-index", "--no-deps", str(wheel))


def _install(kind: Kind, root: Path) -> None:
    lock = root / LOCKS[kind]
    packages = sum("==" in line for line in lock.read_text(encoding="utf-8").splitlines())
    say(f"Installing {packages} packages from {lock.name} (the first time they are downloaded) ...")
    # Without --no-compile half of the time goes into modules that nobody imports.
    pip = ["-m", "pip", "install", "-qq", "--no-input", "--disable-pip-version-check", "--no-compile"]
    _python(root / ".venv", *pip, "--require-hashes", "-r", str(lock))
    say("Installing Skolemerke itself, as a link to this folder ...")
    _python(root / ".venv", *pip, "--no-build-isolation", "--no-deps", "-e", str(root))


def _python(venv: Path, *arguments: str) -> None:
    command = [str(program("python", venv)), *arguments]
    # The open files go along, and with them the turn: when this process is killed, it ends only when pip does.
    code = subprocess.call(command, env=child_environment(), close_fds=False)  # noqa: S603  # the environment's own
    if code:
        raise Trouble(
            "The installation failed; what happened stands above. The unfinished environment will not be used: "
            "when the cause is mended, run the same command again."
        )


@contextlib.contextmanager
def _turn(venv: Path) -> Iterator[None]:
    """Hold the right to change the environment; the system takes it back when the process and its pip are gone."""
    venv.mkdir(exist_ok=True)
    with (venv / TURN).open("a+b") as handle:
        os.set_inheritable(handle.fileno(), True)
        if not _try_lock(handle):
            say("Waiting for another dev.py that is preparing the environment ...")
            while not _try_lock(handle):
                time.sleep(0.2)
        yield


def _try_lock(handle: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415  # exists on Windows only

            handle.seek(0)
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415  # exists everywhere else

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True

"""A peer in an environment of its own: Flask-WTF with the WTForms that somebody gets who installs it today.

The project itself stays below WTForms 3.3 until Flask-Admin's pages are right with it. The environment is made once,
in `.venv/peers`; the peer runs in a process of its own and says how much CPU it took.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv" / "peers"
PINNED = ("Flask==3.1.3", "Flask-WTF==1.3.0", "WTForms==3.3.2", "waitress==3.0.2")


class Newest:
    """The page of the peer, and what it costs there."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.version = self._ask("version")

    def page(self) -> str:
        """The page once."""
        return self._ask("page")

    def cpu(self, times: int) -> float:
        """The CPU seconds of so many pages."""
        return float(self._ask(str(times)))

    def _ask(self, what: str) -> str:
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the peer was started without a way to ask it")
        self._process.stdin.write(f"{what}\n")
        self._process.stdin.flush()
        return str(json.loads(self._process.stdout.readline()))


def python_of_today() -> Path | None:
    """The interpreter of that environment; none, said on standard error, where it can't be had."""
    python, ready = ENVIRONMENT / "bin" / "python", ENVIRONMENT / "ready"
    wanted = "\n".join(PINNED)
    try:
        if not ready.is_file() or ready.read_text(encoding="ascii") != wanted:
            _make(python)
            ready.write_text(wanted, encoding="ascii")
    except (OSError, subprocess.SubprocessError) as error:
        print(f"the peer's environment {ENVIRONMENT} can't be made: {error}", file=sys.stderr)
        return None
    return python


def version_of_today() -> str:
    """The WTForms of that environment."""
    return next(one.partition("==")[2] for one in PINNED if one.startswith("WTForms"))


@contextmanager
def newest(path: Path) -> Iterator[Newest | None]:
    """The peer with its answers in a database at `path`; none where it can't be had."""
    python = python_of_today()
    if python is None:
        yield None
        return
    command = [str(python), "-m", "bench.newest", str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Newest(process)
        if process.stdin is not None:
            process.stdin.close()


def _make(python: Path) -> None:
    print(f"making the environment of the peer in {ENVIRONMENT} …", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)], check=True, timeout=300)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *PINNED], check=True, timeout=600, stdout=sys.stderr)


def _serve(path: Path) -> None:
    """Answer what the benchmark asks, in the peer's own environment."""
    from importlib.metadata import version  # noqa: PLC0415 - used in the other process alone

    from bench import form_peers  # noqa: PLC0415 - the same

    get = form_peers.wsgi_get(form_peers.flask_app(path), "/")
    for line in sys.stdin:
        asked, answer = line.strip(), ""
        if asked == "version":
            answer = version("wtforms")
        elif asked == "page":
            answer = get()
        else:
            before = time.process_time()
            for _ in range(int(asked)):
                get()
            answer = str(time.process_time() - before)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))

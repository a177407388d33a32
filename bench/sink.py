"""A mail server that takes everything and remembers who got which mail; cheap enough for 40,000 of them."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

MESSAGE_ID = re.compile(rb"(?mi)^message-id:\s*(<[^>]+>)")


class Sink(socketserver.ThreadingTCPServer):
    """The server. `taken` holds recipient and Message-ID of each mail, in order."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.taken: list[tuple[str, str]] = []
        self.came = threading.Condition()

    @property
    def port(self) -> int:
        """Where it answers."""
        return int(self.server_address[1])

    def note(self, recipient: str, message_id: str) -> None:
        """Remember a mail, before its sender is told that it was taken."""
        with self.came:
            self.taken.append((recipient, message_id))
            self.came.notify_all()


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        """Talk with one sender until it goes, or is killed."""
        try:
            self._talk()
        except OSError:
            return

    def _talk(self) -> None:
        sink = self.server
        assert isinstance(sink, Sink)
        self._say(b"220 sink")
        recipient = ""
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"QUIT":
                self._say(b"221 bye")
                return
            if word == b"RCPT":
                recipient = line.decode().partition("<")[2].partition(">")[0]
            if word == b"DATA":
                self._say(b"354 go on")
                found = MESSAGE_ID.search(self._message())
                sink.note(recipient, found.group(1).decode() if found else "")
            self._say(b"250 OK")

    def _message(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        return b"".join(lines)

    def _say(self, words: bytes) -> None:
        self.wfile.write(words + b"\r\n")


@contextmanager
def running_sink() -> Iterator[Sink]:
    """A sink that answers until the block ends."""
    sink = Sink()
    thread = threading.Thread(target=sink.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        sink.shutdown()
        sink.server_close()
        thread.join()

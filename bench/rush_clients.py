"""The clients of the rush: each holds one connection, does what a teacher does, and writes down what it was told."""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode

PATIENCE = 120
TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Answer:
    """What the server answered, and when the request was sent (seconds since the epoch)."""

    status: int
    text: str
    location: str
    sent_at: float


class Client:
    """A browser as far as it matters: a connection that is kept, the cookie, the word that makes a form ours."""

    def __init__(self, port: int, cookie: str = "") -> None:
        self._port, self._cookie = port, cookie
        self._connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self.token = ""
        self.requests = 0

    def get(self, path: str) -> Answer:
        """Fetch a page."""
        answer = self._ask("GET", path)
        found = TOKEN.search(answer.text)
        self.token = found.group(1) if found else self.token
        return answer

    def post(self, path: str, fields: list[tuple[str, str]]) -> Answer:
        """Send a form."""
        return self._ask("POST", path, urlencode([("csrf_token", self.token), *fields]))

    def _ask(self, method: str, path: str, body: str | None = None) -> Answer:
        headers = {"Accept-Language": "en", "Cookie": self._cookie, **(FORM if body else {})}
        sent_at = time.time()
        self._connection.request(method, path, body=body, headers=headers)
        answer = self._connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        self.requests += 1
        given = answer.headers.get("Set-Cookie")
        if given:
            self._cookie = given.split(";", maxsplit=1)[0]
        return Answer(answer.status, text, answer.headers.get("Location", ""), sent_at)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


@dataclass
class Log:
    """What one client was told: acknowledged texts by version, receipts with the time at which they were asked for,
    refusals after the close, and what must not be."""

    saved: dict[int, tuple[str, float]] = field(default_factory=dict)
    receipts: list[tuple[str, float]] = field(default_factory=list)
    closed: int = 0
    faults: list[str] = field(default_factory=list)
    requests: int = 0
    slowest: float = 0.0


class Teacher:
    """A teacher who reads, writes in one question, and submits."""

    def __init__(self, client: Client, address: str, section: str, question: str, number: int) -> None:
        self.client, self.log = client, Log()
        self._address, self._section, self._question = address, section, question
        self._mark, self._dice = f"teacher-{number}", random.Random(number)
        # Everything is answered once before the rush begins.
        self._version, self._number = 1, 0
        self._first: Callable[[], None] | None = self._autosave if number % 2 else self._submit

    def act(self) -> None:
        """Do one thing. Of two of a school one submits first, and one saves: so that a slow server too has done both
        before the close."""
        began = time.monotonic()
        if not self.client.token:
            self._read()
        elif self._first is not None:
            first, self._first = self._first, None
            first()
        else:
            weights = {self._read: 45, self._autosave: 30, self._save: 15, self._submit: 10}
            self._dice.choices(list(weights), list(weights.values()))[0]()
        self.log.slowest = max(self.log.slowest, time.monotonic() - began)
        self.log.requests = self.client.requests

    def _read(self) -> None:
        self._expect(self.client.get(f"{self._address}/{self._section}"), 200)

    def _autosave(self) -> None:
        typed = self._typed()
        answer = self.client.post(f"{self._address}/{self._section}/autosave", self._fields(typed))
        if self._expect(answer, 200, 409) and answer.status == 200:
            found = re.search(rf'"{self._question}":\s*(\d+)', answer.text.partition('"versions"')[2])
            if found is None:
                self.log.faults.append(f"an answer without a version: {answer.text[:200]}")
                return
            self._version = int(found.group(1))
            self.log.saved[self._version] = (typed, answer.sent_at)

    def _save(self) -> None:
        typed = self._typed()
        answer = self.client.post(f"{self._address}/{self._section}", self._fields(typed))
        if self._expect(answer, 302, 409) and answer.status == 302:
            self._version += 1
            self.log.saved[self._version] = (typed, answer.sent_at)
            self._expect(self.client.get(answer.location), 200)

    def _submit(self) -> None:
        page = self.client.get(f"{self._address}/submit")
        if not self._expect(page, 200):
            return
        # After the close the page has no button any more: whoever still had it open sends it all the same.
        found = re.search(r'name="key" value="([^"]+)"', page.text)
        key = found.group(1) if found else f"{self._mark}-{self.client.requests}"
        answer = self.client.post(f"{self._address}/submit", [("key", key)])
        if self._expect(answer, 302, 409) and answer.status == 302:
            receipt = self.client.get(answer.location)
            found = re.search(r"SM-[0-9-]+-[0-9A-Z]{6}", receipt.text)
            if self._expect(receipt, 200) and found:
                self.log.receipts.append((found.group(), answer.sent_at))
            else:
                self.log.faults.append("a submission without a receipt")

    def _typed(self) -> str:
        self._number += 1
        return f"{self._mark} wrote this for the {self._number}th time"

    def _fields(self, typed: str) -> list[tuple[str, str]]:
        return [(f"q_{self._question}", typed), (f"v_{self._question}", str(self._version)), ("page", self._mark)]

    def _expect(self, answer: Answer, *statuses: int) -> bool:
        self.log.closed += answer.status == 409
        if answer.status in statuses:
            return True
        self.log.faults.append(f"{answer.status} {' '.join(answer.text.split())[:160]}")
        return False


def together(acts: list[Callable[[], None]], seconds: float) -> float:
    """Let each act over and over in a thread of its own; gives the seconds that passed. Raises what a client raised,
    for the server was up all the time."""
    stop = time.monotonic() + seconds
    raised: list[BaseException] = []

    def again(act: Callable[[], None]) -> None:
        try:
            while time.monotonic() < stop and not raised:
                act()
        except (OSError, HTTPException, AssertionError) as error:
            raised.append(error)

    threads = [threading.Thread(target=again, args=(act,)) for act in acts]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]
    return time.monotonic() - began

"""A real mail server of a test, that takes mail in, or refuses it as the address says; and time that can be moved."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from skolemerke import clock

from support.ports import free_port

ANSWERS = {
    "gone": "550 no such person",
    "busy": "451 come back later",
    "barred": "550 5.7.1 we do not take your mail",
    "full": "552 5.2.2 the mailbox is full",
}
CONTENT_ANSWERS = {"spam": "554 this looks like spam", "later": "452 no space now"}


class Sink:
    """What a mail server took in. Addresses that begin with a word of `ANSWERS` are refused, those of
    `CONTENT_ANSWERS` when the whole mail has come; `mute` gets no answer then, until `release` is called."""

    port: int

    def __init__(self) -> None:
        self._released = asyncio.Event()
        self.messages: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.connections = 0

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, hostname: str, responses: Any) -> Any:  # noqa: N802 - aiosmtpd calls it so
        """Count those who come."""
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802 - aiosmtpd calls it so
        """Accept an address, or refuse it as it says itself."""
        for word, answer in ANSWERS.items():
            if address.startswith(word):
                return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd calls it so
        """Take a message in."""
        for word, answer in CONTENT_ANSWERS.items():
            if envelope.rcpt_tos[0].startswith(word):
                return answer
        self.recipients += envelope.rcpt_tos
        self.messages.append(BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(envelope.content))
        if envelope.rcpt_tos[0].startswith("mute"):
            await asyncio.wait_for(self._released.wait(), 20)
        return "250 taken"

    def release(self) -> None:
        """Let go of whoever waits for an answer."""
        self._released.set()


@contextmanager
def mail_server(**settings: Any) -> Iterator[Sink]:
    """A mail server at a port of this machine; `settings` are those of aiosmtpd's controller."""
    sink = Sink()
    sink.port = free_port()
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port, **settings)
    controller.start()
    try:
        yield sink
    finally:
        controller.loop.call_soon_threadsafe(sink.release)
        controller.stop()


class Time:
    """The world's time, which a test moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._ahead = timedelta()
        monkeypatch.setattr(clock.Clock, "real", lambda _clock: datetime.now(UTC) + self._ahead)

    def pass_by(self, **units: float) -> None:
        """Let time pass, such as `minutes=5`."""
        self._ahead += timedelta(**units)

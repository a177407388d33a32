"""The ways out for a message: a mail server, or files where none is set."""

from __future__ import annotations

import os
import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from typing import Protocol

from skolemerke import clock
from skolemerke.config import MailSettings, current_config

PATIENCE = 30
"""Seconds that the mail server gets for each of its answers."""
PERMANENT = 500
CLOSING = 421
"""The answer with which a mail server says that it is about to hang up."""
GO_ON, TAKEN, FORWARDED = 354, 250, 251
NO_SUCH_MAILBOX = {550, 551, 553}
ENHANCED = re.compile(r"\s*([245])\.(\d{1,3})\.\d{1,3}\b")
"""The status of RFC 3463 before the words of an answer; `5.1.x` speaks of the address."""
ADDRESSING = "1"
LEADING_DOT = re.compile(rb"(?m)^\.")
BROKEN = (smtplib.SMTPServerDisconnected, OSError)


class TryLater(Exception):
    """This mail could not be handed over now; a later attempt may succeed."""


class NoServer(TryLater):
    """Nothing can be handed over now, to nobody: the server is away, or does not accept us."""


class Unsure(Exception):
    """The whole message was handed over and no answer came: whether it was taken, nobody knows."""


class Never(Exception):
    """This mail will never be accepted; `no_mailbox` when the server says that there is no such mailbox."""

    def __init__(self, words: str, *, no_mailbox: bool = False) -> None:
        super().__init__(words)
        self.no_mailbox = no_mailbox


class Post(Protocol):
    """A way out."""

    def send(self, message: EmailMessage, mail_id: int) -> None:
        """Hand a message over. Raises `TryLater`, `Unsure` and `Never`."""


@contextmanager
def opened() -> Iterator[Post]:
    """The way out of this installation; closed at the end."""
    settings = current_config().mail
    if not settings.server:
        yield Files()
        return
    server = Server(settings)
    try:
        yield server
    finally:
        server.close()


class Files:
    """Writes messages as `.eml` files under `instance/mail`; their names sort by time."""

    def send(self, message: EmailMessage, mail_id: int) -> None:
        """Write a message under its name in one step, so that nobody reads half of one."""
        folder = current_config().instance / "mail"
        name = f"{clock.real():%Y%m%dT%H%M%S%f}-{mail_id:08d}.eml"
        temporary = folder / f".{name}.{os.getpid()}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(bytes(message))
            temporary.replace(folder / name)
        except OSError as error:
            raise NoServer(f"instance/mail can't be written to: {error.strerror}") from error


class Server:
    """Hands messages to a mail server, over one connection for as long as it holds.

    The steps are taken one by one, since what a broken connection means depends on the step: before the end of the
    message nothing was sent; after it, nobody knows.
    """

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings
        self._connection: smtplib.SMTP | None = None

    def send(self, message: EmailMessage, mail_id: int) -> None:
        """Hand a message over, connecting if need be."""
        recipient = message["To"].addresses[0].addr_spec
        content = bytes(message)
        try:
            connection = self._greeted()
            self._envelope(connection, recipient)
            connection.send(LEADING_DOT.sub(b"..", content))
        except BROKEN as error:
            self._drop()
            raise TryLater(f"the connection broke: {error}") from error
        try:
            connection.send(b"" if content.endswith(b"\r\n") else b"\r\n")
            connection.send(b".\r\n")
            code, words = connection.getreply()
        except BROKEN as error:
            self._drop()
            raise Unsure(f"the mail server did not answer after it had got the whole mail: {error}") from error
        if code != TAKEN:
            self._refused(code, words)

    def close(self) -> None:
        """Say goodbye; a server that is gone already is left alone."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()
            connection.close()

    def _drop(self) -> None:
        """Hang up without waiting for an answer."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _greeted(self) -> smtplib.SMTP:
        """A connection on which a mail was begun. One that the server has closed meanwhile is made anew."""
        if self._connection is not None:
            try:
                code, words = self._connection.mail(self._settings.sender)
            except BROKEN:
                code, words = CLOSING, b""
            if code == CLOSING:
                self._drop()
            else:
                self._accepted(code, words)
                return self._connection
        self._connection = self._connect()
        self._accepted(*self._connection.mail(self._settings.sender))
        return self._connection

    def _accepted(self, code: int, words: bytes) -> None:
        if code != TAKEN:
            self.close()
            raise NoServer(f"the mail server does not accept us: {code} {_text(words)}")

    def _envelope(self, connection: smtplib.SMTP, recipient: str) -> None:
        code, words = connection.rcpt(recipient)
        if code not in (TAKEN, FORWARDED):
            self._refused(code, words, no_mailbox=_speaks_of_mailbox(code, words))
        code, words = connection.docmd("DATA")
        if code != GO_ON:
            self._refused(code, words)

    def _connect(self) -> smtplib.SMTP:
        settings = self._settings
        connection: smtplib.SMTP | None = None
        try:
            trust = ssl.create_default_context(cafile=settings.ca_file or None)
            if settings.security == "tls":
                connection = smtplib.SMTP_SSL(settings.server, settings.port, timeout=PATIENCE, context=trust)
            else:
                connection = smtplib.SMTP(settings.server, settings.port, timeout=PATIENCE)
            # The end of a mail leaves in a packet of its own, which must not wait until the one before is confirmed.
            if connection.sock is not None:
                connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if settings.security == "starttls":
                connection.starttls(context=trust)
            if settings.user:
                connection.login(settings.user, settings.password)
            connection.ehlo_or_helo_if_needed()
        except (smtplib.SMTPException, OSError) as error:
            if connection is not None:
                connection.close()
            raise NoServer(f"no connection to {settings.server}:{settings.port}: {_words(error)}") from error
        return connection

    def _refused(self, code: int, words: bytes, *, no_mailbox: bool = False) -> None:
        text = _text(words)
        if code == CLOSING:
            self._drop()
        elif self._connection is not None:
            # The next mail begins from nothing.
            self._connection.rset()
        if code >= PERMANENT:
            raise Never(f"{code} {text}", no_mailbox=no_mailbox)
        raise TryLater(f"{code} {text}")


def _speaks_of_mailbox(code: int, words: bytes) -> bool:
    """Whether a refusal says that there is no such mailbox, and not that it is full or that we are not welcome."""
    if code < PERMANENT:
        return False
    status = ENHANCED.match(_text(words))
    return status.group(2) == ADDRESSING if status else code in NO_SUCH_MAILBOX


def _text(words: bytes) -> str:
    return words.decode("utf-8", "replace")


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        return f"{error.smtp_code} {_text(words) if isinstance(words, bytes) else words}"
    return str(error)

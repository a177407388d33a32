"""The ways out for a message: a mail server, or files where none is set."""

from __future__ import annotations

import os
import smtplib
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


class TryLater(Exception):
    """This mail could not be handed over now; a later attempt may succeed."""


class NoServer(TryLater):
    """Nothing can be handed over now, to nobody: the server is away, or does not accept us."""


class Never(Exception):
    """This mail will never be accepted."""


class Post(Protocol):
    """A way out."""

    def send(self, message: EmailMessage, mail_id: int) -> None:
        """Hand a message over. Raises `TryLater` and `Never`."""


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
    """Hands messages to a mail server, over one connection for as long as it holds."""

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings
        self._connection: smtplib.SMTP | None = None

    def send(self, message: EmailMessage, mail_id: int) -> None:
        """Hand a message over, connecting if need be."""
        connection = self._connection or self._connect()
        self._connection = connection
        recipient = message["To"].addresses[0].addr_spec
        try:
            connection.send_message(message, self._settings.sender, [recipient])
        except smtplib.SMTPRecipientsRefused as error:
            self._refused(*next(iter(error.recipients.values())))
        except (smtplib.SMTPSenderRefused, smtplib.SMTPHeloError) as error:
            self.close()
            raise NoServer(f"the mail server does not accept us: {_words(error)}") from error
        except smtplib.SMTPResponseException as error:
            self._refused(error.smtp_code, error.smtp_error)
        except (smtplib.SMTPNotSupportedError, UnicodeError) as error:
            raise Never(f"the mail server can't take such an address: {error}") from error
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self.close()
            raise TryLater(f"the connection broke: {error}") from error

    def close(self) -> None:
        """Say goodbye; a server that is gone already is left alone."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()
            connection.close()

    def _connect(self) -> smtplib.SMTP:
        settings = self._settings
        trust = ssl.create_default_context()
        connection: smtplib.SMTP | None = None
        try:
            if settings.security == "tls":
                connection = smtplib.SMTP_SSL(settings.server, settings.port, timeout=PATIENCE, context=trust)
            else:
                connection = smtplib.SMTP(settings.server, settings.port, timeout=PATIENCE)
            if settings.security == "starttls":
                connection.starttls(context=trust)
            if settings.user:
                connection.login(settings.user, settings.password)
        except (smtplib.SMTPException, OSError) as error:
            if connection is not None:
                connection.close()
            raise NoServer(f"no connection to {settings.server}:{settings.port}: {_words(error)}") from error
        return connection

    def _refused(self, code: int, words: bytes | str) -> None:
        text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
        if code == CLOSING:
            self.close()
        if code >= PERMANENT:
            raise Never(f"{code} {text}")
        raise TryLater(f"{code} {text}")


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        return f"{error.smtp_code} {words.decode('utf-8', 'replace') if isinstance(words, bytes) else words}"
    return str(error)

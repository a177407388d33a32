"""An installation whose mail leaves through a real mail server, on both databases, and whose time can be moved."""

import pytest
from skolemerke import database, outbox
from skolemerke.outbox import Letter
from support.installation import install, running
from support.mail_server import Time, mail_server


def letter(mail):
    return Letter(mail.payload.get("subject", "A subject"), mail.payload.get("text", "A text"))


def broken(mail):
    raise LookupError("there is no such text")


def queue(*addresses, kind="news", **facts):
    """Queue a mail to each address; gives nothing."""
    with database.write() as session:
        for number, address in enumerate(addresses):
            known = {"language": "en", "subject": f"Mail {number}", **facts}
            outbox.queue(session, kind, f"{kind}:{address}:{number}", address=address, **known)


@pytest.fixture
def time(monkeypatch):
    return Time(monkeypatch)


@pytest.fixture
def server():
    with mail_server() as sink:
        yield sink


def _register(app):
    mails = outbox.of(app)
    mails.register("news", letter)
    mails.register("broken", broken)
    mails.register("secret", letter, secret=True)


@pytest.fixture
def sending(tmp_path, database_url, server, time):
    """An application that sends through `server`."""
    settings = {
        "mail__server": "127.0.0.1",
        "mail__port": str(server.port),
        "mail__security": "none",
        "mail__per_minute": "60000",
        "base_url": "https://label.example",
    }
    with running(install(tmp_path), database_url, **settings) as app:
        _register(app)
        yield app


@pytest.fixture
def filing(tmp_path, time):
    """An application without a mail server."""
    with running(install(tmp_path), base_url="https://label.example") as app:
        _register(app)
        yield app

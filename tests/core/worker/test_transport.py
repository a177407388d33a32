"""The way to a mail server: encrypted, with its certificate checked, signed in, and patient while it is away."""

import shutil
import ssl
import subprocess

import pytest
from aiosmtpd.smtp import AuthResult
from skolemerke import config, database
from skolemerke.outbox import Mail
from skolemerke.worker.sending import SendReport, send_due
from sqlalchemy import select
from support.mail_server import mail_server
from support.ports import free_port

from .conftest import queue


def states():
    database.read().rollback()
    return {(mail.state, mail.attempts) for mail in database.read().scalars(select(Mail))}


def use(app, **settings):
    """Let mail leave another way."""
    known = app.extensions[config.EXTENSION]
    app.extensions[config.EXTENSION] = known.model_copy(update={"mail": known.mail.model_copy(update=settings)})


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1, and for another host, that is its own authority."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("no openssl to make a certificate with")
    folder = tmp_path_factory.mktemp("certificates")
    for name, where in (("right", "IP:127.0.0.1"), ("wrong", "DNS:mail.other.example")):
        subprocess.run(
            [
                program, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-days", "2", "-subj", "/CN=test", "-addext", f"subjectAltName={where}",
                "-keyout", str(folder / f"{name}.key"), "-out", str(folder / f"{name}.pem"),
            ],
            check=True, capture_output=True,
        )  # fmt: skip
    return folder


def context(folder, name):
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
    return made


def _checked(_server, _session, _envelope, _mechanism, data):
    return AuthResult(success=(data.login, data.password) == (b"label", b"secret"), handled=False)


@pytest.fixture
def inner(filing):
    """An application of SQLite alone; each test says how its mail leaves."""
    return filing


def test_starttls_with_a_checked_certificate_and_a_login(inner, certificate):
    tls = {"tls_context": context(certificate, "right"), "require_starttls": True, "authenticator": _checked}
    with mail_server(**tls, auth_required=True) as server:
        use(inner, server="127.0.0.1", port=server.port, ca_file=str(certificate / "right.pem"))
        queue("kari@school.example")
        assert send_due() == SendReport(retried=1)
        assert "does not accept us: 530" in error()
        use(inner, user="label", password="wrong")
        due_now()
        assert send_due() == SendReport(retried=1)
        assert "535" in error()
        use(inner, password="secret")
        due_now()
        assert send_due() == SendReport(sent=1)
        assert server.recipients == ["kari@school.example"]


def test_tls_from_the_first_byte(inner, certificate):
    with mail_server(ssl_context=context(certificate, "right"), server_hostname="127.0.0.1") as server:
        use(inner, server="127.0.0.1", port=server.port, security="tls", ca_file=str(certificate / "right.pem"))
        queue("kari@school.example", "ola@school.example")
        assert send_due() == SendReport(sent=2)


@pytest.mark.parametrize(("shown", "trusted"), [("right", ""), ("wrong", "wrong.pem")])
def test_a_server_that_is_not_who_it_says_gets_no_mail(inner, certificate, shown, trusted):
    with mail_server(tls_context=context(certificate, shown), require_starttls=True) as server:
        ca_file = str(certificate / trusted) if trusted else ""
        use(inner, server="127.0.0.1", port=server.port, ca_file=ca_file)
        queue("kari@school.example")
        assert send_due() == SendReport(retried=1)
        assert "certificate verify failed" in error()
        assert server.recipients == []


def test_a_server_without_encryption_gets_no_mail_where_encryption_is_asked_for(inner):
    with mail_server() as server:
        use(inner, server="127.0.0.1", port=server.port)
        queue("kari@school.example")
        assert send_due() == SendReport(retried=1)
        assert "STARTTLS" in error()


def test_a_server_that_is_away_for_an_hour_costs_nobody_the_mail(sending, server, time):
    people = [f"teacher{number}@school.example" for number in range(30)]
    queue(*people)
    port = sending.extensions[config.EXTENSION].mail.port
    use(sending, port=free_port())
    for _ in range(60):
        assert send_due() in (SendReport(retried=1), SendReport())
        time.pass_by(minutes=1)
    use(sending, port=port)
    for _ in range(4):
        send_due()
        time.pass_by(hours=1)
    assert sorted(server.recipients) == sorted(people)
    assert {state for state, _ in states()} == {"sent"}


def test_a_connection_that_the_server_closed_meanwhile_is_made_anew_for_the_same_mail(sending, server, monkeypatch):
    from skolemerke.worker import transport

    hand_over = transport.Server.send

    def closing(post, message, mail_id):
        hand_over(post, message, mail_id)
        post._connection.sock.shutdown(2)

    monkeypatch.setattr(transport.Server, "send", closing)
    queue("kari@school.example", "ola@school.example", "eva@school.example")
    assert send_due() == SendReport(sent=3)
    assert server.connections == 3


def test_lines_that_begin_with_a_dot_arrive_as_they_are(sending, server):
    queue("kari@school.example", text="Dear Kari,\n.\n..two\n.end")
    assert send_due() == SendReport(sent=1)
    text = server.messages[0].get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert text == "Dear Kari,\n.\n..two\n.end\n"


def error():
    database.read().rollback()
    return database.read().scalars(select(Mail.error)).one()


def due_now():
    from skolemerke import clock
    from sqlalchemy import update

    with database.write() as session:
        session.execute(update(Mail).values(due_at=clock.real()))

"""The mails about an application: in the reader's language, on one line where a line is all there is."""

import io

import pytest
from skolemerke import database, outbox
from skolemerke.applications import operations, queries
from skolemerke.outbox import Mail
from skolemerke.people.models import Account
from skolemerke.registry.models import School
from support.applying import CLOSES, PDF, again, mails_of

HOSTILE = "Berg\r\nBcc: all@school.example\r\n\r\n{{7*7}} %(receipt)s <script>"


def _name_school(world, name):
    with database.write() as session:
        session.get_one(School, world.school).name = name


def _language(world, language):
    with database.write() as session:
        session.get_one(Account, world.kari.account_id).language = language


def test_a_hostile_name_stays_on_its_line_and_is_never_a_template(world):
    _name_school(world, HOSTILE)
    application = world.complete()
    token = operations.ask_signature(world.kari, application.id, "Head\r\nX: y", world.head)
    world.submit(again(application.id))
    operations.sign(token, HOSTILE, "principal")
    one_line = " ".join(HOSTILE.split())
    for kind in ("signature_request", "receipt", "signed"):
        [mail] = mails_of(kind, application)
        letter = outbox.render(mail)
        assert "\n" not in letter.subject
        assert "\r" not in letter.subject
        assert one_line in letter.subject
        assert one_line in letter.text
        assert "\nBcc" not in letter.text


def test_what_the_link_carries_is_a_secret_kind():
    assert {"signature_request"} <= _secret_kinds()


def _secret_kinds():
    from skolemerke.applications import mails

    class App:
        extensions = {outbox.EXTENSION: outbox.Outbox()}

    mails.register(App())
    return App.extensions[outbox.EXTENSION].secret_kinds


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "8 February 2021"), ("nb", "8. februar 2021"), ("nn", "8. februar 2021"), ("fr", "8 February 2021")],
)
def test_a_receipt_says_the_time_in_the_language_of_its_reader(world, language, sentence):
    _language(world, language)
    application = world.complete()
    operations.save_answers(world.ola, application.id, {"team_work": "x"}, {"team_work": 1})
    operations.submit(world.ola, application.id, key="k", arrived_at=CLOSES, language="en")
    [mail] = [mail for mail in mails_of("receipt", application) if mail.address == world.kari.email]
    assert mail.language == language
    assert sentence in outbox.render(mail).text


def test_no_mail_is_queued_when_nobody_asked(world):
    application = world.complete()
    paper = operations.upload_paper(world.kari, application.id, io.BytesIO(PDF), "a.pdf")
    assert mails_of("signature_request", application) == []
    operations.confirm_paper(world.officer, paper.id)
    [mail] = mails_of("signed", application)
    letter = outbox.render(mail)
    assert letter.text.count(f"/applications/{application.public_id}") == 1
    assert queries.valid_declaration(again(application.id)) is not None
    assert isinstance(mail, Mail)


@pytest.mark.parametrize("is_sent", [True, False])
@pytest.mark.parametrize(
    ("answer", "of_submission", "of_draft"),
    [
        ("signed", "It holds for exactly submission 1 of ", "It holds for exactly what the application says now."),
        ("declined", "as it was submitted: submission 1 of ", "as it is now."),
    ],
)
def test_the_answer_of_the_principal_says_what_it_is_about(world, is_sent, answer, of_submission, of_draft):
    _language(world, "en")
    application = world.complete()
    if is_sent:
        world.submit(application)
    token = operations.ask_signature(world.kari, application.id, "Head", world.head)
    if is_sent:
        version = queries.answers_of(again(application.id))["team_work"].version
        operations.save_answers(world.kari, application.id, {"team_work": "Later"}, {"team_work": version})
    if answer == "signed":
        operations.sign(token, "Head", "principal")
    else:
        operations.decline(token, "Not yet.")
    [mail] = mails_of(answer, application)
    text = outbox.render(mail).text
    assert (of_submission in text, of_draft in text) == (is_sent, not is_sent)

"""An agency's own words: who writes them, whom they reach in which language, and the way back."""

import pytest
from skolemerke import audit, database, outbox
from skolemerke.agencies.models import Agency
from skolemerke.invitations import wording
from skolemerke.invitations.kinds import KINDS, PLACEHOLDERS
from skolemerke.invitations.templates import WordingFault, check
from skolemerke.mailing.operations import MailRefusal, change_sender
from skolemerke.outbox import Mail
from skolemerke.people.actors import SYSTEM, Actor
from skolemerke.people.rights import Refused
from skolemerke.worker import letters
from sqlalchemy import select, update
from support.applied import agency, school
from support.installation import SHIPPED, install, running

BODY = "{greeting}\n\nOwn words for {school}.\n\n{stop}"


@pytest.fixture
def app(tmp_path):
    with running(install(tmp_path, *SHIPPED), base_url="https://label.example") as app:
        yield app


@pytest.fixture
def norway(app):
    return agency("no", "NO")


def officer(*agencies):
    return Actor(account_id=1, agencies=frozenset(agencies))


def save(agency_id, language, body=BODY, kind="invitation", subject="{school}"):
    wording.save(officer(agency_id), agency_id, kind, language, subject=subject, body=body)


def letter(agency_id, language, kind="invitation", **facts):
    """An invitation to Kari at Ås skole."""
    known = {"address": "kari@school.example", "name": "Kari", "school_id": school(f"Ås {language} {kind}", "NO", None)}
    with database.write() as session:
        key = f"{language}/{kind}/{len(facts)}"
        outbox.queue(session, kind, key, language=language, agency_id=agency_id, round_id="2021-2022", **known)
        if facts:
            session.execute(update(Mail).where(Mail.dedupe_key == key).values(**facts))
    mail = database.read().scalars(select(Mail).where(Mail.dedupe_key == key)).one()
    return outbox.render(mail)


def test_our_own_words_hold_only_known_placeholders_in_every_language(app):
    for kind in KINDS:
        for language in ("en", "nb", "nn"):
            words = wording.default(kind, language)
            assert wording.checked(kind, language, words.subject, words.body)
            assert check(words.body, PLACEHOLDERS, "text") >= {"greeting", "school", "deadline", "stop"}


@pytest.mark.parametrize(
    ("written", "reader", "expected"),
    [
        ((), "nn", ("nn", False)),
        ((), "no", ("nb", False)),
        ((), "en-GB", ("en", False)),
        ((), "fr", ("nb", False)),
        ((), "", ("nb", False)),
        (("nb",), "nn", ("nb", True)),
        (("nb", "nn"), "nn", ("nn", True)),
        (("en",), "nn", ("nn", False)),
        (("nn",), "nb", ("nb", False)),
        (("fr",), "fr-CA", ("fr", True)),
        (("en",), "fr", ("nb", False)),
        (("nb",), "fr", ("nb", True)),
    ],
)
def test_the_reader_gets_the_nearest_language(app, norway, written, reader, expected):
    for language in written:
        save(norway, language)
    found = wording.wording_for("invitation", database.read().get(Agency, norway), reader)
    assert (found.language, found.own) == expected


def test_without_an_agency_or_its_language_the_words_are_english(app):
    elsewhere = agency("se", "SE")
    with database.write() as session:
        session.get(Agency, elsewhere).language = "sv"
    assert wording.wording_for("invitation", None, "sv").language == "en"
    assert wording.wording_for("invitation", database.read().get(Agency, elsewhere), "sv").language == "en"


def test_own_words_are_sent_and_taken_back_and_every_version_is_kept(app, norway):
    save(norway, "nb")
    save(norway, "nb")
    assert "\n\nOwn words for Ås nb invitation.\n\n" in letter(norway, "nb").text
    assert wording.own_languages([norway]) == {(norway, "invitation"): ["nb"]}
    assert wording.own_languages([]) == {}
    save(norway, "nb", body="{stop} again")
    wording.reset(officer(norway), norway, "invitation", "nb")
    wording.reset(officer(norway), norway, "invitation", "nb")
    assert [row.body for row in wording.history(norway, "invitation", "nb")] == ["", "{stop} again", BODY]
    assert wording.own_languages([norway]) == {}
    lines = database.read().scalars(select(audit.AuditLine.verb).order_by(audit.AuditLine.number)).all()
    assert [line for line in lines if line.startswith("mail")] == ["mail.worded", "mail.worded", "mail.wording_reset"]
    assert list(audit.breaks(database.read())) == []


def test_a_language_that_the_interface_does_not_speak_has_its_own_dates(app, norway):
    save(norway, "fr", body="{greeting}\n\n{school}: {deadline}\n\n{stop}")
    found = letter(norway, "fr")
    assert found.language == "fr"
    assert found.text.startswith("Kari,\n\nÅs fr invitation: 8 février 2021 23:59 (CET)")


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"body": "no way out"}, "must hold {stop}"),
        ({"body": "{stop} {secret}"}, "there is no placeholder {secret}"),
        ({"subject": "{link}"}, "subject, line 1, column 1: there is no placeholder {link}"),
        ({"subject": "two\nlines"}, "one line"),
        ({"subject": " "}, "write a subject"),
        ({"body": "{stop}" + "x" * 10_000}, "at most 10000"),
        ({"language": "N B"}, "is no language"),
        ({"kind": "receipt"}, "no kind of mail"),
    ],
)
def test_a_wording_that_can_not_be_used_is_refused_and_nothing_changes(app, norway, facts, words):
    with pytest.raises(WordingFault, match=words):
        save(norway, **{"language": "nb", **facts})
    assert wording.own_languages([norway]) == {}


def test_only_the_agencys_officers_and_administrators_may(app, norway):
    for actor in (officer(norway + 1), Actor(account_id=2, is_central=True), Actor(account_id=3)):
        with pytest.raises(Refused):
            wording.save(actor, norway, "invitation", "nb", subject="x", body=BODY)
        with pytest.raises(Refused):
            wording.reset(actor, norway, "invitation", "nb")
        with pytest.raises(Refused):
            change_sender(actor, norway, "x", "")
    with pytest.raises(Refused):
        wording.save(SYSTEM, 999, "invitation", "nb", subject="x", body=BODY)


def test_mails_come_in_the_senders_name_and_are_answered_to_its_address(app, norway):
    change_sender(officer(norway), norway, " Skole\r\nverket, Ærlig ", "Svar@Agency.example")
    found = letter(norway, "nb")
    mail = database.read().scalars(select(Mail)).one()
    message = letters.message_of(mail, found)
    assert str(message["From"]) == '"Skole verket, Ærlig" <skolemerke@localhost.example>'
    assert message["Reply-To"].addresses[0].addr_spec == "svar@agency.example"
    assert "svar@agency.example" in found.text
    for name, address in (("me@agency.example", ""), ("x" * 201, ""), ("", "a\r\nBcc: b@c.example"), ("", "nobody")):
        with pytest.raises(MailRefusal):
            change_sender(officer(norway), norway, name, address)


def test_mail_of_many_can_be_stopped_by_one_press_and_signs_nobody_in(app, norway):
    found = letter(norway, "en")
    mail = database.read().scalars(select(Mail)).one()
    message = letters.message_of(mail, found)
    link = message["List-Unsubscribe"].strip("<>")
    assert link.startswith("https://label.example/mail/stop/")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in found.text
    from support.public_site import visitor

    client = visitor(app)
    ours = [word for word in found.text.split() if word.startswith("https://label.example/")]
    assert len(ours) == 3
    for address in ours:
        client.get(address.removeprefix("https://label.example"))
    with client.session_transaction() as session:
        assert "token" not in session
    assert client.get("/applications").status_code == 303

"""The pages of mail: which there are, each as it is read, an agency's own words, and addresses that get none."""

import re

import pytest
from skolemerke import clock, database, outbox
from skolemerke.audit import AuditLine
from skolemerke.invitations import wording
from skolemerke.mailing.models import Suppression
from skolemerke.outbox import FAILED, QUEUED, SENT, UNKNOWN, Mail
from skolemerke.worker import letters
from sqlalchemy import event, select, update
from support.applied import ROUND
from support.office import HOSTILE


def _text(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.get_data(as_text=True)


def invite(office, side="no", count=1, **facts):
    """Queue invitations to the school of one side."""
    known = {"agency_id": office.agencies[side], "school_id": office.rows[side]["admin-schools"], "round_id": ROUND}
    with database.write() as session:
        for number in range(count):
            outbox.queue(
                session, "invitation", f"i{side}{number}", address=f"t{number}.{side}@example.org", language="en",
                name=f"Kim {HOSTILE}", **known,
            )  # fmt: skip
        session.flush()
        session.execute(update(Mail).where(Mail.kind == "invitation").values(**facts)) if facts else None
    return database.read().scalar(select(Mail.id).where(Mail.dedupe_key == f"i{side}0"))


def state(number):
    database.read().rollback()
    return database.read().get_one(Mail, number).state


def test_the_list_goes_on_after_its_last_row_and_never_skips_any(office):
    invite(office, count=120)
    offsets = []

    def note(_connection, _cursor, statement, parameters, *_rest):
        # SQLAlchemy says OFFSET 0 to SQLite where there is none.
        if "FROM mail" in statement and "OFFSET" in statement:
            offsets.append(parameters[-1])

    event.listen(office.app.extensions[database.EXTENSION].engine, "before_cursor_execute", note)
    client, address, seen = office.client("officer_no"), "/admin/mails/?kind=invitation", []
    while address:
        text = _text(client, address)
        seen += re.findall(r'dir="auto">(t\d+\.no)@', text)
        older = re.search(r'rel="next" href="([^"]+)"', text)
        address = older[1].replace("&amp;", "&") if older else ""
    assert seen == [f"t{number}.no" for number in reversed(range(120))]
    assert set(offsets) == {0}


def test_the_list_counts_states_and_is_narrowed_by_them(office):
    invite(office, count=3)
    with database.write() as session:
        session.execute(update(Mail).where(Mail.dedupe_key == "ino1").values(state=FAILED, error="550 <b>gone</b>"))
    text = _text(office.client("officer_no"), "/admin/mails/?state=failed")
    assert re.findall(r"<b>(\d+)</b> ([a-z]+)", text) == [("3", "waiting"), ("1", "failed")]
    assert re.findall(r'dir="auto">(t\d+\.no)@', text) == ["t1.no"]
    assert "550 &lt;b&gt;gone&lt;/b&gt;" in text
    assert "t1.no" in _text(office.client("officer_no"), "/admin/mails/?search=T1.NO")
    assert "t0.no" not in _text(office.client("officer_no"), "/admin/mails/?search=T1.NO")


def test_a_mail_is_shown_exactly_as_it_is_sent_in_a_page_in_which_nothing_runs(office):
    number = invite(office)
    client = office.client("officer_no")
    page = client.get(f"/admin/mails/details/?id={number}")
    text = page.get_data(as_text=True)
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert (
        f'<iframe class="mail-frame" sandbox title="The mail as it is read" src="/admin/mails/{number}/preview">'
        in text
    )
    assert "<script>alert" not in text
    assert "List-Unsubscribe" in text
    framed = client.get(f"/admin/mails/{number}/preview")
    policy = framed.headers["Content-Security-Policy"]
    assert policy.endswith("; sandbox")
    assert f"style-src '{letters.style_hash()}'" in policy
    assert "script-src" not in policy
    mail = database.read().get_one(Mail, number)
    sent = letters.message_of(mail, outbox.render(mail)).get_body(("html",)).get_content()
    assert framed.get_data(as_text=True) == sent.replace("\r\n", "\n")
    assert "<script>alert" not in sent
    assert "&lt;script&gt;alert" in sent


def test_a_mail_of_another_agency_has_no_preview_and_is_not_sent_again(office):
    number = invite(office, "fi", state=FAILED)
    client = office.client("officer_no")
    _text(client, f"/admin/mails/{number}/preview", 404)
    assert client.post(f"/admin/mails/{number}/again").status_code == 404
    assert state(number) == FAILED


def test_a_secret_mail_has_no_preview(office):
    with database.write() as session:
        outbox.queue(session, "sign_in", "s", address="a@b.example", language="en", token="t", code="c", until="x")
    number = database.read().scalar(select(Mail.id).where(Mail.dedupe_key == "s"))
    _text(office.client("administrator"), f"/admin/mails/{number}/preview", 404)


@pytest.mark.parametrize(("before", "after"), [(FAILED, QUEUED), (UNKNOWN, QUEUED), (SENT, SENT)])
def test_only_what_failed_or_is_unknown_is_sent_again(office, before, after):
    number = invite(office, state=before, due_at=clock.real())
    client = office.client("officer_no")
    shown = "Send this mail again" in _text(client, f"/admin/mails/details/?id={number}")
    assert shown is (before != SENT)
    client.post(f"/admin/mails/{number}/again")
    assert state(number) == after


def test_all_unknown_mails_of_the_own_agency_are_sent_again_by_one_button(office):
    mine, other = invite(office, "no", state=UNKNOWN), invite(office, "fi", state=UNKNOWN)
    client = office.client("officer_no")
    assert "Send all of these again" in _text(client, "/admin/mails/?state=unknown")
    assert client.post("/admin/mails/unknown-again").status_code == 302
    assert (state(mine), state(other)) == (QUEUED, UNKNOWN)


def test_an_address_is_stopped_and_let_through_with_reasons(office):
    client = office.client("officer_no")
    client.post("/admin/stopped/stop", data={"address": "Tired@example.org", "reason": ""})
    assert "write the reason" in _text(client, "/admin/stopped/")
    client.post("/admin/stopped/stop", data={"address": "Tired@example.org", "reason": "Called us."})
    assert "tired@example.org" in _text(client, "/admin/stopped/")
    number = database.read().scalar(select(Suppression.id).where(Suppression.address == "tired@example.org"))
    assert office.client("officer_fi").post(f"/admin/stopped/{number}/lift").status_code == 404
    client.post(f"/admin/stopped/{number}/lift", data={"reason": "Called again."})
    database.read().rollback()
    row = database.read().get_one(Suppression, number)
    assert (row.lift_reason, row.lifted_at is None) == ("Called again.", False)


def _wording(office, side="no", what=""):
    return f"/admin/wordings/{office.agencies[side]}/invitation/nb{what}"


OWN = {"subject": "Hei {school}", "body": "{greeting}\n\nSøk nå <b>{round}</b>.\n\n{link}\n\n{stop}"}


def test_an_officer_words_the_own_agencys_mail_sees_how_it_reads_and_takes_it_back(office):
    client = office.client("officer_no")
    assert "Her logger du inn" in _text(client, _wording(office)) or "{greeting}" in _text(client, _wording(office))
    shown = client.post(_wording(office, what="/save"), data={**OWN, "preview": "yes"})
    assert "Søk nå &lt;b&gt;eTwinning" in shown.get_data(as_text=True)
    assert wording.own_wording(office.agencies["no"], "invitation", "nb") is None, "a preview keeps nothing"
    assert client.post(_wording(office, what="/save"), data=OWN).status_code == 302
    assert "your own words" in _text(client, "/admin/wordings/")
    framed = _text(client, _wording(office, what="/preview"))
    assert "Søk nå &lt;b&gt;eTwinning" in framed
    assert client.post(_wording(office, what="/reset")).status_code == 302
    assert wording.own_wording(office.agencies["no"], "invitation", "nb") is None
    verbs = database.read().scalars(select(AuditLine.verb).where(AuditLine.verb.startswith("mail."))).all()
    assert verbs == ["mail.worded", "mail.wording_reset"]
    assert "Hei {school}" in _text(client, _wording(office)), "the history keeps it"


def test_a_wording_that_can_not_be_used_comes_back_as_typed_with_the_place(office):
    client = office.client("officer_no")
    wrong = {**OWN, "body": "Hei\n\n<x> {naem} {stop}"}
    answer = client.post(_wording(office, what="/save"), data=wrong)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "text, line 3, column 5: there is no placeholder {naem}" in text
    assert "&lt;x&gt; {naem} {stop}</textarea>" in text


@pytest.mark.parametrize(
    ("role", "expected"), [("officer_no", 302), ("administrator", 302), ("officer_fi", 404), ("central", 404)]
)
def test_only_the_agencys_officers_and_administrators_word_its_mail(office, role, expected):
    client = office.client(role)
    assert client.post(_wording(office, what="/save"), data=OWN).status_code == expected
    sender = {"sender_name": "Skoleverket", "reply_to": "svar@agency.example"}
    assert client.post(f"/admin/wordings/{office.agencies['no']}/sender", data=sender).status_code == expected


def test_a_sender_that_can_not_be_is_refused_with_words(office):
    client = office.client("officer_no")
    client.post(f"/admin/wordings/{office.agencies['no']}/sender", data={"sender_name": "a@b.example"})
    assert "holds no address" in _text(client, "/admin/wordings/")

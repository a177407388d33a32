"""The principal signs exactly what was sent; any change makes the signature not count."""

import io
import re
from datetime import timedelta

import pytest
from skolemerke import clock, database, outbox
from skolemerke.applications import operations, queries
from skolemerke.applications.models import Declaration
from skolemerke.people import operations as people
from skolemerke.people.rights import Refused
from support import applied
from support.applying import CLOSES, PDF, again, mails_of, picture
from support.public_site import visitor

DUE = CLOSES + timedelta(days=14)
SCAN = picture()


def _ask(world, application, email=None):
    return operations.ask_signature(world.kari, application.id, " Head\nof school ", email or world.head)


def _change(world, application, text="changed"):
    version = queries.answers_of(again(application.id))["team_work"].version
    operations.save_answers(world.kari, application.id, {"team_work": text}, {"team_work": version})


def _state(application):
    return queries.status(again(application.id)).declaration.state


def test_the_head_is_asked_by_a_link_that_only_the_mail_knows(world):
    application = world.complete()
    token = _ask(world, application)
    [mail] = mails_of("signature_request", application)
    assert (mail.address, mail.name, mail.language, mail.payload["token"]) == (
        world.head,
        "Head of school",
        "nb",
        token,
    )
    assert f"/declarations/{token}" in outbox.render(mail).text
    declaration = queries.declarations_of(application.id)[0]
    assert (declaration.state, declaration.origin) == ("asked", "registry")
    assert token not in declaration.token_hash
    assert len(token) >= 43


def test_an_address_is_marked_as_the_registrys_a_new_one_or_that_of_a_teacher(world):
    application = world.complete()
    applied.teacher(world.school, f"per@colleague{world.school}.example", "Per")
    colleague = f"Per@Colleague{world.school}.example"
    for address in (world.head.upper(), "somebody@else.example", world.kari.email.upper(), colleague):
        _ask(world, application, address)
    asked = [d.origin for d in reversed(queries.declarations_of(application.id))]
    assert asked == ["registry", "applicant", "own", "own"]


def test_an_officer_reads_whose_word_each_address_is(world):
    application = world.complete()
    world.submit(application)
    for address in (world.head, "somebody@else.example", world.kari.email):
        _ask(world, application, address)
    officer, account = (
        visitor(world.app),
        applied.account("own@officer.example", role="officer", agency_id=world.agency_id),
    )
    with officer.session_transaction() as session:
        session["token"] = people.open_session(account)
    text = officer.get(f"/admin/applications/details/?id={application.id}&language=en").text
    assert set(re.findall(r"<dd>(\S+@\S+) \(([^)]+)\)</dd>", text)) == {
        (world.head, "the register"),
        ("somebody@else.example", "the applicant: it is new, the register does not have it"),
        (world.kari.email, "the applicants' own: a teacher of the school has it"),
    }


def test_the_page_shows_everything_that_is_signed(world):
    application = world.complete()
    page = queries.signing_page(_ask(world, application))
    assert (page.state, page.is_open, page.due, page.asked_by, page.language) == ("asked", True, DUE, "Kari", "nb")
    assert page.school.id == world.school
    assert page.text == queries.form_of(application, "nb").declaration.text
    answers = {answer.question_id: answer for section in page.sections for answer in section.answers}
    assert answers["team_size"].words == "4"
    assert [e.link for e in answers["group_projects"].evidence] == ["https://www.example.org/evidence"]
    assert page.consent == "yes"
    assert queries.declarations_of(application.id)[0].state == "asked"


def test_signing_keeps_name_role_and_time_and_tells_who_asked(world):
    application = world.complete()
    token = _ask(world, application)
    signed = operations.sign(token, "Astrid Berg", "deputy")
    assert (signed.state, signed.signer_name, signed.signer_role) == ("signed", "Astrid Berg", "deputy")
    assert signed.content_hash == queries.content_hash(application)
    assert queries.valid_declaration(again(application.id)).id == signed.id
    [mail] = mails_of("signed", application)
    assert mail.address == world.kari.email
    assert "Astrid Berg" in outbox.render(mail).text
    assert operations.sign(token, "Someone Else", "principal").signer_name == "Astrid Berg"
    assert len(mails_of("signed", application)) == 1


def test_after_a_change_the_open_question_can_not_be_signed(world):
    application = world.complete()
    token = _ask(world, application)
    _change(world, application)
    assert queries.signing_page(token).state == "outdated"
    assert queries.signing_page(token).sections == ()
    with pytest.raises(operations.Outdated, match="Ask the teachers for a new link"):
        operations.sign(token, "Head", "principal")
    assert _state(application) == "outdated"


def test_after_a_change_the_signature_does_not_count_and_counts_again_when_the_text_is_back(world):
    application = world.complete()
    original = queries.answers_of(application)["team_work"].raw
    operations.sign(_ask(world, application), "Head", "principal")
    _change(world, application)
    assert _state(application) == "outdated"
    assert queries.valid_declaration(again(application.id)) is None
    _change(world, application, original)
    assert _state(application) == "signed"


@pytest.mark.parametrize("change", ["evidence", "consent"])
def test_evidence_and_consent_are_signed_too(world, change):
    application = world.complete()
    operations.sign(_ask(world, application), "Head", "principal")
    if change == "evidence":
        operations.add_link(world.kari, application.id, "safety_activities", "https://www.example.org/new")
    else:
        operations.set_consent(world.kari, application.id, "no")
    assert _state(application) == "outdated"


def test_asking_again_ends_the_link_before(world):
    application = world.complete()
    first, second = _ask(world, application), _ask(world, application)
    assert queries.signing_page(first).state == "outdated"
    with pytest.raises(operations.Outdated):
        operations.sign(first, "Head", "principal")
    assert operations.sign(second, "Head", "principal").state == "signed"
    with pytest.raises(operations.SignatureRefused, match="signed already"):
        _ask(world, application)


def test_declining_tells_who_asked_with_the_note_and_ends_the_link(world):
    application = world.complete()
    token = _ask(world, application)
    operations.decline(token, "The second event is missing.\nAsk me again.")
    [mail] = mails_of("declined", application)
    assert "> The second event is missing.\n> Ask me again." in outbox.render(mail).text
    assert _state(application) == "declined"
    assert queries.signing_page(token).state == "declined"
    with pytest.raises(operations.SignatureRefused, match="answered already"):
        operations.sign(token, "Head", "principal")


def test_a_link_that_is_none_opens_and_signs_nothing(world):
    application = world.complete()
    paper = operations.upload_paper(world.kari, application.id, io.BytesIO(PDF), "signed.pdf")
    for token in ("", "no-such-token", paper.token_hash):
        assert queries.signing_page(token) is None
        with pytest.raises(Refused):
            operations.sign(token, "Head", "principal")
        with pytest.raises(Refused):
            operations.decline(token, "")


def test_name_role_and_address_must_be_there(world):
    application = world.complete()
    token = _ask(world, application)
    with pytest.raises(operations.SignatureRefused, match="Write your name"):
        operations.sign(token, " \n ", "principal")
    with pytest.raises(operations.SignatureRefused, match="principal or a deputy"):
        operations.sign(token, "Head", "teacher")
    for address in ("", "head", "a@b", "a b@school.example", "a@school.example, b@school.example", "<a@b.example>"):
        with pytest.raises(operations.SignatureRefused, match="mail address"):
            operations.ask_signature(world.kari, application.id, "Head", address)


def test_nobody_is_asked_more_than_ten_times_a_day(own_world):
    application = own_world.complete()
    for _ in range(10):
        _ask(own_world, application)
    with pytest.raises(operations.SignatureRefused, match="10 links within a day"):
        _ask(own_world, application)
    clock.current().move_to(clock.now() + timedelta(days=1, minutes=1))
    _ask(own_world, application)


def test_a_scanned_page_is_confirmed_by_an_officer(world):
    application = world.complete()
    before = queries.content_hash(application)
    paper = operations.upload_paper(world.kari, application.id, io.BytesIO(SCAN), "signed.jpg", "Astrid Berg")
    assert queries.content_hash(again(application.id)) == before
    assert _state(application) == "paper"
    assert queries.valid_declaration(again(application.id)) is None
    confirmed = operations.confirm_paper(world.officer, paper.id)
    assert (confirmed.state, confirmed.signer_name) == ("signed", "Astrid Berg")
    assert _state(application) == "signed"
    assert len(mails_of("signed", application)) == 1
    assert operations.confirm_paper(world.officer, paper.id).answered_at == confirmed.answered_at


def test_a_scanned_page_is_a_picture_or_pdf_and_can_not_be_confirmed_after_a_change(world):
    application = world.complete()
    with pytest.raises(operations.EvidenceRefused, match="can't be added"):
        operations.upload_paper(world.kari, application.id, io.BytesIO(PDF), "signed.docx")
    paper = operations.upload_paper(world.kari, application.id, io.BytesIO(PDF), "signed.pdf")
    _change(world, application)
    with pytest.raises(operations.Outdated):
        operations.confirm_paper(world.officer, paper.id)
    asked = _ask(world, application)
    with pytest.raises(operations.SignatureRefused, match="no uploaded page"):
        operations.confirm_paper(world.officer, queries.declarations_of(application.id)[0].id)
    assert queries.signing_page(asked).state == "asked"


def test_an_officer_gives_a_page_back_with_a_reason_and_another_can_be_added(world):
    application = world.complete()
    paper = operations.upload_paper(world.kari, application.id, io.BytesIO(SCAN), "signed.jpg", "Astrid Berg")
    for stranger in (world.kari, world.foreign, world.foreign_officer):
        with pytest.raises(Refused):
            operations.return_paper(stranger, paper.id, "No signature")
    with pytest.raises(operations.SignatureRefused, match="Say what is wrong"):
        operations.return_paper(world.officer, paper.id, " \n ")
    assert _state(application) == "paper"
    returned = operations.return_paper(world.officer, paper.id, "There is no signature on it.")
    assert (returned.state, returned.note) == ("returned", "There is no signature on it.")
    assert _state(application) == "returned"
    mail = mails_of("paper_returned", application)[0]
    assert "> There is no signature on it." in outbox.render(mail).text
    with pytest.raises(operations.SignatureRefused, match="no uploaded page to confirm"):
        operations.confirm_paper(world.officer, paper.id)
    second = operations.upload_paper(world.kari, application.id, io.BytesIO(SCAN), "signed.jpg", "Astrid Berg")
    with pytest.raises(operations.TooLong, match="4001 characters, and at most 4000"):
        operations.return_paper(world.officer, second.id, "x" * 4_001)
    assert operations.confirm_paper(world.officer, second.id).state == "signed"
    with pytest.raises(operations.SignatureRefused, match="no uploaded page to give back"):
        operations.return_paper(world.officer, second.id, "Too late")


def test_after_closing_the_submission_is_signed_until_the_day_that_is_stated(own_world):
    application = own_world.complete()
    submission = own_world.submit(application)
    _change(own_world, application, "a change that was never sent")
    clock.current().move_to(CLOSES + timedelta(days=1))
    token = _ask(own_world, application)
    page = queries.signing_page(token)
    assert (page.state, page.receipt) == ("asked", submission.receipt)
    clock.current().move_to(DUE - timedelta(seconds=30))
    signed = operations.sign(token, "Head", "principal")
    assert signed.content_hash == submission.content_hash
    assert queries.declaration_of(submission).id == signed.id
    assert _state(application) == "signed"


def test_a_signature_after_the_day_that_is_stated_is_refused(own_world):
    application = own_world.complete()
    own_world.submit(application)
    token = _ask(own_world, application)
    clock.current().move_to(DUE + timedelta(seconds=1))
    assert queries.signing_page(token).is_open is False
    for attempt in (
        lambda: operations.sign(token, "Head", "principal"),
        lambda: operations.decline(token, ""),
        lambda: _ask(own_world, application),
        lambda: operations.upload_paper(own_world.kari, application.id, io.BytesIO(PDF), "a.pdf"),
    ):
        with pytest.raises(operations.Closed, match="22 February 2021"):
            attempt()


def test_after_closing_there_is_nothing_to_sign_without_a_submission(own_world):
    application = own_world.complete()
    clock.current().move_to(CLOSES + timedelta(days=1))
    with pytest.raises(operations.Closed, match="nothing to sign"):
        _ask(own_world, application)


def test_a_link_for_what_was_submitted_holds_though_the_draft_went_on(world):
    application = world.complete()
    token = _ask(world, application)
    submission = world.submit(application)
    _change(world, application)
    operations.sign(token, "Head", "principal")
    assert queries.declaration_of(submission).signer_name == "Head"
    assert _state(application) == "outdated"
    assert queries.signing_page(token).state == "signed"


def test_without_the_comparison_of_hashes_a_changed_text_would_be_signed(world, monkeypatch):
    # The twin: the link alone is no proof of what was read.
    application = world.complete()
    token = _ask(world, application)
    _change(world, application)
    monkeypatch.setattr("skolemerke.applications.declarations.holds", lambda *_: True)
    signed = operations.sign(token, "Head", "principal")
    assert signed.content_hash != queries.content_hash(again(application.id))
    assert database.read().get_one(Declaration, signed.id).state == "signed"

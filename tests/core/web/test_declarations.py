"""The consent, the declaration as the applicant sees it, and the principal's page."""

from datetime import datetime
from io import BytesIO

import pytest
from skolemerke import clock, database
from skolemerke.applications import operations, queries
from skolemerke.applications.models import Application, Declaration
from skolemerke.outbox import Mail
from sqlalchemy import select
from support.applicants import PDF, send, text_of, title_of

pytestmark = pytest.mark.usefixtures("filled")


def declaration(application):
    database.read().rollback()
    return database.read().scalars(select(Declaration).where(Declaration.application_id == application.id)).one()


SIGNED = {"answer": "sign", "name": "Marte Rektor", "role": "principal"}


def test_the_consent_is_kept_and_can_be_changed(here, application, address):
    client = here.client(here.kari)
    assert send(client, f"{address}/consent", {"consent": "no"}).location == address
    assert database.read().get_one(Application, application.id, populate_existing=True).consent == "no"
    assert 'value="no" checked' in client.get(f"{address}/consent").text


def test_a_consent_without_an_answer_says_so(here, application, address):
    page = send(here.client(here.kari), f"{address}/consent", {})
    assert page.status_code == 422
    assert title_of(page).startswith("Error:")
    assert 'href="#consent-0"' in page.text


def test_the_principal_is_asked_at_the_address_of_the_registry(here, application, address):
    client = here.client(here.kari)
    page = client.get(f"{address}/declaration")
    assert 'value="Marte Rektor"' in page.text
    assert 'value="rektor@solbakken.example"' in page.text
    fields = {"head_name": "Marte Rektor", "head_email": "rektor@solbakken.example"}
    assert send(client, f"{address}/declaration", fields).location == f"{address}/declaration"
    mail = database.read().scalars(select(Mail).where(Mail.kind == "signature_request")).one()
    assert mail.address == "rektor@solbakken.example"
    text = text_of(client.get(f"{address}/declaration"))
    assert "Waiting for Marte Rektor The link was sent to rektor@solbakken.example on Tuesday, 1 December 2020" in text


@pytest.mark.parametrize(
    ("fields", "anchor"),
    [
        ({"head_name": "", "head_email": "rektor@solbakken.example"}, "head_name"),
        ({"head_name": "Marte", "head_email": "no address"}, "head_email"),
    ],
)
def test_what_is_wrong_with_the_request_is_said_at_its_field(here, application, address, fields, anchor):
    page = send(here.client(here.kari), f"{address}/declaration", fields)
    assert page.status_code == 422
    assert f'href="#{anchor}"' in page.text
    assert f'id="{anchor}-error"' in page.text
    assert f'value="{fields["head_email"]}"' in page.text


def test_the_principal_reads_everything_without_an_account_and_signs(here, application, token):
    client = here.client()
    page = client.get(f"/declarations/{token}")
    text = text_of(page)
    assert title_of(page) == "Declaration of the principal – Solbakken skole"
    assert "Kari asks you to sign the application of the school" in text
    assert "Please sign by Monday, 22 February 2021, 23:59 (CET)." in text
    assert '<dd class="prewrap" lang="nb">Hele skolen – ' in page.text
    assert "https://www.example.org/safety_activities/0" in text
    assert declaration(application).state == "asked"
    answer = client.post(f"/declarations/{token}", data=SIGNED)
    assert answer.location == f"/declarations/{token}"
    assert "Thank you You signed on Tuesday, 1 December 2020" in text_of(client.get(answer.location))
    found = declaration(application)
    assert (found.state, found.signer_name, found.signer_role) == ("signed", "Marte Rektor", "principal")
    assert found.content_hash == queries.content_hash(application)


def test_the_page_is_in_the_language_of_the_mail_unless_another_was_chosen(here, application, token):
    with database.write() as session:
        session.get_one(Declaration, declaration(application).id).language = "nb"
    fresh = here.app.test_client()
    assert '<html lang="nb"' in fresh.get(f"/declarations/{token}").text
    chosen = here.client(language="en").get(f"/declarations/{token}")
    assert '<html lang="en"' in chosen.text
    assert '<p lang="nb" dir="auto">Jeg er rektor' in chosen.text


@pytest.mark.parametrize(
    ("fields", "anchor"),
    [
        ({**SIGNED, "name": " "}, "name"),
        ({**SIGNED, "role": ""}, "role-0"),
        ({**SIGNED, "role": "caretaker"}, "role-0"),
        ({"answer": "decline", "note": " "}, "note"),
    ],
)
def test_an_incomplete_answer_signs_nothing_and_says_what_is_missing(here, application, token, fields, anchor):
    page = here.client().post(f"/declarations/{token}", data=fields)
    assert page.status_code == 422
    assert f'href="#{anchor}"' in page.text
    assert declaration(application).state == "asked"


def test_who_does_not_sign_says_why_and_the_teachers_read_it(here, application, address, token):
    client = here.client()
    client.post(f"/declarations/{token}", data={"answer": "decline", "note": "Three <b>teachers</b> are missing."})
    assert "You did not sign" in text_of(client.get(f"/declarations/{token}"))
    page = here.client(here.kari).get(f"{address}/declaration")
    assert "Marte Rektor did not sign and wrote" in text_of(page)
    assert "Three &lt;b&gt;teachers&lt;/b&gt; are missing." in page.text
    assert "Send the link" in text_of(page)


def test_what_was_changed_since_the_request_cannot_be_signed(here, application, address, token):
    operations.save_answers(here.actor(here.kari), application.id, {"team_size": "5"}, {"team_size": 1})
    client = here.client()
    assert "The application was changed" in text_of(client.get(f"/declarations/{token}"))
    database.read().rollback()
    answer = client.post(f"/declarations/{token}", data=SIGNED)
    assert answer.status_code == 409
    assert declaration(application).state == "asked"
    assert "To be signed again" in text_of(here.client(here.kari).get(f"{address}/declaration"))


@pytest.mark.parametrize("token", ["nothing", "x" * 43, "%20"])
def test_a_link_that_is_none_says_what_to_do(here, token):
    page = here.client().get(f"/declarations/{token}")
    assert page.status_code == 404
    assert "This link is not known" in text_of(page)


def test_a_signed_page_on_paper_is_taken(here, application, address):
    client = here.client(here.kari)
    answer = send(client, f"{address}/declaration", {"paper": (BytesIO(PDF), "Signert.pdf")}, _paper(address))
    assert answer.location == f"{address}/declaration"
    assert declaration(application).state == "paper"
    assert "The signed page is here" in text_of(client.get(f"{address}/declaration"))


@pytest.mark.parametrize("fields", [{}, {"paper": (BytesIO(b"MZ no picture"), "signed.png")}])
def test_paper_that_is_no_file_or_no_picture_is_refused_at_its_field(here, application, address, fields):
    page = send(here.client(here.kari), f"{address}/declaration", fields, _paper(address))
    assert page.status_code == 422
    assert 'id="paper-error"' in page.text


def _paper(address):
    return f"{address}/declaration/paper"


def test_after_the_last_day_nothing_more_is_asked_or_signed(here, application, address, token):
    operations.submit(here.actor(here.kari), application.id, key="k", arrived_at=clock.now(), language="en")
    clock.current().move_to(datetime.fromisoformat("2021-02-23T09:00:00+01:00"))
    assert "The time for signing is over" in text_of(here.client().get(f"/declarations/{token}"))
    assert "Send the link" not in text_of(here.client(here.kari).get(f"{address}/declaration"))


def test_a_name_that_is_too_long_is_refused_at_its_field_and_kept(here, application, address):
    name = "Marte " * 40
    page = send(here.client(here.kari), f"{address}/declaration", {"head_name": name, "head_email": "m@skole.example"})
    assert page.status_code == 422
    assert "This has 239 characters, and at most 200 are taken." in text_of(page)
    assert 'id="head_name-error"' in page.text
    assert f'value="{name.strip()}"' in page.text


ABOUT = "What is signed is submission 1 of Tuesday, 1 December 2020, 09:00 (CET), receipt number"


def sent_and_changed(here, application):
    """Send an application, change it, and let the round close."""
    actor = here.actor(here.kari)
    receipt = operations.submit(actor, application.id, key="k", arrived_at=clock.now(), language="en").receipt
    operations.save_answers(actor, application.id, {"team_work": "Written later"}, {"team_work": 1})
    clock.current().move_to(datetime.fromisoformat("2021-02-09T09:00:00+01:00"))
    return receipt


def test_after_closing_teacher_and_principal_read_which_submission_is_signed(here, application, address):
    receipt = sent_and_changed(here, application)
    page = text_of(here.client(here.kari).get(f"{address}/declaration"))
    assert f"{ABOUT} {receipt}. What was changed after submission 1 of Tuesday, 1 December 2020" in page
    assert "signs what the application says at that moment" not in page
    token = operations.ask_signature(here.actor(here.kari), application.id, "Marte Rektor", "m@solbakken.example")
    asked = text_of(here.client().get(f"/declarations/{token}"))
    assert f"{ABOUT} {receipt}." in asked
    assert "Written later" not in asked


def test_before_anything_is_sent_no_submission_is_spoken_of(here, application, address, token):
    assert "What is signed is submission" not in text_of(here.client(here.kari).get(f"{address}/declaration"))
    assert "What is signed is submission" not in text_of(here.client().get(f"/declarations/{token}"))


def test_a_request_for_what_is_signed_already_says_which_submission_that_is(here, application, address):
    sent_and_changed(here, application)
    token = operations.ask_signature(here.actor(here.kari), application.id, "Marte Rektor", "m@solbakken.example")
    operations.sign(token, "Marte Rektor", "principal")
    with pytest.raises(operations.SignatureRefused, match="for exactly submission 1 of 1 December 2020, 09:00"):
        operations.ask_signature(here.actor(here.kari), application.id, "Marte Rektor", "m@solbakken.example")

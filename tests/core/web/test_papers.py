"""Forms on paper: the blank form for everybody, an application for those who may see it, one document at a time."""

from datetime import datetime
from io import BytesIO

import pytest
from docx import Document
from skolemerke import clock, database
from skolemerke.applications import operations, queries
from skolemerke.applications.models import Application
from skolemerke.web import papers
from skolemerke_forms.printing.paper import Paper
from support.applicants import ROUND, text_of

AFTER = datetime.fromisoformat("2021-02-09T09:00:00+01:00")
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def complete(here):
    """An application that may be sent."""
    application = here.begun()
    here.fill(application)
    return database.read().get_one(Application, application.id)


def submitted(here, application=None):
    """An application that was sent; its public id and submission."""
    application = application or complete(here)
    operations.submit(here.actor(here.kari), application.id, key="k", arrived_at=clock.now(), language="en")
    return application.public_id, queries.latest_submission(application.id)


def all_texts(paper: Paper) -> str:
    lines = [line for block in paper.blocks for line in block.get("lines", ()) if isinstance(line, dict)]
    heads = [block["text"] for block in paper.blocks if "text" in block]
    return " ".join(one["text"] for one in (*heads, *lines))


def test_anybody_reads_the_blank_form_and_gets_it_as_pdf_and_text_document(here):
    client = here.client()
    page = client.get(f"/rounds/{ROUND}/form?language=en")
    assert page.status_code == 200
    assert "eSafety awareness" in text_of(page)
    assert "Only if" not in text_of(page)
    made = client.get(f"/rounds/{ROUND}/form.pdf")
    assert (made.status_code, made.mimetype) == (200, "application/pdf")
    assert made.data.startswith(b"%PDF-")
    assert "attachment" in made.headers["Content-Disposition"]
    text = client.get(f"/rounds/{ROUND}/form.docx")
    assert (text.status_code, text.mimetype) == (200, DOCX)
    assert Document(BytesIO(text.data)).paragraphs[0].text.startswith("Self-assessment")


def test_a_blank_form_is_made_once_for_each_language(here, monkeypatch):
    made = []
    real = papers._made
    monkeypatch.setattr(papers, "_made", lambda paper, kind: made.append(paper.frame.language) or real(paper, kind))
    client = here.client()
    for language in ("nb", "nb", "nn", "nb"):
        client.get(f"/rounds/{ROUND}/form.pdf?language={language}")
    assert made == ["nb", "nn"]


def test_the_public_page_of_a_round_leads_to_its_form(here):
    assert f"/rounds/{ROUND}/form" in here.client().get(f"/rounds/{ROUND}").text


@pytest.mark.parametrize("address", ["/rounds/1999/form", "/rounds/1999/form.pdf", "/rounds/2021-2022/form.odt"])
def test_what_is_not_there_answers_404(here, address):
    assert here.client().get(address).status_code == 404


def test_a_draft_is_a_pdf_for_its_teachers_and_not_there_for_others(here):
    address = f"/applications/{here.begun().public_id}/print.pdf"
    mine = here.client(here.kari).get(address)
    assert (mine.status_code, mine.mimetype, mine.headers["Cache-Control"]) == (200, "application/pdf", "no-store")
    assert here.client(here.kari).get(f"{address}?declaration").status_code == 200
    assert here.client(here.per).get(address).status_code == 404
    assert here.client().get(address).status_code == 303


def test_what_was_sent_is_printed_with_its_receipt_and_hash_and_not_what_was_written_since(here):
    public_id, submission = submitted(here)
    application = database.read().get_one(Application, submission.application_id)
    clock.current().move_to(datetime.fromisoformat("2020-12-10T09:00:00+01:00"))
    versions = {name: answer["version"] for name, answer in application.answers.items()}
    operations.save_answers(here.actor(here.kari), application.id, {"team_work": "Written later"}, versions)
    submission = queries.latest_submission(application.id)
    paper = queries.paper_of(queries.printed_submission(submission), "The round", "en")
    facts = dict(paper.frame.facts)
    assert facts["Receipt number"] == submission.receipt
    assert facts["Content hash"].replace(" ", "") == submission.content_hash
    assert "Written later" not in all_texts(paper)
    application = database.read().get_one(Application, submission.application_id)
    assert "Written later" in all_texts(queries.paper_of(queries.printed(application), "The round", "en"))
    address = f"/applications/{public_id}/receipt.pdf"
    assert here.client(here.kari).get(address).data.startswith(b"%PDF-")
    assert here.client(here.kari).get(f"{address}?number=1").status_code == 200
    assert here.client(here.kari).get(f"{address}?number=2").status_code == 404
    assert here.client(here.per).get(address).status_code == 404


def signed_sent_and_changed(here):
    """An application that was signed and sent, and changed afterwards; its address and the submission."""
    application = complete(here)
    token = operations.ask_signature(here.actor(here.kari), application.id, "Head", "head@skole.example")
    operations.sign(token, "Marte Rektor", "principal")
    public_id, submission = submitted(here, application)
    operations.save_answers(here.actor(here.kari), application.id, {"team_work": "Written later"}, {"team_work": 1})
    return f"/applications/{public_id}", submission.receipt, submission.content_hash


def test_while_the_round_is_open_a_changed_draft_bears_neither_receipt_nor_signature(here):
    address, receipt, _ = signed_sent_and_changed(here)
    page = here.client(here.kari).get(f"{address}/print")
    text = text_of(page)
    assert "Draft, not sent The application was changed after it was submitted. What was submitted counts until" in text
    assert "does not count" not in text
    assert "Written later" in text
    assert receipt not in text
    assert "Signed by" not in text
    assert f'href="{address}/receipt.pdf"' in page.text


def test_after_the_deadline_the_print_is_what_was_sent_and_leads_to_what_was_not(here):
    address, receipt, _ = signed_sent_and_changed(here)
    clock.current().move_to(AFTER)
    client = here.client(here.kari)
    page = client.get(f"{address}/print")
    text = text_of(page)
    assert f"Receipt number {receipt} Submission 1, arrived on Tuesday, 1 December 2020" in text
    assert "was not sent and does not count." in text
    assert "Signed by Marte Rektor on" in text
    assert "Written later" not in text
    assert f'href="{address}/print?draft="' in page.text
    draft = client.get(f"{address}/print?draft=")
    assert "Draft, not sent" in text_of(draft)
    assert "Written later" in text_of(draft)
    assert receipt not in text_of(draft)
    assert "Signed by" not in text_of(draft)
    assert f'href="{address}/print.pdf?draft="' in draft.text


@pytest.mark.parametrize("asked", ["declaration", "declaration&draft"])
def test_the_declaration_on_paper_bears_the_receipt_and_mark_of_what_is_signed(here, asked):
    address, receipt, content_hash = signed_sent_and_changed(here)
    clock.current().move_to(AFTER)
    text = text_of(here.client(here.kari).get(f"{address}/print?{asked}"))
    assert f"Receipt number {receipt}" in text
    assert f"Mark of what is signed: {content_hash[:16]}" in text


def test_without_a_submission_there_is_nothing_to_print_of_it(here):
    address = f"/applications/{here.begun().public_id}/receipt.pdf"
    assert here.client(here.kari).get(address).status_code == 404


def test_a_principal_prints_what_the_link_asks_for_until_the_content_goes_on(here):
    application = complete(here)
    token = operations.ask_signature(here.actor(here.kari), application.id, "Head", "head@skole.example")
    client = here.client()
    assert client.get(f"/declarations/{token}/print.pdf").data.startswith(b"%PDF-")
    assert f"/declarations/{token}/print.pdf" in client.get(f"/declarations/{token}").text
    assert client.get("/declarations/unknown/print.pdf").status_code == 404
    versions = {name: answer["version"] for name, answer in application.answers.items()}
    operations.save_answers(here.actor(here.kari), application.id, {"team_work": "Written later"}, versions)
    assert client.get(f"/declarations/{token}/print.pdf").status_code == 404


def test_whoever_waits_too_long_for_a_document_is_told_to_come_back(here, monkeypatch):
    monkeypatch.setattr(papers, "PATIENCE", 0)
    client = here.client(here.kari)
    address = f"/applications/{here.begun().public_id}/print.pdf"
    with papers._turn:
        busy = client.get(address)
    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "10")
    assert "We are busy just now" in text_of(busy)
    assert client.get(address).status_code == 200

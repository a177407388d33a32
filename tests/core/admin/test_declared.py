"""What an officer needs to check a declaration that was signed on paper: the codes that must stand on it, in words."""

import io
import re

import pytest
from skolemerke import clock, database
from skolemerke.applications import operations, queries
from skolemerke.applications.models import Application
from support.applicants import PDF, csrf, scene, text_of
from support.applied import account


@pytest.fixture
def here(tmp_path):
    with scene(tmp_path) as found:
        yield found


@pytest.fixture
def application(here):
    made = here.begun()
    here.fill(made)
    return database.read().get_one(Application, made.id)


@pytest.fixture
def officer(here):
    return here.client(account("own@officer.example", role="officer", agency_id=here.agency_id))


def submit(here, application, key="k"):
    return operations.submit(
        here.actor(here.kari), application.id, key=key, arrived_at=clock.now(), language="en"
    ).receipt


def upload(here, application):
    return operations.upload_paper(here.actor(here.kari), application.id, io.BytesIO(PDF), "signed.pdf")


def change(here, application, text, version):
    operations.save_answers(here.actor(here.kari), application.id, {"team_work": text}, {"team_work": version})


def rows_of(page):
    """The rows of the newest declaration: each name with what stands beside it."""
    part = page.text.partition('id="declaration"')[2].partition("</dl>")[0]
    found = re.findall(r"<dt>(.*?)</dt><dd[^>]*>(.*?)</dd>", part, flags=re.S)
    return {name: re.sub(r"<[^>]+>", "", value) for name, value in found}


def give_back(officer, application, uploaded, reason):
    address = f"/admin/applications/{application.id}/return-paper/{uploaded.id}"
    word = csrf(page_of(officer, application))
    return officer.post(address, data={"csrf_token": word, "reason": reason})


def page_of(officer, application):
    return officer.get(f"/admin/applications/details/?id={application.id}")


def test_beside_the_page_stand_the_mark_and_the_receipt_of_the_paper_that_the_school_was_given(
    here, application, officer
):
    receipt = submit(here, application)
    printed = here.client(here.kari).get(f"/applications/{application.public_id}/print?declaration").text
    uploaded = upload(here, application)
    page = page_of(officer, application)
    rows = rows_of(page)
    mark = rows["Mark that must stand on the paper"]
    assert (mark, rows["Receipt number of what is signed"]) == (queries.mark_of(uploaded.content_hash), receipt)
    assert f"Mark of what is signed: {mark}" in printed
    assert f"Receipt number {receipt}" in printed
    assert rows["Speaks of"] == "Submission 1"
    assert "Compare the mark on the paper with the one above." in text_of(page)
    assert "does not speak of the submission that counts" not in text_of(page)


def test_a_paper_for_a_draft_that_was_not_sent_says_so(here, application, officer):
    submit(here, application)
    change(here, application, "Another text", 1)
    upload(here, application)
    change(here, application, "And another", 2)
    page = page_of(officer, application)
    rows = rows_of(page)
    assert rows["Speaks of"] == "A draft that was not sent as it was then"
    assert "Receipt number of what is signed" not in rows
    assert "The paper does not speak of the submission that counts." in text_of(page)


def test_a_paper_for_an_earlier_submission_says_so(here, application, officer):
    first = submit(here, application)
    upload(here, application)
    change(here, application, "Another text", 1)
    submit(here, application, "k2")
    rows = rows_of(page_of(officer, application))
    assert rows["Speaks of"] == "Submission 1, which does not count any more"
    assert rows["Receipt number of what is signed"] == first


def test_a_reason_that_is_too_long_is_refused_in_words_and_kept_whole(here, application, officer):
    submit(here, application)
    uploaded, reason = upload(here, application), "x" * 4_001
    page = give_back(officer, application, uploaded, reason)
    assert page.status_code == 422
    assert "This has 4001 characters, and at most 4000 are taken." in text_of(page)
    assert f">\n{reason}</textarea>" in page.text
    database.current().forget()
    assert queries.declarations_of(application.id)[0].state == "paper"


def test_a_reason_for_a_paper_that_a_colleague_has_confirmed_stands_on_the_page(here, application, officer):
    submit(here, application)
    uploaded = upload(here, application)
    colleague = account("other@officer.example", role="officer", agency_id=here.agency_id)
    operations.confirm_paper(here.actor(colleague), uploaded.id)
    page = give_back(officer, application, uploaded, "The <b>stamp</b> is missing.")
    assert page.status_code == 422
    assert "There is no uploaded page to give back. What you wrote was not sent:" in text_of(page)
    assert "The &lt;b&gt;stamp&lt;/b&gt; is missing." in page.text

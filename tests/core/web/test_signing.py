"""What a principal writes on the page of the link is never lost, and needs no cookie."""

import re

import pytest
from skolemerke import database
from skolemerke.applications import operations
from skolemerke.applications.models import Declaration
from skolemerke.outbox import Mail
from sqlalchemy import exc, select
from support.applicants import Browser, send, text_of

NOTE = "Three teachers are missing.\nAsk me again."
DECLINED = {"answer": "decline", "name": "Marte Rektor", "role": "deputy", "note": NOTE}
SIGNED = {"answer": "sign", "name": "Marte Rektor", "role": "principal"}
IN_WORDS = "Your name Marte Rektor You are The deputy principal What should be different? Three teachers are missing."


pytestmark = pytest.mark.usefixtures("filled")


def ask(here, application):
    return operations.ask_signature(here.actor(here.kari), application.id, "Marte Rektor", "rektor@solbakken.example")


def stored():
    """Every declaration, oldest first: its state and its note."""
    database.current().forget()
    found = database.read().scalars(select(Declaration).order_by(Declaration.id))
    return [(one.state, one.note) for one in found]


def change(here, application):
    operations.save_answers(here.actor(here.kari), application.id, {"team_work": "Changed"}, {"team_work": 1})


def stands_there(page, status):
    """Whether a page says that it was not sent, and shows all of it."""
    assert page.status_code == status
    assert "What you wrote It was not sent." in text_of(page)
    assert IN_WORDS in text_of(page)
    assert NOTE in page.text


@pytest.mark.parametrize("fields", [SIGNED, DECLINED])
def test_who_takes_no_cookies_at_all_can_answer(here, token, fields):
    here.app.test_client_class = Browser
    client = here.app.test_client(use_cookies=False)
    answer = client.post(f"/declarations/{token}", data=fields)
    assert (answer.status_code, answer.location) == (302, f"/declarations/{token}")
    assert stored() == [("signed", "")] if fields is SIGNED else [("declined", NOTE)]
    assert client.get(answer.location).status_code == 200


def test_the_page_gives_a_principal_no_cookie(here, token):
    here.app.test_client_class = Browser
    assert "Set-Cookie" not in here.app.test_client().get(f"/declarations/{token}").headers


def test_the_pages_of_teachers_still_ask_for_the_word_of_their_form(here, application):
    address = f"/applications/{application.public_id}/declaration"
    fields = {"head_name": "Marte", "head_email": "marte@skole.example"}
    assert here.client(here.kari).post(address, data=fields).status_code == 400
    assert send(here.client(here.kari), address, fields).status_code == 302


def test_a_note_for_a_link_that_a_newer_one_replaced_stands_on_the_page(here, application, token):
    ask(here, application)
    page = here.client().post(f"/declarations/{token}", data=DECLINED)
    stands_there(page, 409)
    assert "The application was changed" in text_of(page)
    assert stored() == [("outdated", ""), ("asked", "")]


def test_a_note_for_what_has_changed_since_stands_on_the_page(here, application, token):
    change(here, application)
    signed = here.client().post(f"/declarations/{token}", data={**DECLINED, "answer": "sign"})
    stands_there(signed, 409)
    assert stored() == [("asked", "")]


def test_a_note_after_an_answer_in_another_browser_stands_on_the_page_beside_that_answer(here, token):
    here.client().post(f"/declarations/{token}", data=SIGNED)
    page = here.client().post(f"/declarations/{token}", data=DECLINED)
    stands_there(page, 409)
    assert "Thank you You signed on Tuesday, 1 December 2020" in text_of(page)
    assert stored() == [("signed", "")]


def test_a_second_note_stands_on_the_page_and_the_same_note_twice_is_one(here, token):
    for _ in range(2):
        answer = here.client().post(f"/declarations/{token}", data={**DECLINED, "note": "Not yet."})
        assert answer.status_code == 302
    stands_there(here.client().post(f"/declarations/{token}", data=DECLINED), 409)
    assert stored() == [("declined", "Not yet.")]
    mails = database.read().scalars(select(Mail).where(Mail.kind == "declined")).all()
    assert [mail.payload["note"] for mail in mails] == ["Not yet."]


def test_a_note_for_a_link_that_is_none_stands_on_the_page(here, application):
    page = here.client().post("/declarations/nothing", data=DECLINED)
    stands_there(page, 404)
    assert "This link is not known" in text_of(page)


def test_a_note_of_four_thousand_characters_arrives_whole(here, token):
    note = "æ" * 3_999 + "!"
    assert here.client().post(f"/declarations/{token}", data={**DECLINED, "note": note}).status_code == 302
    assert stored() == [("declined", note)]


def test_a_note_that_is_too_long_is_refused_in_words_and_kept_whole(here, token):
    note = "æ" * 4_000 + "!"
    page = here.client().post(f"/declarations/{token}", data={**DECLINED, "note": note})
    assert page.status_code == 422
    assert "This has 4001 characters, and at most 4000 are taken." in text_of(page)
    assert f">\n{note}</textarea>" in page.text
    assert 'value="deputy" checked' in page.text
    assert '<details class="more more--apart" open>' in page.text
    assert stored() == [("asked", "")]


def test_a_name_that_is_too_long_is_refused_in_words_and_kept_whole(here, token):
    name = "M" * 201
    page = here.client().post(f"/declarations/{token}", data={**SIGNED, "name": name})
    assert page.status_code == 422
    assert "This has 201 characters, and at most 200 are taken." in text_of(page)
    assert f'value="{name}"' in page.text
    assert stored() == [("asked", "")]


def test_while_the_database_is_away_a_note_stands_on_the_page_and_can_be_sent_again(here, token, monkeypatch):
    def away(*_):
        raise exc.TimeoutError

    with monkeypatch.context() as patch:
        patch.setattr(operations, "decline", away)
        page = here.client().post(f"/declarations/{token}", data=DECLINED)
    stands_there(page, 503)
    assert page.headers["Retry-After"] == "10"
    sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    assert sent == {**DECLINED, "note": NOTE}
    assert here.client().post(f"/declarations/{token}", data=sent).status_code == 302
    assert stored() == [("declined", NOTE)]


def test_what_is_typed_is_never_markup(here, token):
    page = here.client().post("/declarations/nothing", data={**DECLINED, "note": "<script>alert(1)</script>"})
    assert "<script>alert(1)" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text

"""A teacher reads whether the own school may apply, and why not; never that of another."""

import pytest
from skolemerke import database
from skolemerke.agencies.models import Agency
from skolemerke.contract.criteria import Verdict
from skolemerke.eligibility.models import Override
from skolemerke.eligibility.operations import check, override
from skolemerke.people.actors import Actor
from sqlalchemy import select
from support.applicants import ROUND, scene, text_of


@pytest.fixture
def here(tmp_path):
    with scene(tmp_path) as found:
        check(ROUND)
        yield found


def test_a_teacher_reads_why_the_own_school_may_not_apply_and_whom_to_write_to(here):
    client = here.client(here.per)
    assert "May my school apply?" in text_of(client.get("/applications"))
    assert "eTwinning School Label 2021-2022" in text_of(client.get("/eligibility"))
    text = text_of(client.get(f"/eligibility/{ROUND}/{here.other_school_id}"))
    assert "No. The school may not apply in this round." in text
    assert "To qualify, at least 2 of those who serve the school needed a project" in text
    assert "Then write to Agency no: etwinning@agency.example" in text


def test_a_school_that_was_invited_may_apply_whatever_a_later_check_found(here):
    text = text_of(here.client(here.kari).get(f"/eligibility/{ROUND}/{here.school_id}"))
    assert "Yes. The school may apply in this round." in text
    assert "It was invited after an earlier check and keeps its place." in text


def test_the_words_of_an_officer_stand_with_the_result(here):
    officer = Actor(account_id=None, agencies=frozenset({here.agency_id}))
    override(officer, ROUND, here.other_school_id, "registered", verdict=Verdict.UNCLEAR, reason="We <i>look</i>.")
    page = here.client(here.per).get(f"/eligibility/{ROUND}/{here.other_school_id}")
    assert "We &lt;i&gt;look&lt;/i&gt;." in page.get_data(as_text=True)
    assert database.read().scalars(select(Override)).one().evidence == ""


def test_a_school_of_others_and_an_unknown_round_answer_as_what_is_not_there(here):
    client = here.client(here.per)
    for address in (f"{ROUND}/{here.school_id}", f"{ROUND}/999999", f"1999-2000/{here.other_school_id}", ROUND):
        assert client.get(f"/eligibility/{address}").status_code == 404


def test_who_is_not_signed_in_is_sent_to_sign_in(here):
    answer = here.client().get(f"/eligibility/{ROUND}/{here.school_id}")
    assert (answer.status_code, answer.location) == (303, "/sign-in")


def test_without_an_address_of_the_agency_the_page_names_the_contacts(here):
    with database.write() as session:
        session.get_one(Agency, here.agency_id).contact_email = ""
    text = text_of(here.client(here.per).get(f"/eligibility/{ROUND}/{here.other_school_id}"))
    assert "Then write to the agency in your country. Contact" in text

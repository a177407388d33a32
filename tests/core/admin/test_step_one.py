"""Step one as officers work with it: lists, a school with its reasons, an officer's word, comparisons and what-ifs."""

from datetime import date

import pytest
from skolemerke import database
from skolemerke.eligibility.models import Override
from skolemerke.eligibility.operations import check
from skolemerke.registry.models import School
from sqlalchemy import select, update
from support.applied import ROUND


@pytest.fixture
def judged(office):
    """The office after two checks; between them a school became older."""
    check(ROUND)
    with database.write() as session:
        session.execute(update(School).where(School.country == "NO").values(registered_on=date(2015, 1, 1)))
    check(ROUND)
    return office


def _key(office, side):
    return office.rows[side]["admin-schools"]


def _text(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.get_data(as_text=True)


def test_an_officer_sees_the_schools_of_the_own_agency_with_what_keeps_them_out(judged):
    text = _text(judged.client("officer_no"), f"/admin/step-one/?round={ROUND}&verdict=not_met")
    assert f"/admin/step-one/{ROUND}/{_key(judged, 'no')}" in text
    assert f"/admin/step-one/{ROUND}/{_key(judged, 'fi')}" not in text
    assert "Active teachers: not met" in text
    assert "<script>alert" not in text
    met = _text(judged.client("officer_no"), f"/admin/step-one/?round={ROUND}&verdict=met")
    assert "Nothing is listed here." in met


def test_an_officer_puts_a_result_with_reason_and_evidence_which_then_stands_everywhere(judged):
    client, key = judged.client("officer_no"), _key(judged, "no")
    address = f"/admin/step-one/{ROUND}/{key}"
    assert "Put another result" in _text(client, address)
    form = {"criterion": "active_teachers", "verdict": "met", "reason": "They work <b>hard</b>.",
            "evidence": "https://agency.example/case/7"}  # fmt: skip
    assert client.post(f"{address}/override", data=form).status_code == 302
    for page in (address, f"/admin/schools/details/?id={key}"):
        text = _text(client, page)
        assert "They work &lt;b&gt;hard&lt;/b&gt;." in text
        assert '<a href="https://agency.example/case/7" rel="noopener noreferrer nofollow">' in text
        assert "The check itself found: not met." in text


def test_an_override_without_reason_or_verdict_keeps_what_was_typed(judged):
    client, key = judged.client("officer_no"), _key(judged, "no")
    address = f"/admin/step-one/{ROUND}/{key}/override"
    answer = client.post(address, data={"criterion": "active_teachers", "verdict": "met", "evidence": "letter 12"})
    assert answer.status_code == 422
    assert "say why the result is replaced" in answer.get_data(as_text=True)
    assert 'value="letter 12"' in answer.get_data(as_text=True)
    assert client.post(address, data={"reason": "so"}).status_code == 422
    assert database.read().scalars(select(Override)).all() == []


@pytest.mark.parametrize("role", ["officer_fi", "teacher"])
def test_a_foreign_school_answers_as_one_that_is_not_there(judged, role):
    client, key = judged.client(role), _key(judged, "no")
    form = {"criterion": "active_teachers", "verdict": "met", "reason": "so"}
    for number in (key, 999_999):
        assert client.get(f"/admin/step-one/{ROUND}/{number}").status_code == 404
        assert client.post(f"/admin/step-one/{ROUND}/{number}/override", data=form).status_code == 404
    assert database.read().scalars(select(Override)).all() == []


def test_the_central_service_sees_and_may_not_judge(judged):
    client, key = judged.client("central"), _key(judged, "no")
    assert "Put another result" not in _text(client, f"/admin/step-one/{ROUND}/{key}")
    form = {"criterion": "active_teachers", "verdict": "met", "reason": "so"}
    assert client.post(f"/admin/step-one/{ROUND}/{key}/override", data=form).status_code == 404


def test_two_checks_are_compared_and_a_parameter_is_tried(judged):
    client = judged.client("officer_no")
    text = _text(client, f"/admin/step-one/compare?round={ROUND}")
    assert "Schools that came (0)" in text
    asked = f"/admin/step-one/what-if?round={ROUND}&parameter=active_teachers.at_least&value="
    tried = _text(client, f"{asked}1")
    assert "No school would be added or dropped." in tried
    assert "Active teachers: at least (now 2)" in tried
    assert "That can't be tried" in _text(client, f"{asked}many")
    assert client.get(f"/admin/step-one/compare?round={ROUND}&from=1&to=9").status_code == 404
    assert client.get("/admin/step-one/?round=1999-2000").status_code == 404

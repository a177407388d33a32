"""The parts of a submission on the officer's page: judged there, and told to the school with the result alone."""

import re

import pytest
from skolemerke import database
from skolemerke.decisions import operations, reviewing
from skolemerke.decisions.reviewing import Judging
from skolemerke.people import operations as people
from skolemerke.people.actors import SYSTEM
from skolemerke.people.models import Role
from skolemerke.scoring import operations as scoring
from skolemerke.scoring import queries
from skolemerke.scoring.models import Judgement
from skolemerke.scoring.queries import sheets_of
from sqlalchemy import select
from support.applied import account
from support.applying import again
from support.installation import SECOND, install, running
from support.judged import ALL_FULFILLED, IN_IT, PARTS, ROUND, JudgedRound
from support.office import HOSTILE
from support.public_site import visitor


@pytest.fixture
def world(tmp_path):
    with running(install(tmp_path, *SECOND), now=IN_IT) as app:
        made = JudgedRound()
        made.app = app
        app.config["WTF_CSRF_ENABLED"] = False
        yield made


def client(world, account_id):
    found = visitor(world.app)
    token = people.open_session(account_id)
    with found.session_transaction() as session:
        session["token"] = token
    return found


def page(world, account_id=None, language="en"):
    address = f"/admin/applications/details/?id={world.application}&language={language}"
    return client(world, account_id or world.officer_account).get(address).get_data(as_text=True)


def post(world, what="judge", account_id=None, submission=None, **fields):
    address = f"/admin/applications/{world.application}/{what}/{submission or world.sent}"
    return client(world, account_id or world.officer_account).post(address, data=fields)


def typed(part, finding="", feedback="", note="", seen=0):
    return {f"seen-{part}": seen, f"finding-{part}": finding, f"feedback-{part}": feedback, f"note-{part}": note}


def public_id(world):
    return again(world.application).public_id


def test_an_officer_judges_the_parts_where_their_answers_stand(world):
    text = page(world)
    assert all(f'name="finding-{part}"' in text for part in PARTS)
    assert "6 parts are not judged yet" in text
    fields = {**typed("esafety", "fulfilled", "Clear\r\nand short"), **typed("pupils", note=HOSTILE), "at": "esafety"}
    answer = post(world, **fields)
    assert answer.headers["Location"] == f"/admin/applications/details/?id={world.application}#judge-esafety"
    made = database.read().scalars(select(Judgement).order_by(Judgement.id)).all()
    assert [(one.part, one.finding, one.feedback, one.note) for one in made] == [
        ("esafety", "fulfilled", "Clear\nand short", ""),
        ("pupils", "", "", HOSTILE),
    ]
    text = page(world)
    assert re.search(r'name="finding-esafety" value="fulfilled"\s+checked', text)
    assert "<script>alert" not in text
    assert "5 parts are not judged yet" in text
    assert sheets_of(world.sent)[0].judged_up_to == made[-1].id


def test_what_can_not_be_saved_comes_back_with_what_was_typed(world):
    reviewing.judge(world.officer, world.sent, {"esafety": Judging("not_fulfilled", "Where is it?")})
    answer = post(world, **typed("esafety", "fulfilled", "I <found> it"))
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "A colleague has judged one of these parts in the meantime." in text
    assert "I &lt;found&gt; it</textarea>" in text
    assert "Where is it?" in text
    again = re.search(r'name="seen-esafety" value="(\d+)"', text)[1]
    assert post(world, **typed("esafety", "fulfilled", "I found it", seen=again)).status_code == 302


def test_a_part_that_nobody_knows_and_a_finding_that_is_none_are_refused(world):
    assert post(world, **typed("nonsense", "fulfilled")).status_code == 422
    assert post(world, **typed("esafety", "maybe")).status_code == 422
    assert database.read().scalars(select(Judgement)).all() == []


def test_a_foreign_officer_and_an_absent_submission_get_the_same_404(world):
    foreigner = world.foreigner.account_id
    with database.write() as session:
        session.add(Role(account_id=foreigner, role="officer", agency_id=world.finland))
    for what in ("judge", "confirm-judgements"):
        found = [
            post(world, what, foreigner, **typed("esafety", "fulfilled")),
            post(world, what, submission=4711),
            post(world, what, submission=world.sent_fi),
        ]
        assert [answer.status_code for answer in found] == [404, 404, 404]
    assert database.read().scalars(select(Judgement)).all() == []


def test_who_may_not_judge_reads_what_was_judged(world):
    reviewing.judge(world.officer, world.sent, {"esafety": Judging("fulfilled", "Clear", "Thin")})
    text = page(world, account("central@example.org", role="central"))
    assert 'name="finding-esafety"' not in text
    assert "Thin" in text


def test_earlier_judgements_are_confirmed_with_one_button(world):
    reviewing.judge(world.officer, world.sent, ALL_FULFILLED)
    later = world.submit(number=2, model_plan="We accompany two schools.")
    text = page(world)
    assert "5 parts were judged at an earlier submission and have not been changed since." in text
    assert text.count("The school has changed this part since") == 1
    officer = client(world, world.officer_account)
    answer = officer.post(f"/admin/applications/{world.application}/confirm-judgements/{later}", follow_redirects=True)
    assert "5 judgements are confirmed." in answer.get_data(as_text=True)
    assert "One part is not judged yet" in page(world)
    assert sheets_of(later)[0].outcome is None


@pytest.mark.parametrize("language", ["en", "nb", "nn"])
def test_the_school_reads_nothing_before_the_release_and_no_note_after_it(world, language):
    judged = {"esafety": Judging("fulfilled", "CLEARLY", "THINLY"), "model_school": Judging("not_fulfilled", HOSTILE)}
    reviewing.judge(world.officer, world.sent, {**ALL_FULFILLED, **judged})
    scoring.score_submission(world.sent)
    operations.decide(world.officer, world.sent, "agency", "refused", reasons="SO")
    school, at = client(world, world.kari), f"/applications/{public_id(world)}"
    pages = [at, f"{at}/receipt", f"{at}/check", f"{at}/print"]

    def read():
        return [school.get(f"{one}?language={language}").get_data(as_text=True) for one in pages]

    hidden = ("CLEARLY", "THINLY", "alert(1)", "ot fulfilled", "kke oppfylt", "kkje oppfylt")
    assert [word for text in read() for word in hidden if word in text] == []
    operations.publish(SYSTEM, ROUND)
    receipt = read()[1]
    assert "CLEARLY" in receipt
    assert "&lt;script&gt;alert(1)" in receipt
    assert not any("THINLY" in text for text in read())


def test_twin_the_newest_sheet_would_tell_the_school_too_early(world, monkeypatch):
    reviewing.judge(world.officer, world.sent, ALL_FULFILLED)
    scoring.score_submission(world.sent)
    school, at = client(world, world.kari), f"/applications/{public_id(world)}/receipt"
    assert "<td>Fulfilled" not in school.get(at).get_data(as_text=True)
    monkeypatch.setattr(queries, "sheets_before_judging", queries.sheets_of)
    assert school.get(at).get_data(as_text=True).count("<td>Fulfilled") == len(PARTS)

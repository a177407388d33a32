"""Submitting happens once, in time, and freezes exactly what was there."""

from datetime import timedelta

import pytest
from skolemerke import clock, database, outbox
from skolemerke.applications import operations, queries, submitting
from skolemerke.applications.models import Submission
from skolemerke.audit import AuditDetails, AuditLine
from skolemerke.rounds import operations as rounds
from sqlalchemy import select
from support.applied import ROUND
from support.applying import CLOSES, LINK, again, known, mails_of, together, whole


def _details(application, verb):
    statement = (
        select(AuditDetails.details)
        .join(AuditLine, AuditLine.number == AuditDetails.number)
        .where(AuditLine.subject == f"application:{application.id}", AuditLine.verb == verb)
    )
    return list(database.read().scalars(statement))


def test_a_submission_freezes_what_the_draft_says_and_gives_a_receipt(world):
    application = world.complete()
    hash_before = queries.content_hash(application)
    submission = world.submit(application)
    answers, evidence = whole()
    assert submission.raw == answers
    assert (submission.clean["internet_rules"], submission.clean["team_size"]) == ("whole", "4")
    assert [(piece["question_id"], piece["link"]) for piece in submission.evidence] == [(q, LINK) for q in evidence]
    assert (submission.number, submission.consent, submission.edition_id) == (1, "yes", application.edition_id)
    assert submission.content_hash == hash_before
    prefix, receipt = submission.receipt[:-6], submission.receipt[-6:]
    assert prefix == f"SM-{ROUND}-"
    assert set(receipt) <= set("23479ACDEFGHJKMNPQRTVWXY")
    assert [d["receipt"] for d in _details(application, "application.submitted")] == [submission.receipt]


def test_everybody_who_wrote_in_it_gets_one_receipt(world):
    application = world.complete()
    operations.save_answers(world.ola, application.id, {"team_work": "better"}, {"team_work": 1})
    submission = world.submit(application)
    mails = mails_of("receipt", application)
    assert [mail.address for mail in mails] == [world.kari.email, world.ola.email]
    letter = outbox.render(mails[0])
    assert submission.receipt in letter.subject
    assert f"/applications/{application.public_id}/receipt" in letter.text


def test_what_is_missing_is_said_in_the_order_of_the_form(world):
    application = world.start()
    with pytest.raises(operations.NotReady) as refusal:
        world.submit(application)
    missing = refusal.value.missing
    assert (missing[0].section, missing[0].question, missing[0].problem.code) == (
        "esafety",
        "internet_rules",
        "unanswered",
    )
    assert missing[-1].kind == "consent"
    assert queries.submissions(application.id) == []
    assert len(_details(application, "application.submission_refused")) == 1


def test_an_unanswered_consent_alone_keeps_it_back_and_a_no_does_not(world):
    application = world.complete()
    with database.write() as session:
        session.merge(application).consent = ""
    with pytest.raises(operations.NotReady) as refusal:
        world.submit(again(application.id))
    assert [missing.kind for missing in refusal.value.missing] == ["consent"]
    operations.set_consent(world.kari, application.id, "no")
    assert world.submit(again(application.id)).consent == "no"


def test_the_same_key_and_unchanged_answers_give_the_same_submission(world):
    application = world.complete()
    first = world.submit(application, "k1")
    assert world.submit(application, "k1").id == first.id
    assert world.submit(application, "k2").id == first.id
    assert len(mails_of("receipt", application)) == 1


def test_a_change_makes_the_next_number_and_keeps_the_first(world):
    application = world.complete()
    first = world.submit(application, "k1")
    operations.save_answers(world.kari, application.id, {"team_work": "better"}, {"team_work": 1})
    second = world.submit(application, "k2")
    assert [(s.id, s.number) for s in queries.submissions(application.id)] == [(second.id, 2), (first.id, 1)]
    assert second.raw["team_work"] == "better"
    assert queries.latest_submission(application.id).id == second.id
    assert world.submit(application, "k1").id == first.id


def test_ten_at_once_with_keys_of_their_own_make_one_submission(world):
    application = known(world.complete())
    results = together(10, lambda at: world.submit(application, f"k{at}").id)
    assert len(set(results)) == 1
    assert len(queries.submissions(application.id)) == 1


def test_without_looking_for_the_same_content_each_key_would_make_a_submission(own_world, monkeypatch):
    # The twin of the test above.
    application = known(own_world.complete())
    monkeypatch.setattr(submitting, "_same", lambda *_: None)
    together(4, lambda at: own_world.submit(application, f"k{at}").id)
    assert len(queries.submissions(application.id)) == 4


@pytest.mark.parametrize(("seconds", "in_time"), [(-1, True), (0, True), (1, False)])
def test_the_arrival_decides_to_the_second(world, seconds, in_time):
    application = world.complete()
    arrived_at = CLOSES + timedelta(seconds=seconds)
    if in_time:
        assert world.submit(application, at=arrived_at).arrived_at == arrived_at
    else:
        with pytest.raises(
            operations.Closed, match=r"9 February 2021, 00:00:00 \(CET\); the deadline was 8 February 2021, 23:59:59"
        ):
            world.submit(application, at=arrived_at)
        refused = _details(application, "application.submission_refused")
        assert [d["arrived_at"] for d in refused] == ["2021-02-08T23:00:00+00:00"]
        assert [d["content_hash"] for d in refused] == [queries.content_hash(application)]


def test_what_arrived_in_time_is_taken_though_the_clock_has_gone_past_the_deadline(own_world):
    application = own_world.complete()
    clock.current().move_to(CLOSES + timedelta(minutes=5))
    assert own_world.submit(application, at=CLOSES).number == 1


def test_what_arrived_after_an_early_end_is_refused(own_world):
    application = own_world.complete()
    rounds.close_round(ROUND)
    with pytest.raises(operations.Closed):
        own_world.submit(application)
    assert queries.submissions(application.id) == []


def test_a_retry_after_the_deadline_gets_the_submission_that_was_made_in_time(own_world):
    application = own_world.complete()
    first = own_world.submit(application, "k1")
    clock.current().move_to(CLOSES + timedelta(minutes=5))
    assert own_world.submit(application, "k1").id == first.id


def test_a_key_must_be_usable(world):
    application = world.complete()
    for key in ("", "k" * 81):
        with pytest.raises(ValueError, match="1 to 80"):
            world.submit(application, key)


def test_a_receipt_that_is_taken_is_not_given_again(world, monkeypatch):
    application = world.complete()
    first = world.submit(application)
    made = iter([first.receipt, first.receipt, "SM-NEW"])
    monkeypatch.setattr(submitting, "new_receipt", lambda _round: next(made))
    operations.save_answers(world.kari, application.id, {"team_work": "better"}, {"team_work": 1})
    assert world.submit(application, "k2").receipt == "SM-NEW"


def test_a_fault_in_the_middle_leaves_no_submission_and_no_mail(world, monkeypatch):
    application = world.complete()

    def broken(*_args, **_facts):
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr(submitting, "_send_receipts", broken)
    with pytest.raises(RuntimeError):
        world.submit(application)
    database.read().rollback()
    assert database.read().scalars(select(Submission).where(Submission.application_id == application.id)).all() == []
    assert mails_of("receipt", application) == []
    assert _details(application, "application.submitted") == []

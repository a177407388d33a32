"""What officers judge of a submission, part by part: kept, never rewritten, and scored."""

import pytest
from skolemerke import audit, database
from skolemerke.applications.models import Submission
from skolemerke.decisions import operations, reviewing
from skolemerke.decisions.feedback import released_feedback
from skolemerke.decisions.operations import DecisionRefusal
from skolemerke.decisions.queries import decisions_list, released_for
from skolemerke.decisions.reviewing import Judging
from skolemerke.people.actors import ANONYMOUS, SYSTEM, Actor
from skolemerke.people.rights import Refused
from skolemerke.scoring import operations as scoring
from skolemerke.scoring import queries as scores
from skolemerke.scoring import replaying
from skolemerke.scoring.models import Judgement, StoredSheet
from sqlalchemy import select
from support.applying import again
from support.installation import SECOND, install, running
from support.judged import ALL_FULFILLED, IN_IT, PARTS, ROUND, JudgedRound


@pytest.fixture
def world(tmp_path):
    with running(install(tmp_path, *SECOND), now=IN_IT):
        yield JudgedRound()


def _rows(submission_id):
    statement = select(Judgement).where(Judgement.submission_id == submission_id).order_by(Judgement.id)
    found = database.read().scalars(statement)
    return [(row.part, row.finding, row.feedback, row.note, row.account_id) for row in found]


def _review(submission_id):
    return reviewing.review_of(database.read().get_one(Submission, submission_id))


def _seen(submission_id, part):
    return _review(submission_id).by_id[part].judgement.id


def test_every_section_that_asks_something_is_to_be_judged(world):
    review = _review(world.sent)
    assert tuple(part.id for part in review.parts) == PARTS
    assert (review.open, review.to_confirm) == (6, ())


def test_a_changed_judgement_is_a_new_row_and_the_earlier_one_is_kept(world):
    reviewing.judge(world.officer, world.sent, {"esafety": Judging("not_fulfilled", "Show the policy.", "Ask Ola")})
    seen = _seen(world.sent, "esafety")
    reviewing.judge(world.officer, world.sent, {"esafety": Judging("fulfilled", " Well done. \n", seen=seen)})
    account = world.officer.account_id
    assert _rows(world.sent) == [
        ("esafety", "not_fulfilled", "Show the policy.", "Ask Ola", account),
        ("esafety", "fulfilled", "Well done.", "", account),
    ]


def test_what_is_said_as_it_stands_is_no_news(world):
    said = {"esafety": Judging("fulfilled", "Good."), "model_school": Judging("")}
    assert len(reviewing.judge(world.officer, world.sent, said)) == 1
    assert reviewing.judge(world.officer, world.sent, said) == []
    assert len(_rows(world.sent)) == 1


def test_each_save_is_one_line_of_the_audit_with_author_and_time(world):
    reviewing.judge(
        world.officer, world.sent, {"esafety": Judging("fulfilled", "Good.", "By phone"), "pupils": Judging("")}
    )
    (line,) = database.read().scalars(select(audit.AuditLine).where(audit.AuditLine.verb == "judgement.made"))
    assert (line.subject, line.actor, line.agency_id) == (
        f"submission:{world.sent}",
        f"account:{world.officer.account_id}",
        world.norway,
    )
    details = database.read().get_one(audit.AuditDetails, line.number).details
    (made,) = details["judgements"]
    assert {key: made[key] for key in ("part", "finding", "feedback", "note")} == {
        "part": "esafety",
        "finding": "fulfilled",
        "feedback": "Good.",
        "note": "By phone",
    }


def test_only_the_schools_own_agency_judges(world):
    administrator = Actor(account_id=world.kari, is_administrator=True)
    central = Actor(account_id=world.kari, is_central=True)
    for actor in (world.foreigner, world.teacher, administrator, central, ANONYMOUS):
        with pytest.raises(Refused):
            reviewing.judge(actor, world.sent, ALL_FULFILLED)
        with pytest.raises(Refused):
            reviewing.confirm(actor, world.sent)
    assert _rows(world.sent) == []
    with pytest.raises(LookupError):
        reviewing.judge(world.officer, 4711, ALL_FULFILLED)


@pytest.mark.parametrize(
    ("judged", "refusal"),
    [
        ({"esafety": Judging("perhaps")}, "Choose whether the part is fulfilled, not fulfilled, or not judged yet."),
        ({"esafety": Judging("fulfilled", "x" * 10_001)}, "Write at most 10,000 characters."),
        (
            {"esafety": Judging("fulfilled"), "nope": Judging("fulfilled")},
            "One of the parts is not judged in this round.",
        ),
    ],
)
def test_what_can_not_be_kept_is_refused_whole(world, judged, refusal):
    with pytest.raises(DecisionRefusal, match=refusal):
        reviewing.judge(world.officer, world.sent, judged)
    assert _rows(world.sent) == []


def test_a_colleagues_judgement_is_not_replaced_unread(world):
    reviewing.judge(world.officer, world.sent, {"esafety": Judging("not_fulfilled", "Where is it?")})
    with pytest.raises(DecisionRefusal, match="A colleague has judged one of these parts in the meantime"):
        reviewing.judge(
            world.officer, world.sent, {"esafety": Judging("fulfilled"), "model_school": Judging("fulfilled")}
        )
    assert [row[:2] for row in _rows(world.sent)] == [("esafety", "not_fulfilled")]


def test_the_sheet_reads_the_judgements_and_the_earlier_sheet_is_kept(world):
    reviewing.judge(world.officer, world.sent, ALL_FULFILLED)
    report = scoring.run(ROUND)
    assert (report.made, report.outcomes["recommended"], report.outcomes["none"]) == (1, 1, 1)
    seen = _seen(world.sent, "model_school")
    reviewing.judge(world.officer, world.sent, {"model_school": Judging("not_fulfilled", seen=seen)})
    assert scoring.run(ROUND).outcomes["not_recommended"] == 1
    assert scoring.run(ROUND).made == 0
    sheets = select(StoredSheet.outcome).where(StoredSheet.submission_id == world.sent).order_by(StoredSheet.id)
    assert database.read().scalars(sheets).all() == [None, "recommended", "not_recommended"]
    assert [sheet.outcome for sheet in scores.sheets_of(world.sent)] == ["not_recommended"]
    assert [sheet.outcome for sheet in scores.sheets_before_judging(world.sent)] == [None]
    (line,) = decisions_list(ROUND, world.officer)
    assert line.sheet.outcome == "not_recommended"


def test_every_sheet_is_worked_out_again_with_the_judgements_of_its_day(world):
    reviewing.judge(world.officer, world.sent, ALL_FULFILLED)
    scoring.score_submission(world.sent)
    reviewing.judge(world.officer, world.sent, {"model_school": Judging("", seen=_seen(world.sent, "model_school"))})
    scoring.score_submission(world.sent)
    found = replaying.replay(ROUND)
    assert (found.sheets, found.same) == (4, 4)


def test_twin_a_judgement_that_was_altered_behind_our_back_makes_a_difference(world):
    reviewing.judge(world.officer, world.sent, ALL_FULFILLED)
    scoring.score_submission(world.sent)
    with database.write() as session:
        session.scalars(select(Judgement).where(Judgement.part == "model_school")).one().finding = "not_fulfilled"
    assert replaying.replay(ROUND).different == 1


def test_the_worker_makes_the_sheet_that_a_judgement_asks_for(world):
    reviewing.judge(world.officer, world.sent, ALL_FULFILLED)
    assert scoring.missing_sheets() == 1
    assert scores.sheets_of(world.sent)[0].outcome == "recommended"


def test_a_later_submission_begins_with_the_earlier_judgements_beside_it(world):
    said = {part: Judging("fulfilled", f"Good {part}") for part in PARTS if part != "inclusive_innovation"}
    reviewing.judge(world.officer, world.sent, said)
    later = world.submit(number=2, model_plan="We accompany two schools.")
    review = _review(later)
    shown = {
        part.id: (part.earlier and part.earlier.finding, part.earlier_number, part.has_changed) for part in review.parts
    }
    assert shown == {
        **{part: ("fulfilled", 1, part == "model_school") for part in said},
        "inclusive_innovation": (None, 0, False),
    }
    assert review.open == 6
    confirmed = reviewing.confirm(world.officer, later)
    assert [one.part for one in confirmed] == ["esafety", "shared_leadership", "teamwork", "pupils"]
    assert [row[:3] for row in _rows(later)] == [
        (part, "fulfilled", f"Good {part}") for part in ("esafety", "shared_leadership", "teamwork", "pupils")
    ]
    assert all(one.confirms for one in confirmed)
    assert (reviewing.confirm(world.officer, later), _review(later).open) == ([], 2)


def test_only_the_latest_submission_is_judged_and_nothing_after_the_release(world):
    later = world.submit(number=2)
    with pytest.raises(DecisionRefusal, match="The school has sent a newer submission"):
        reviewing.judge(world.officer, world.sent, ALL_FULFILLED)
    operations.decide(world.officer, later, "agency", "granted", reasons="So")
    reviewing.judge(world.officer, later, ALL_FULFILLED)
    operations.publish(SYSTEM, ROUND)
    with pytest.raises(DecisionRefusal, match="The result has been released"):
        reviewing.judge(
            world.officer, later, {"model_school": Judging("not_fulfilled", seen=_seen(later, "model_school"))}
        )


def test_the_school_reads_findings_and_feedback_with_the_release_and_never_a_note(world):
    judged = {
        "esafety": Judging("fulfilled", "Clear.", "Rather thin"),
        "model_school": Judging("not_fulfilled", "Invite."),
        "pupils": Judging("", note="?"),
    }
    reviewing.judge(world.officer, world.sent, judged)
    decision = operations.decide(world.officer, world.sent, "agency", "refused", reasons="So")
    assert released_feedback(decision, "en") == ()
    operations.publish(SYSTEM, ROUND)
    found = released_feedback(released_for(again(world.application)), "nb")
    assert [(part.part, part.title, part.finding, part.feedback) for part in found] == [
        ("esafety", "Retningslinjer for nettvett", "fulfilled", "Clear."),
        ("model_school", "Forbilde for andre skoler", "not_fulfilled", "Invite."),
    ]

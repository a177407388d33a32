"""What an agency said of a school's parts, beside the questions of the school's next round."""

import re

import pytest
from skolemerke import clock, database
from skolemerke.decisions import operations, reviewing
from skolemerke.decisions.mails import result_letter
from skolemerke.decisions.reviewing import Judging
from skolemerke.outbox import Mail
from skolemerke.people import operations as people
from skolemerke.people.actors import SYSTEM
from skolemerke.rounds import operations as rounds
from skolemerke.scoring.judgements import judgements_of
from sqlalchemy import select
from support import applied
from support.applying import again
from support.installation import SECOND, install, running
from support.judged import IN_IT, ROUND, JudgedRound
from support.public_site import visitor

NEXT = "2024-2025"


@pytest.fixture
def world(tmp_path):
    with running(install(tmp_path, *SECOND), now=IN_IT) as app:
        made = JudgedRound()
        made.app = app
        judged = {
            "esafety": Judging("fulfilled", "Clear rules."),
            "pupils": Judging("not_fulfilled", "Ask them.", "Hm."),
        }
        reviewing.judge(made.officer, made.sent, judged)
        operations.decide(made.officer, made.sent, "agency", "refused", reasons="So", feedback="Come again.")
        yield made


def earlier_page(world):
    """The text of the page of the next round on which the school sees what it wrote last time."""
    clock.current().move_to(clock.now().replace(year=2024, month=2))
    rounds.open_round(NEXT)
    application = applied.applied(world.school, world.norway, by=world.kari, round_id=NEXT)
    return page(world, f"/applications/{again(application).public_id}/changes/earlier")


def page(world, path):
    """The text of a page as the teacher of the school reads it."""
    client = visitor(world.app)
    token = people.open_session(world.kari)
    with client.session_transaction() as session:
        session["token"] = token
    answer = client.get(f"{path}?language=en")
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def test_the_next_round_shows_each_parts_feedback_beside_its_questions(world):
    operations.publish(SYSTEM, ROUND)
    text = earlier_page(world)
    assert "Come again." in text
    assert re.search(
        r"eSafety policy What the agency said about this part fulfilled Clear rules\. Does the school", text
    )
    assert "What the agency said about this part not fulfilled Ask them." in text
    assert "Hm." not in text


def test_before_the_release_it_shows_none(world):
    text = earlier_page(world)
    assert "Clear rules." not in text
    assert "What the agency said" not in text


def test_my_applications_say_sent_until_the_release_and_then_the_result(world):
    before = page(world, "/applications")
    operations.publish(SYSTEM, ROUND)
    after = page(world, "/applications")
    assert (" submitted " in before, " not granted " in before) == (True, False)
    assert (" submitted " in after, " not granted " in after) == (False, True)
    assert "The result is out: read what the agency found." in after


def test_my_applications_say_sent_of_what_followed_a_refused_one(world):
    operations.publish(SYSTEM, ROUND)
    world.submit(number=2)
    text = page(world, "/applications")
    assert (" submitted " in text, " not granted " in text) == (True, False)


@pytest.mark.parametrize("judged", [True, False])
def test_the_mail_of_the_result_points_to_what_was_said_of_parts_where_something_was(world, judged):
    if not judged:
        nothing = {
            part: Judging("", seen=judgements_of(database.read(), world.sent)[part].id)
            for part in ("esafety", "pupils")
        }
        reviewing.judge(world.officer, world.sent, nothing)
    operations.publish(SYSTEM, ROUND)
    mail = database.read().scalars(select(Mail).where(Mail.kind == "decision")).one()
    assert (
        "What was found of each part of the application stands with the result." in result_letter(mail).text
    ) == judged

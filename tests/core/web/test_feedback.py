"""What an agency said of a school's parts, beside the questions of the school's next round."""

import re

import pytest
from skolemerke import clock
from skolemerke.decisions import operations, reviewing
from skolemerke.decisions.reviewing import Judging
from skolemerke.people import operations as people
from skolemerke.people.actors import SYSTEM
from skolemerke.rounds import operations as rounds
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
    client = visitor(world.app)
    token = people.open_session(world.kari)
    with client.session_transaction() as session:
        session["token"] = token
    answer = client.get(f"/applications/{again(application).public_id}/changes/earlier?language=en")
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

"""An answer that other answers hide stays in the draft, and is in nothing that is sent, signed, scored or exported."""

import pytest
from skolemerke import clock, database
from skolemerke.applications import operations, queries
from skolemerke.applications.models import Submission
from skolemerke.scoring import operations as scoring
from support.applicants import saved, scene
from support.installation import write_plugin

EXTRA = """
round: "2021-2022"
overlay: extra
language: en
reason: "To ask one thing more"
form:
  sections:
    - id: teaching
      questions:
        - {id: abroad, type: yes_no, label: "Did you travel?"}
        - id: where
          type: long_text
          label: Where?
          required: yes
          evidence: one
          when: {question: abroad, is: "yes"}
"""


@pytest.fixture
def here(tmp_path):
    write_plugin(tmp_path, "extra", overlay__yaml=EXTRA)
    with scene(tmp_path) as found:
        yield found


def sent(here, **answers):
    """What is submitted with these answers, after both questions had been answered and documented."""
    application, kari = here.begun(), here.actor(here.kari)
    here.fill(application, abroad="yes", where="To Berlin")
    operations.add_link(kari, application.id, "where", "https://www.example.org/berlin")
    versions = dict.fromkeys(answers, 1)
    operations.save_answers(kari, application.id, answers, versions)
    made = operations.submit(kari, application.id, key="k", arrived_at=clock.now(), language="en")
    database.read().rollback()
    return application, database.read().get_one(Submission, made.id)


def test_what_is_shown_is_sent_and_what_is_hidden_is_not(here):
    application, submission = sent(here, abroad="no")
    assert saved(application)["where"] == "To Berlin"
    assert "where" not in submission.raw.keys() | submission.clean.keys()
    assert [piece for piece in submission.evidence if piece["question_id"] == "where"] == []
    read = [answer.question_id for part in queries.read_content(submission, "en") for answer in part.answers]
    assert "abroad" in read
    assert "where" not in read
    assert scoring.score_submission(submission.id) is not None


def test_the_twin_what_the_same_answers_show_is_sent(here):
    _application, submission = sent(here, abroad="yes")
    assert (submission.raw["where"], submission.clean["where"]) == ("To Berlin", "To Berlin")
    assert [piece["link"] for piece in submission.evidence if piece["question_id"] == "where"] == [
        "https://www.example.org/berlin"
    ]


def test_a_hidden_question_that_is_required_keeps_nobody_from_submitting(here):
    application, kari = here.begun(), here.actor(here.kari)
    here.fill(application, abroad="yes")
    with pytest.raises(operations.NotReady):
        operations.submit(kari, application.id, key="k", arrived_at=clock.now(), language="en")
    operations.save_answers(kari, application.id, {"abroad": "no"}, {"abroad": 1})
    assert operations.submit(kari, application.id, key="k", arrived_at=clock.now(), language="en").number == 1

"""Answers of several places, of the registry and under conditions: drafted, submitted, read."""

from datetime import date

import pytest
from skolemerke import clock, database
from skolemerke.applications import operations, queries
from skolemerke.applications.models import Application
from skolemerke.registry.models import Activity, Membership, Project, QualityLabel, Teacher
from sqlalchemy import select
from support.applying import again, begin
from support.installation import SHIPPED, install, running, write_plugin

OVERLAY = """
    overlay: more-questions
    round: "2021-2022"
    reason: Norway asks more.
    form:
      sections:
        - id: teaching
          questions:
            - {id: policy, type: yes_no, label: "Is there a policy?", required: yes}
            - id: policy_text
              type: long_text
              label: "What does it say?"
              when: {question: policy, is: yes}
              required: yes
            - {id: who, type: registry_list, source: teachers, label: "Who takes part?"}
            - id: plans
              type: group
              label: "What is planned?"
              columns:
                - {id: plan_what, type: short_text, label: What, required: yes}
                - {id: plan_when, type: date, label: When}
            - {id: school_name, type: short_text, label: The school, prefill: school.name, read_only: yes}
"""


@pytest.fixture
def world(tmp_path):
    home = install(tmp_path, *SHIPPED)
    write_plugin(home, "more-questions", overlay__yaml=OVERLAY)
    with running(home) as app:
        yield begin(app)


def _complete(world, **answers):
    application = world.complete()
    operations.save_answers(world.kari, application.id, {"policy": "no", **answers}, {})
    return again(application.id)


def _read(submission):
    return {
        answer.question_id: answer.words
        for section in queries.read_content(submission, "en")
        for answer in section.answers
        if section.id == "teaching"
    }


def _teacher(world, name):
    session = database.read()
    return session.scalars(select(Teacher).where(Teacher.school_id == world.school, Teacher.name == name)).one()


def test_a_hidden_answer_stays_in_the_draft_and_is_left_out_of_what_is_submitted(world):
    application = _complete(world, policy_text="We wrote this first.")
    assert queries.status(application).can_submit is True
    submission = world.submit(application)
    assert "policy_text" not in submission.raw
    assert "policy_text" not in submission.clean
    assert "policy_text" not in _read(submission)
    assert again(application.id).answers["policy_text"]["raw"] == "We wrote this first."


def test_a_question_that_comes_to_be_shown_has_to_be_answered(world):
    application = _complete(world, policy="yes")
    missing = [(one.question, one.problem.code) for one in queries.status(application).missing]
    assert missing == [("policy_text", "unanswered")]


def test_what_the_registry_knows_is_frozen_with_the_submission(world):
    with database.write() as session:
        session.add(
            Teacher(person_id=_person(session, "t-x"), school_id=world.school, name="Anne Å", email="a@b.example")
        )
    rows = {row.label: row.id for row in _known(world, "teachers")}
    assert list(rows) == ["Anne Å"]
    application = _complete(
        world, **{"who": [rows["Anne Å"], "forged"], f"who.{rows['Anne Å']}.remark": "Now Berg", "who.n1.name": "Per"}
    )
    submission = world.submit(application)
    assert _read(submission)["who"] == "Anne Å – Now Berg\nPer (not confirmed by the registry)"
    assert _read(submission)["school_name"] == application.school.name
    with database.write() as session:
        session.get_one(Teacher, _teacher(world, "Anne Å").id).until = 0
    database.read().rollback()
    assert _read(again_submission(submission))["who"] == "Anne Å – Now Berg\nPer (not confirmed by the registry)"
    assert _known(world, "teachers") == ()


def test_a_row_in_which_somebody_writes_is_listed_though_a_colleague_removed_it(world):
    application = world.start()
    operations.save_answers(world.kari, application.id, {"plans.r1.plan_what": "A week about water"}, {})
    assert again(application.id).answers["plans"]["raw"] == ["r1"]
    removed = {"plans": {"raw": [], "version": 2, "by": None, "at": clock.now().isoformat()}}
    with database.write() as session:
        row = session.get_one(Application, application.id)
        row.answers = {**row.answers, **removed}
    operations.save_answers(world.ola, application.id, {"plans.r1.plan_when": "1.3.2021"}, {})
    assert again(application.id).answers["plans"]["raw"] == ["r1"]
    assert again(application.id).answers["plans"]["version"] == 3


@pytest.mark.parametrize(
    "address", ["plans", "plans.r1.nothing", "school_name", "who.1.others", "policy.x", "plans.r 1.plan_what"]
)
def test_what_has_no_place_or_is_decided_by_the_server_is_not_taken(world, address):
    application = world.start()
    with pytest.raises(operations.Unsaved) as refused:
        operations.save_answers(world.kari, application.id, {address: "forged"}, {})
    assert [one.question_id for one in refused.value.not_taken] == [address]
    assert again(application.id).answers == {}


def test_each_list_of_the_registry_holds_what_was_known_by_that_day(world):
    with database.write() as session:
        person = _person(session, "t-x")
        session.add(
            Teacher(person_id=person, school_id=world.school, name="Anne Å", email="a@b.example", role="Librarian")
        )
        project = Project(project_id="p1", title="Letters from the river", european=True, started_on=date(2019, 9, 1))
        session.add(project)
        session.flush()
        session.add(Membership(project_id=project.id, person_id=person, school_id=world.school))
        facts = {"person_id": person, "school_id": world.school}
        session.add(Activity(activity_id="e1", kind="event", happened_on=date(2020, 5, 4), **facts))
        session.add(Activity(activity_id="e2", kind="event", happened_on=date(2021, 5, 4), **facts))
        session.add(Activity(activity_id="e3", kind="project", happened_on=date(2020, 5, 4), **facts))
        session.add(
            QualityLabel(label_id="q1", project_id=project.id, kind="national", granted_on=date(2020, 10, 1), **facts)
        )
    said = {
        source: [(row.label, row.kind, row.day, row.details) for row in _known(world, source)]
        for source in ("teachers", "projects", "events", "quality_labels")
    }
    assert said == {
        "teachers": [("Anne Å", "Librarian", "", "")],
        "projects": [("Letters from the river", "", "", "2019")],
        "events": [("Anne Å", "event", "2020-05-04", "")],
        "quality_labels": [("Letters from the river", "national", "2020-10-01", "")],
    }


def _person(session, text_id):
    from skolemerke.registry.models import Person

    made = Person(teacher_id=text_id)
    session.add(made)
    session.flush()
    return made.id


def _known(world, source):
    from skolemerke.applications.known import known_of
    from skolemerke.registry.models import School
    from support.a_form import form_of, question

    session = database.read()
    session.rollback()
    form = form_of(question("a", "registry_list", source=source))
    return known_of(session, session.get_one(School, world.school), form).lists[source]


def again_submission(submission):
    from skolemerke.applications.models import Submission

    return database.read().get_one(Submission, submission.id)

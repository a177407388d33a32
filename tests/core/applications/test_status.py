"""The task list: what is done, what is missing, what is due, and why something need not be done."""

from datetime import timedelta
from decimal import Decimal

import pytest
from skolemerke.applications import operations, queries
from support.applying import CLOSES, LINK, again, begin
from support.installation import SHIPPED, WAIVER, install, running


def _section(found, section_id):
    return next(section for section in found.sections if section.id == section_id)


def test_an_empty_draft_says_everything_that_is_missing(world):
    found = queries.status(world.start())
    esafety = found.sections[0]
    assert (esafety.id, esafety.state, esafety.done, esafety.total) == ("esafety", "not_started", 0, 7)
    assert [lack.question for lack in esafety.lacks][:3] == ["internet_rules", "privacy_skills", "online_incidents"]
    assert found.missing[-1].kind == "consent"
    assert (found.can_submit, found.is_open, found.submission, found.changed_since) == (False, True, None, False)
    assert (found.deadline, found.signatures_due) == (CLOSES, CLOSES + timedelta(days=14))
    assert found.declaration.state == "none"


def test_a_section_counts_answers_and_says_who_saved_last(world):
    application = world.start()
    operations.save_answers(world.kari, application.id, {"internet_rules": "whole", "safety_latest": "not a day"}, {})
    saved = operations.save_answers(world.ola, application.id, {"privacy_skills": "most"}, {})
    section = _section(queries.status(again(application.id)), "esafety")
    assert (section.state, section.done, section.total) == ("started", 3, 7)
    assert (section.last_saved_at, section.last_saved_by) == (saved.at, world.ola.account_id)
    assert [(lack.question, lack.problem.code) for lack in section.lacks if lack.question == "safety_latest"] == [
        ("safety_latest", "not_a_date")
    ]


def test_a_complete_application_can_be_submitted_without_a_signature(world):
    found = queries.status(world.complete())
    assert (found.missing, found.can_submit, found.declaration.state) == ((), True, "none")
    assert {section.state for section in found.sections} == {"done"}
    assert [requirement.documented for requirement in found.requirements] == [True] * 6


def test_a_change_after_submitting_is_noticed_and_going_back_too(world):
    application = world.complete()
    submission = world.submit(application)
    original = submission.raw["team_work"]
    for version, (text, changed) in enumerate([("other", True), (original, False)], start=1):
        operations.save_answers(world.kari, application.id, {"team_work": text}, {"team_work": version})
        found = queries.status(again(application.id))
        assert (found.submission.id, found.changed_since) == (submission.id, changed)


@pytest.mark.parametrize("language", ["en", "nb", "nn"])
def test_a_waived_requirement_says_which_overlay_and_why_in_the_reader_s_language(tmp_path, language):
    with running(install(tmp_path, *SHIPPED, WAIVER)) as app:
        application = begin(app).start()
        found = {requirement.id: requirement for requirement in queries.status(application, language).requirements}
    promotion = found["promotion"]
    opening = {"en": "Because of the pandemic", "nb": "På grunn av", "nn": "På grunn av"}[language]
    assert (promotion.letter, promotion.state, promotion.points, promotion.documented) == (
        "F",
        "fixed",
        Decimal(1),
        False,
    )
    assert promotion.adjusted_by == WAIVER
    assert promotion.reason.startswith(opening)
    assert (found["teacher_team"].state, found["teacher_team"].adjusted_by) == ("compulsory", None)


def test_the_hash_of_the_content_does_not_depend_on_order_or_language(world):
    first, second = world.start(), operations.start(world.foreign, "2021-2022", world.other_school)
    operations.save_answers(world.kari, first.id, {"team_size": "4"}, {})
    operations.save_answers(world.kari, first.id, {"team_work": "text"}, {})
    before = queries.content_hash(again(first.id))
    operations.save_answers(world.kari, first.id, {"team_work": "", "team_size": ""}, {"team_work": 1, "team_size": 1})
    assert queries.content_hash(again(first.id)) != before
    operations.save_answers(world.kari, first.id, {"team_work": "text"}, {"team_work": 2})
    operations.save_answers(world.kari, first.id, {"team_size": "4"}, {"team_size": 2})
    assert queries.content_hash(again(first.id)) == before
    assert queries.content_hash(second) != queries.content_hash(first)


def test_answers_are_read_in_words(world):
    application = world.complete()
    submission = world.submit(application)
    operations.add_link(world.kari, application.id, "safety_activities", LINK + "/new")
    for sections in (
        queries.read_printed(queries.printed_draft(again(application.id)), "nb"),
        queries.read_content(submission, "nb"),
    ):
        answers = {answer.question_id: answer for section in sections for answer in section.answers}
        assert answers["internet_rules"].words.startswith("Hele skolen")
        assert answers["safety_latest"].words == "14. oktober 2020"
        assert len(answers["safety_participants"].lines) == 2
        assert "before_you_upload" not in answers
    links = [
        len({a.question_id: a for s in read for a in s.answers}["safety_activities"].evidence)
        for read in (
            queries.read_content(submission, "nb"),
            queries.read_printed(queries.printed_draft(again(application.id)), "nb"),
        )
    ]
    assert links == [1, 2]

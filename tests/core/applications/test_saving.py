"""Nothing that was typed is lost: not to a colleague, not to a mistake, not to a race."""

import time
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skolemerke import clock, database
from skolemerke.applications import drafts, operations, queries
from skolemerke.applications.models import AnswerChange
from skolemerke.applications.saving import tidied
from skolemerke.people.rights import Refused
from skolemerke.rounds import operations as rounds
from sqlalchemy import select
from support.applied import ROUND
from support.applying import CLOSES, again, known, newcomers, together

Q, OTHER, THIRD = "team_work", "team_members", "public_page"


def _save(actor, application, answers, versions=None):
    return operations.save_answers(actor, application.id, answers, versions or {})


def _raw(application):
    return {name: kept["raw"] for name, kept in again(application.id).answers.items()}


def _history(application):
    statement = select(AnswerChange.question_id, AnswerChange.version, AnswerChange.raw).where(
        AnswerChange.application_id == application.id
    )
    return [tuple(row) for row in database.read().execute(statement.order_by(AnswerChange.id))]


def test_a_save_keeps_what_was_typed_with_its_version_author_and_time(world):
    application = world.start()
    saved = _save(world.kari, application, {Q: " one\r\ntwo ", "team_size": "not a number"})
    assert saved.versions == {Q: 1, "team_size": 1}
    answer = queries.answers_of(again(application.id))[Q]
    assert (answer.raw, answer.version, answer.by, answer.at) == (" one\ntwo ", 1, world.kari.account_id, saved.at)
    assert again(application.id).saved_at == saved.at


def test_the_same_text_again_makes_no_new_version(world):
    application = world.start()
    _save(world.kari, application, {Q: "text"})
    saved = _save(world.ola, application, {Q: "text", OTHER: ""}, {Q: 0})
    assert (saved.versions, saved.changed) == ({Q: 1, OTHER: 0}, ())
    assert _history(application) == [(Q, 1, "text")]


def test_a_stale_answer_conflicts_with_both_texts_and_the_others_are_saved(world):
    application = world.start()
    _save(world.kari, application, {Q: "hers", OTHER: "a"})
    with pytest.raises(operations.Conflict) as conflict:
        _save(world.ola, application, {Q: "his", OTHER: "b"}, {Q: 0, OTHER: 1})
    clash = conflict.value.clashes[0]
    assert (clash.question_id, clash.theirs, clash.yours) == (Q, "hers", "his")
    assert (clash.theirs_by, clash.theirs_version) == ("Kari", 1)
    assert conflict.value.saved.versions == {OTHER: 2}
    assert _raw(application) == {Q: "hers", OTHER: "b"}


def test_the_version_of_the_conflict_lets_the_second_text_be_saved(world):
    application = world.start()
    _save(world.kari, application, {Q: "hers"})
    saved = _save(world.ola, application, {Q: "both"}, {Q: 1})
    assert saved.versions == {Q: 2}
    assert _history(application) == [(Q, 1, "hers"), (Q, 2, "both")]


def test_without_the_check_of_versions_the_first_text_would_be_gone(world):
    # The twin of the test above: one document for all answers, written as it was read.
    application = world.start()
    read_by_kari, read_by_ola = dict(application.answers), dict(application.answers)
    for answers, text in ((read_by_kari, "hers"), (read_by_ola, "his")):
        answers[Q] = {"raw": text, "version": 1, "by": None, "at": clock.now().isoformat()}
        with database.write() as session:
            session.merge(again(application.id)).answers = answers
    assert _raw(application) == {Q: "his"}
    assert _history(application) == []


def test_an_answer_that_is_too_long_is_named_and_the_others_are_saved(world):
    application = world.start()
    with pytest.raises(operations.Unsaved) as refusal:
        _save(world.kari, application, {Q: "x" * 20_001, OTHER: "kept"})
    assert [(n.question_id, n.reason) for n in refusal.value.not_taken] == [(Q, "too_long")]
    assert refusal.value.not_taken[0].in_words() == (
        "An answer may have at most 20000 characters; this one has 20001. It was not saved."
    )
    assert _raw(application) == {OTHER: "kept"}


def test_a_question_that_the_form_does_not_have_is_refused_by_name(world):
    application = world.start()
    with pytest.raises(operations.Unsaved) as refusal:
        _save(world.kari, application, {"is_admin": "yes", "before_you_upload": "x", OTHER: "kept"})
    assert [(n.question_id, n.reason) for n in refusal.value.not_taken] == [
        ("is_admin", "unknown"),
        ("before_you_upload", "read_only"),
    ]
    assert _raw(application) == {OTHER: "kept"}


def test_characters_that_no_database_takes_are_left_out(world):
    application = world.start()
    _save(world.kari, application, {Q: "a\x00b\ud800c\x1bd\te", "visibility_where": ["web\x00site", "brochure"]})
    assert _raw(application) == {Q: "abcd\te", "visibility_where": ["website", "brochure"]}
    assert tidied(None) == ""


def test_a_draft_is_closed_to_the_second(own_world):
    application = own_world.start()
    clock.current().move_to(CLOSES - timedelta(seconds=30))
    _save(own_world.kari, application, {Q: "in time"})
    clock.current().move_to(CLOSES + timedelta(seconds=1))
    with pytest.raises(operations.Closed) as closed:
        _save(own_world.kari, application, {Q: "late"}, {Q: 1})
    assert "8 February 2021, 23:59 (CET)" in str(closed.value)
    assert _raw(application) == {Q: "in time"}


def test_a_draft_is_closed_when_the_round_is_closed_early(own_world):
    application = own_world.start()
    rounds.close_round(ROUND)
    with pytest.raises(operations.Closed):
        _save(own_world.kari, application, {Q: "late"})


def test_a_foreign_teacher_and_an_officer_can_not_save(world):
    application = world.start()
    for actor in (world.foreign, world.officer):
        with pytest.raises(Refused):
            _save(actor, application, {Q: "text"})
    with pytest.raises(Refused):
        operations.save_answers(world.kari, 999_999, {Q: "text"}, {})


def test_twenty_at_once_to_one_answer_leave_one_text_and_nineteen_conflicts(world):
    application = known(world.start())
    results = together(20, lambda at: _save(world.kari, application, {Q: f"text {at}"}))
    conflicts = [r for r in results if isinstance(r, operations.Conflict)]
    assert len(conflicts) == 19
    assert sum(isinstance(r, operations.Saved) for r in results) == 1
    assert len(_history(application)) == 1


def test_twenty_at_once_to_different_answers_are_all_kept(world):
    application = world.start()
    form = queries.form_of(application, "en")
    names = [q.id for q in form.questions() if q.asks][:20]
    application = known(application)
    results = together(20, lambda at: _save(world.kari, application, {names[at]: f"text {at}"}))
    assert [type(r) for r in results] == [operations.Saved] * 20
    assert _raw(application) == {name: f"text {at}" for at, name in enumerate(names)}


def _four_slow_saves(world, monkeypatch):
    """Four answers saved at once, by saves that take their time between reading the draft and writing it."""
    read = drafts.facts_in

    def slowly(session, application_id):
        found = read(session, application_id)
        time.sleep(0.1)
        return found

    monkeypatch.setattr(drafts, "facts_in", slowly)
    application = known(world.start())
    names = (Q, OTHER, THIRD, "team_size")
    together(4, lambda at: _save(world.kari, application, {names[at]: "3"}))
    return application, dict.fromkeys(names, "3")


def test_a_save_waits_until_the_one_before_it_is_whole(world, monkeypatch):
    application, sent = _four_slow_saves(world, monkeypatch)
    assert _raw(application) == sent


def test_without_the_lock_one_save_would_undo_another(world, monkeypatch):
    if database.current().engine.dialect.name == "sqlite":
        pytest.skip("there the database has one writer at a time")
    monkeypatch.setattr(database, "hold", lambda *_what, **_of: None)
    application, sent = _four_slow_saves(world, monkeypatch)
    assert _raw(application) != sent


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["read", "save", "save_stale"]),
        st.sampled_from(["kari", "ola"]),
        st.dictionaries(st.sampled_from([Q, OTHER, THIRD]), st.text("abc\x00\r\n ", max_size=6), min_size=1),
    ),
    max_size=14,
)


@settings(max_examples=60, deadline=None)
@given(steps=STEPS)
def test_no_text_vanishes_from_the_answers_and_their_history_however_saves_interleave(under_way, steps):
    world = newcomers(*under_way)
    application = world.start()
    people = {"kari": world.kari, "ola": world.ola}
    seen = {name: {} for name in people}
    for kind, who, answers in steps:
        if kind == "read":
            seen[who] = {name: kept["version"] for name, kept in again(application.id).answers.items()}
            continue
        before = _raw(application)
        versions = seen[who] if kind == "save_stale" else _versions(application)
        shown = {(name, version): raw for name, version, raw in _history(application)}
        try:
            _save(people[who], application, answers, versions)
            refused = {}
        except operations.Conflict as conflict:
            refused = {clash.question_id: clash for clash in conflict.clashes}
        after = _raw(application)
        for name, text in answers.items():
            if name in refused:
                assert (refused[name].theirs, refused[name].yours) == (before[name], tidied(text))
                assert after[name] == before[name]
            elif tidied(text) == shown.get((name, versions.get(name, 0)), ""):
                # Sent as it had been read: whoever wrote meanwhile has the last word.
                assert after.get(name, "") == before.get(name, "")
            else:
                assert after[name] == tidied(text)
        kept = {(name, raw) for name, _, raw in _history(application)}
        assert {(name, raw) for name, raw in {**before, **after}.items()} <= kept
        assert set(before.items()) <= kept
    for name, answer in again(application.id).answers.items():
        versions = [version for question, version, _ in _history(application) if question == name]
        assert versions == list(range(1, answer["version"] + 1))


def _versions(application):
    return {name: kept["version"] for name, kept in again(application.id).answers.items()}

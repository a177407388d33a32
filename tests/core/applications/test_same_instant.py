"""Two teachers who save the same answer at the same instant, on both databases."""

from skolemerke import database
from skolemerke.applications import operations
from skolemerke.applications.models import AnswerChange
from sqlalchemy import select
from support.applying import again, known, together

Q = "team_work"


def of_two(world, application, number):
    """Two teachers save one answer at once; what became of it: how many were acknowledged, and how many texts stand in
    the answer and its history."""
    people = (world.kari, world.ola)
    results = together(
        2, lambda at: operations.save_answers(people[at], application.id, {Q: f"{number} of {at}"}, {Q: number})
    )
    acknowledged = {f"{number} of {at}" for at, one in enumerate(results) if isinstance(one, operations.Saved)}
    history = database.read().scalars(
        select(AnswerChange.raw).where(AnswerChange.application_id == application.id, AnswerChange.question_id == Q)
    )
    return acknowledged, again(application.id).answers[Q], set(history), results


def test_of_two_teachers_at_once_one_is_acknowledged_and_the_other_reads_both_texts(world):
    application = known(world.start())
    operations.save_answers(world.kari, application.id, {Q: "first"}, {})
    for number in range(1, 13):
        acknowledged, answer, history, results = of_two(world, application, number)
        assert [type(one) for one in results].count(operations.Conflict) == 1
        assert acknowledged == {answer["raw"]}
        assert answer["version"] == number + 1
        assert acknowledged <= history


def test_the_twin_without_the_lock_two_are_acknowledged_and_one_text_does_not_stand_or_nobody_can_save(
    world, monkeypatch
):
    """On PostgreSQL the row is read without its lock; on SQLite a transaction begins without that of the writer."""
    application = known(world.start())
    operations.save_answers(world.kari, application.id, {Q: "first"}, {})
    monkeypatch.setattr(database, "hold", lambda *_what, **_of: None)
    engine = database.current()
    monkeypatch.setattr(
        engine,
        "_writes",
        engine._reads.session_factory.__class__(engine.engine, class_=database.WriteSession, expire_on_commit=False),
    )
    wrong = 0
    for _ in range(20):
        number = again(application.id).answers[Q]["version"]
        acknowledged, _answer, _history, results = of_two(world, application, number)
        failed = [one for one in results if isinstance(one, Exception) and not isinstance(one, operations.Conflict)]
        wrong += len(acknowledged) == 2 or bool(failed)
        if wrong:
            break
    assert wrong > 0

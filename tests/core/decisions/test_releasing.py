"""Results that are released one by one, while the round is open: what a school may do then, and what counts."""

from dataclasses import asdict

import pytest
from skolemerke import audit, database, outbox
from skolemerke.applications import operations as applications
from skolemerke.clock import now
from skolemerke.decisions import operations, overview, queries, statistics
from skolemerke.decisions.models import Decision
from skolemerke.decisions.operations import DecisionRefusal, Published
from skolemerke.outbox import Mail
from skolemerke.people.actors import ANONYMOUS, SYSTEM, Actor
from skolemerke.people.rights import Refused
from skolemerke.registry.models import SchoolLabel
from skolemerke.rounds import operations as rounds
from skolemerke.scoring.queries import sheets_of
from sqlalchemy import func, select
from support.applied import central, declared, submitted
from support.applying import again
from support.installation import SECOND, SHIPPED, install, running
from support.judged import IN_IT, ROUND, JudgedRound


@pytest.fixture
def world(tmp_path):
    with running(install(tmp_path, *SECOND), now=IN_IT):
        yield JudgedRound(is_open=True)


@pytest.fixture
def on_each(tmp_path, database_url):
    with running(install(tmp_path, *SECOND), database_url, now=IN_IT):
        yield JudgedRound(is_open=True)


def refuse(world, submission=None, feedback="Ask the pupils."):
    return operations.decide(
        world.officer, submission or world.sent, "agency", "refused", reasons="Too little", feedback=feedback
    )


def grant(world, submission=None):
    return operations.decide(world.officer, submission or world.sent, "agency", "granted", reasons="Good")


def refusal(call, *arguments, **facts):
    with pytest.raises(DecisionRefusal) as refused:
        call(*arguments, **facts)
    return str(refused.value)


def count(model):
    return database.read().scalar(select(func.count()).select_from(model))


def state(world):
    (entry,) = overview.applications_of(ROUND, world.officer)
    return entry.state


def test_a_granted_result_is_released_while_the_round_is_open_and_ends_the_application(on_each):
    with pytest.raises(applications.NotReady):
        applications.submit(on_each.teacher, on_each.application, key="k", arrived_at=now(), language="en")
    grant(on_each)
    assert (state(on_each), count(SchoolLabel)) == ("submitted", 0)
    released = operations.release(on_each.officer, on_each.sent)
    assert (released.outcome, released.released_at) == ("granted", again(on_each.application).settled_at)
    label = database.read().scalars(select(SchoolLabel)).one()
    assert (label.round_id, label.school_name, label.valid_from, label.valid_to) == (ROUND, "Berg", 2023, 2024)
    assert state(on_each) == "granted"
    words = "The school receives the label, so the application is settled and takes no more changes."
    for send in (
        lambda: applications.submit(on_each.teacher, on_each.application, key="k", arrived_at=now(), language="en"),
        lambda: applications.set_consent(on_each.teacher, on_each.application, "no"),
    ):
        with pytest.raises(applications.Closed) as closed:
            send()
        assert str(closed.value) == words
    assert list(audit.breaks(database.read())) == []


def test_a_refused_school_improves_its_application_and_receives_the_label(on_each):
    first, sheets = refuse(on_each), len(sheets_of(on_each.sent))
    operations.release(on_each.officer, on_each.sent)
    applications.set_consent(on_each.teacher, on_each.application, "no")
    newer = on_each.submit(number=2)
    assert state(on_each) == "submitted"
    assert queries.released_for(again(on_each.application)).submission_id == on_each.sent
    assert queries.history_of(newer) == []
    grant(on_each, newer)
    operations.release(on_each.officer, newer)
    assert (state(on_each), count(SchoolLabel)) == ("granted", 1)
    assert queries.released_for(again(on_each.application)).submission_id == newer
    (kept,) = queries.history_of(on_each.sent)
    assert (kept.id, kept.outcome, kept.feedback, len(sheets_of(on_each.sent))) == (
        first.id,
        "refused",
        "Ask the pupils.",
        sheets,
    )
    assert [decision.id for decision in queries.history_before(kept.submission)] == []
    latest = queries.history_of(newer)[0].submission
    assert [decision.id for decision in queries.history_before(latest)] == [first.id]


def test_a_school_that_sends_nothing_more_stays_refused_and_is_counted_once(world):
    refuse(world)
    operations.release(world.officer, world.sent)
    world.close()
    assert operations.publish(SYSTEM, ROUND) == Published(ROUND, 0, 0, 0, 0, 0, 1)
    assert (state(world), count(SchoolLabel)) == ("refused", 0)


def test_a_school_refused_twice_is_one_refused_school_everywhere(world):
    refuse(world)
    operations.release(world.officer, world.sent)
    newer = world.submit(number=2)
    refuse(world, newer)
    world.close()
    assert operations.publish(SYSTEM, ROUND) == Published(ROUND, 1, 0, 1, 0, 1, 1)
    (line,) = queries.decisions_list(ROUND, world.officer)
    assert (line.submission.id, line.result, state(world)) == (newer, "refused", "refused")
    (row,) = [asdict(row) for row in statistics.by_country(ROUND, world.officer)]
    assert {step: row[step] for step in ("started", "submitted", "awarded")} == {
        "started": 1,
        "submitted": 1,
        "awarded": 0,
    }


def test_a_decision_meets_the_submission_that_came_while_it_was_written(world):
    world.submit(number=2)
    assert refusal(refuse, world).startswith("The school has sent a newer submission")
    assert count(Decision) == 0


def test_a_decision_on_what_the_school_has_sent_anew_is_not_released(world):
    refuse(world)
    world.submit(number=2)
    assert refusal(operations.release, world.officer, world.sent).startswith("The school has sent a newer submission")
    assert count(Mail) == 0


def test_a_double_release_gives_one_mail_one_label_and_one_line(on_each):
    grant(on_each)
    first = operations.release(on_each.officer, on_each.sent)
    second = operations.release(on_each.officer, on_each.sent)
    assert (first.id, second.id) == (second.id, first.id)
    lines = select(func.count()).where(audit.AuditLine.verb == "result.released")
    assert (count(Mail), count(SchoolLabel), database.read().scalar(lines)) == (1, 1, 1)
    on_each.close()
    assert operations.publish(SYSTEM, ROUND) == Published(ROUND, 0, 0, 0, 0, 0, 1)


def test_what_is_not_decided_or_was_released_stays_as_it_is(world):
    assert refusal(operations.release, world.officer, world.sent) == "Nothing was decided yet."
    refuse(world)
    operations.release(world.officer, world.sent)
    assert refusal(grant, world) == "The result has been released and can't be changed here any more."


def test_the_label_needs_the_declaration_also_while_the_round_is_open(world):
    undeclared = submitted(world.application, {}, number=2)
    assert refusal(grant, world, undeclared).startswith("The declaration for this submission is missing")
    declared(undeclared)
    assert grant(world, undeclared).outcome == "granted"


def test_who_may_not_decide_there_releases_nothing(world):
    refuse(world)
    for actor in (world.foreigner, world.teacher, ANONYMOUS):
        with pytest.raises(Refused):
            operations.release(actor, world.sent)
    administrator = Actor(account_id=world.officer_account, is_administrator=True)
    assert operations.release(administrator, world.sent).outcome == "refused"
    with pytest.raises(LookupError):
        operations.release(world.officer, 999)


def test_the_mail_says_the_deadline_while_the_round_is_open_and_not_after(world):
    refuse(world)
    operations.release(world.officer, world.sent)
    (mail,) = database.read().scalars(select(Mail))
    text = outbox.of().renderers["decision"](mail).text
    assert "until 12 December 2022, 23:59 (CET) you can improve the application and submit it again." in text
    assert "Ask the pupils." in text
    newer = world.submit(number=2)
    world.close()
    refuse(world, newer)
    operations.release(world.officer, newer)
    later = database.read().scalars(select(Mail).order_by(Mail.id.desc())).first()
    assert "The work is not lost" in outbox.of().renderers["decision"](later).text


def _stated(home, text):
    path = home / "plugins" / "etwinning-2023-2024" / "round.yaml"
    shipped = "decision: [agency]\nrelease: one_by_one\n"
    assert shipped in path.read_text(encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8").replace(shipped, text), encoding="utf-8")
    return home


def test_a_round_that_releases_together_decides_and_releases_nothing_by_itself(tmp_path):
    with running(_stated(install(tmp_path, *SECOND), "decision: [agency]\n"), now=IN_IT):
        world = JudgedRound(is_open=True)
        assert refusal(refuse, world) == "The round is still open: decide when it has closed."
        world.close()
        refuse(world)
        assert refusal(operations.release, world.officer, world.sent) == (
            "The results of this round are released together, after it has closed."
        )


def test_with_two_levels_the_central_service_awards_before_a_label_is_released(tmp_path):
    home = _stated(install(tmp_path, *SECOND), "decision: [agency, central]\nrelease: one_by_one\n")
    with running(home, now=IN_IT):
        world = JudgedRound(is_open=True)
        grant(world)
        assert refusal(operations.release, world.officer, world.sent) == (
            "The central service has not awarded the label yet."
        )
        service = central(world.kari)
        operations.decide(service, world.sent, "central", "refused", reasons="No")
        with pytest.raises(Refused):
            operations.release(world.officer, world.sent)
        operations.release(service, world.sent)
        newer = world.submit(number=2)
        refuse(world, newer, feedback="Not yet.")
        operations.release(world.officer, newer)
        # The central word on the first submission says nothing of the second.
        told = queries.released_for(again(world.application))
        assert (told.submission_id, told.level, told.feedback, count(SchoolLabel)) == (newer, "agency", "Not yet.", 0)


def test_rounds_of_the_first_kind_release_together_and_the_second_hand_theirs_on(tmp_path):
    with running(install(tmp_path, *SHIPPED, *SECOND)):
        found = {name: queries.releases_one_by_one(name) for name in ("2021-2022", "2023-2024", "2024-2025", "1999")}
    assert found == {"2021-2022": False, "2023-2024": True, "2024-2025": True, "1999": False}


def test_the_label_ends_the_application_also_when_the_deadline_is_moved_after_the_release(world):
    world.close()
    grant(world)
    operations.publish(SYSTEM, ROUND)
    rounds.move_dates(
        ROUND,
        world.norway,
        {"closes": "2023-01-10T12:00:00+01:00", "signatures_due": "2023-01-11T12:00:00+01:00"},
        "A strike",
    )
    with pytest.raises(applications.Closed):
        applications.set_consent(world.teacher, world.application, "no")

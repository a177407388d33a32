"""The figures of a round and the list of its applications, for everybody as far as they may see."""

import pytest
from skolemerke import clock, database
from skolemerke.decisions import operations, overview, queries, statistics
from skolemerke.eligibility.models import Run, SchoolVerdict
from skolemerke.invitations.models import InvitedSchool
from skolemerke.people.actors import ANONYMOUS, SYSTEM
from skolemerke.rounds import operations as rounds
from skolemerke.rounds.queries import UnknownRound
from sqlalchemy import inspect
from support.applied import AFTER_CLOSING, ROUND, account, agency, applied, declared, officer, school, submitted
from support.installation import SHIPPED, install, running

NOT_MET, MET, UNCLEAR = 0, 1, 2


@pytest.fixture
def office(tmp_path, database_url):
    with running(install(tmp_path, *SHIPPED), database_url):
        yield _filled()


def _filled():
    """Four Norwegian schools and two Finnish ones at different steps; gives the Norwegian officer."""
    norway, finland = agency("NO", "NO"), agency("FI", "FI")
    rounds.open_round(ROUND)
    schools = [school(f"N{n}", "NO", norway) for n in range(4)] + [school(f"F{n}", "FI", finland) for n in range(2)]
    verdicts = dict(zip(schools, (MET, MET, UNCLEAR, NOT_MET, MET, UNCLEAR), strict=True))
    edition = rounds.freeze(ROUND, None).id
    with database.write() as session:
        run = Run(round_id=ROUND, number=1, at=clock.now(), made_at=clock.now())
        session.add(run)
        session.flush()
        for school_id, outcome in verdicts.items():
            facts = {"edition_id": edition, "verdicts": 0, "found": ""}
            session.add(SchoolVerdict(run_id=run.id, school_id=school_id, outcome=outcome, **facts))
            if outcome == MET:
                session.add(InvitedSchool(round_id=ROUND, school_id=school_id, run_id=run.id, at=clock.now()))
    sent = submitted(applied(schools[0], norway), {"team_size": "4"})
    submitted(1, {"team_size": "5"}, number=2)
    applied(schools[1], norway)
    declared(sent + 1)
    return officer(account("no@example.org"), norway)


def test_schools_are_counted_once_at_every_step_that_they_reached(office):
    clock.current().move_to(AFTER_CLOSING)
    operations.decide(office, 2, "agency", "granted", reasons="Good")
    operations.publish(SYSTEM, ROUND)
    finland, norway = statistics.by_country(ROUND, SYSTEM)
    assert finland == statistics.Row("FI", "FI", checked=2, eligible=1, unclear=1, invited=1)
    assert norway == statistics.Row(
        "NO", "NO", checked=4, eligible=2, unclear=1, ineligible=1, invited=2, started=2, submitted=1, awarded=1
    )
    assert statistics.total([finland, norway]) == {
        "checked": 6,
        "eligible": 3,
        "unclear": 2,
        "ineligible": 1,
        "invited": 3,
        "started": 2,
        "submitted": 1,
        "awarded": 1,
    }


def test_an_officer_counts_only_the_own_schools(office):
    assert [row.country for row in statistics.by_country(ROUND, office)] == ["NO"]
    assert statistics.by_country(ROUND, ANONYMOUS) == []
    assert [row.checked for row in statistics.by_country(ROUND, office, with_checked=False)] == [0]


def test_submissions_without_a_decision_are_counted_as_the_list_has_them(office):
    def undecided(actor):
        lines = queries.decisions_list(ROUND, actor)
        return queries.undecided(ROUND, actor), sum(1 for line in lines if not line.decisions)

    clock.current().move_to(AFTER_CLOSING)
    assert [undecided(actor) for actor in (SYSTEM, office, ANONYMOUS)] == [(1, 1), (1, 1), (0, 0)]
    operations.decide(office, 2, "agency", "granted", reasons="Good")
    assert undecided(office) == (0, 0)
    submitted(1, {"team_size": "6"}, number=3)
    assert undecided(office) == (1, 1)


def test_a_list_of_applications_says_where_each_stands(office):
    def states():
        return [(entry.application.school.name, entry.state) for entry in overview.applications_of(ROUND, office)]

    assert states() == [("N0", "submitted"), ("N1", "draft")]
    clock.current().move_to(AFTER_CLOSING)
    operations.decide(office, 2, "agency", "granted", reasons="Good")
    assert states() == [("N0", "submitted"), ("N1", "draft")], "nothing is told before the release"
    operations.publish(SYSTEM, ROUND)
    assert states() == [("N0", "granted"), ("N1", "draft")]


def test_answers_are_read_with_a_list_of_applications_only_where_they_are_wanted(office):
    def unread(**wanted):
        database.current().forget()
        (sent, _draft) = list(overview.applications_of(ROUND, office, **wanted))
        return inspect(sent.submission).unloaded & {"raw", "clean", "known", "evidence"}

    assert unread() == {"raw", "clean", "known", "evidence"}
    assert unread(with_answers=True) == {"raw", "known", "evidence"}


def test_an_unknown_round_has_no_figures(office):
    with pytest.raises(UnknownRound):
        statistics.by_country("1999-2000", SYSTEM)
    with pytest.raises(UnknownRound):
        overview.applications_of("1999-2000", SYSTEM)

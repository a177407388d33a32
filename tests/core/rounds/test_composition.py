"""A round is its own plugin's answer, adjusted by its overlays in the stored order, frozen when first used."""

import pytest
from skolemerke import audit, database
from skolemerke.agencies.operations import create
from skolemerke.people.actors import SYSTEM, Actor
from skolemerke.people.rights import Refused
from skolemerke.rounds import changes, operations, queries
from skolemerke.rounds.composition import compose, host
from skolemerke.rounds.operations import RoundRefusal
from skolemerke.speech import speaking
from support.installation import SHIPPED, WAIVER, install, running, write_plugin

REQUIREMENTS = [
    "responsible_internet_use",
    "teacher_team",
    "pupil_groups",
    "training_events",
    "public_visibility",
    "promotion",
]


@pytest.fixture
def home(tmp_path):
    return install(tmp_path, *SHIPPED, WAIVER)


def test_the_waiver_changes_exactly_one_requirement(home):
    with running(home):
        without = compose("2021-2022", [], None).content
        adjusted = queries.composed("2021-2022").content
        found = [(c.part, c.id, c.kind) for c in changes.differences(without, adjusted)]
        overlay = adjusted.adjusted_by("promotion")
        states = {r.id: (r.state, str(r.points)) for r in adjusted.form.requirements}
        unadjusted = [r.id for r in adjusted.form.requirements if adjusted.adjusted_by(r.id) is None]

    assert found == [("requirement", "promotion", "widening")]
    assert overlay.overlay == "covid-19-promotion"
    assert states == {**dict.fromkeys(REQUIREMENTS, ("compulsory", "1")), "promotion": ("fixed", "1")}
    assert unadjusted == REQUIREMENTS[:-1]


def test_a_child_takes_over_the_form_and_states_its_own_dates(home):
    with running(home):
        first, last = host().own("2018-2019"), host().own("2021-2022")
    assert [q.id for q in last.form.questions()] == [q.id for q in first.form.questions()]
    assert first.criteria[0].parameters == {"before": "2016-01-19"}
    assert last.criteria[0].parameters == {"before": "2018-11-09"}
    assert last.criteria[1].parameters == {
        "from": "2019-01-01",
        "to": "2020-12-31",
        "at_least": 2,
        "activities": ["project", "training", "event", "collaboration"],
    }
    assert last.round.decision == ("agency", "central")


def test_two_overlays_apply_in_their_stored_order(home):
    for name, points in (("first-points", 3), ("second-points", 5)):
        write_plugin(
            home,
            name,
            overlay__yaml=f"""
                overlay: {name}
                round: "2021-2022"
                reason: To try the order.
                form:
                  requirements:
                    - {{id: promotion, points: {points}}}
            """,
        )
    with running(home):
        one = compose("2021-2022", ["first-points", "second-points"], None).content
        other = compose("2021-2022", ["second-points", "first-points"], None).content
    assert str(one.form.requirement("promotion").points) == "5"
    assert str(other.form.requirement("promotion").points) == "3"
    assert one.adjusted_by("promotion").overlay == "second-points"


def test_an_overlay_for_one_agency_leaves_the_others_as_they_are(home):
    write_plugin(
        home,
        "turkish-logo",
        overlay__yaml="""
            overlay: turkish-logo
            round: "2021-2022"
            reason: A national condition.
            agencies: [tr]
            form:
              requirements:
                - {id: public_visibility, points: 2}
        """,
    )
    order = ["covid-19-promotion", "turkish-logo"]
    with running(home):
        base, turkish = compose("2021-2022", order, None).content, compose("2021-2022", order, "tr").content
    assert str(base.form.requirement("public_visibility").points) == "1"
    assert str(turkish.form.requirement("public_visibility").points) == "2"
    assert [overlay.overlay for overlay in base.overlays] == ["covid-19-promotion"]


def test_opening_freezes_an_edition_that_a_changed_plugin_does_not_touch(home, database_url):
    with running(home, database_url):
        operations.open_round("2021-2022")
        first = queries.editions("2021-2022")[0]
        kept = (first.id, first.hash, first.content)
    path = home / "plugins/etwinning-2021-2022/round.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("at_least: 2,", "at_least: 3,"), encoding="utf-8")
    with running(home, database_url):
        second = operations.freeze("2021-2022", None)
        stored = [(e.id, e.hash, e.content) for e in queries.editions("2021-2022")]
        whole = list(audit.breaks(database.read()))
    assert stored[0] == kept
    assert [entry[0] for entry in stored] == [kept[0], second.id]
    assert second.hash != kept[1]
    assert whole == []


def test_freezing_again_without_a_change_gives_the_same_edition(home):
    with running(home):
        assert operations.freeze("2021-2022", None).id == operations.freeze("2021-2022", None).id
        assert len(queries.editions("2021-2022")) == 1


def test_an_edition_can_be_read_without_its_plugins(home):
    with running(home):
        operations.open_round("2021-2022")
    for folder in (home / "plugins").iterdir():
        folder.rename(home / folder.name)
    with running(home):
        content = queries.content(queries.editions("2021-2022")[0])
        summary = queries.summary("2021-2022")
    assert [r.id for r in content.form.in_language("nn").requirements] == REQUIREMENTS
    assert (summary.state, summary.title) == ("missing", "eTwinning School Label 2021-2022")


def test_a_round_is_opened_once_and_follows_its_calendar(home):
    with running(home, now="2020-11-01T09:00:00+01:00") as app:
        from datetime import datetime

        from skolemerke import clock

        assert queries.state_of("2021-2022") == "installed"
        operations.open_round("2021-2022")
        assert queries.state_of("2021-2022") == "scheduled"
        clock.current().move_to(datetime.fromisoformat("2020-11-09T09:00:00+01:00"))
        assert queries.state_of("2021-2022") == "open"
        with pytest.raises(RoundRefusal, match="was opened on 2020-11-01 already"):
            operations.open_round("2021-2022")
        clock.current().move_to(datetime.fromisoformat("2021-02-09T00:00:00+01:00"))
        assert queries.state_of("2021-2022") == "closed"
        assert app.name == "skolemerke"


@pytest.mark.parametrize(
    ("arrival", "in_time"),
    [
        ("2021-02-08T23:59:58+01:00", True),
        ("2021-02-08T23:59:59+01:00", True),
        ("2021-02-09T00:00:00+01:00", False),
        ("2021-02-08T22:59:59+00:00", True),
        ("2020-11-09T08:59:59+01:00", False),
    ],
)
def test_an_arrival_counts_up_to_and_at_the_closing_instant(home, arrival, in_time):
    from datetime import datetime

    with running(home):
        operations.open_round("2021-2022")
        assert queries.accepts("2021-2022", None, datetime.fromisoformat(arrival)) is in_time


@pytest.mark.parametrize("actor", [Actor(account_id=1), Actor(account_id=1, agencies=frozenset({1}))])
def test_neither_a_teacher_nor_an_officer_opens_or_closes_a_round(home, actor):
    with running(home):
        with pytest.raises(Refused):
            operations.open_round("2021-2022", actor=actor)
        assert queries.state_of("2021-2022") == "installed"
        operations.open_round("2021-2022", actor=Actor(account_id=1, is_administrator=True))
        with pytest.raises(Refused):
            operations.close_round("2021-2022", actor=actor)
        assert queries.state_of("2021-2022") == "open"


def test_an_officer_moves_the_dates_of_the_own_agency_only(home):
    moved = {"closes": "2021-02-15T23:59:59+01:00"}
    with running(home):
        agency_id = create("no", "Norway", ["NO"], language="nb").id
        with pytest.raises(Refused):
            operations.move_dates(
                "2021-2022", agency_id, moved, "Snow", actor=Actor(account_id=1, agencies=frozenset({agency_id + 1}))
            )
        operations.move_dates(
            "2021-2022", agency_id, moved, "Snow", actor=Actor(account_id=None, agencies=frozenset({agency_id}))
        )
        assert queries.calendar_of("2021-2022", agency_id).closes.isoformat() == moved["closes"]
        assert queries.calendar_of("2021-2022").closes.isoformat() == "2021-02-08T23:59:59+01:00"


def test_dates_that_no_longer_fit_what_was_moved_before_are_refused(home):
    with running(home):
        agency_id = create("no", "Norway", ["NO"], language="nb").id
        operations.move_dates("2021-2022", agency_id, {"closes": "2021-02-15T23:59:59+01:00"}, "Snow")
        with pytest.raises(RoundRefusal, match="signatures_due must not be before closes"):
            operations.move_dates("2021-2022", agency_id, {"signatures_due": "2021-02-10T23:59:59+01:00"}, "Haste")
        assert queries.calendar_of("2021-2022", agency_id).closes.isoformat() == "2021-02-15T23:59:59+01:00"


def test_a_refusal_is_said_in_the_language_that_is_spoken(home):
    with running(home):
        operations.open_round("2021-2022")
        with pytest.raises(RoundRefusal) as raised:
            operations.open_round("2021-2022")
    with speaking("nb"):
        assert raised.value.in_words() == "runden 2021-2022 ble åpnet allerede 2020-12-01"
    assert str(raised.value) == "round 2021-2022 was opened on 2020-12-01 already"
    assert SYSTEM.ref == "system"

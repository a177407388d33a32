"""Trying another rule on the submissions of a round: it says what would change and changes nothing."""

import pytest
from skolemerke import database
from skolemerke.rounds.models import Edition
from skolemerke.scoring import operations
from skolemerke.scoring.models import ScoringRun, StoredSheet
from skolemerke.scoring.simulating import CannotSimulate, Changed, Scored, simulate
from sqlalchemy import func, select
from support import applied
from support.applied import ROUND, examples
from support.house import ROOT
from support.installation import SHIPPED, WAIVER, install, running, write_plugin

STRICT = """
    overlay: strict
    round: "2021-2022"
    reason: Only the best.
    scoring: {parameters: {pass_mark: 42}}
"""


@pytest.fixture
def home(tmp_path):
    return install(tmp_path / "home", *SHIPPED)


def _sent(name, school):
    stated = examples("etwinning-2021-2022")[name]
    application = applied.applied(applied.school(school, "NO", None), None)
    return applied.submitted(application, stated["answers"], stated.get("evidence", {}))


def _without_promotion(school):
    stated = examples(WAIVER)["promotion_not_documented"]
    application = applied.applied(applied.school(school, "NO", None), None)
    return applied.submitted(application, stated["answers"], stated["evidence"])


def _stored():
    session = database.read()
    session.rollback()
    counted = [session.scalar(select(func.count()).select_from(of)) for of in (StoredSheet, ScoringRun, Edition)]
    return counted, session.scalars(select(StoredSheet.sheet).order_by(StoredSheet.id)).all()


def test_the_waiver_says_which_school_would_pass_and_stores_nothing(home):
    with running(home):
        _sent("all_good", "Berg")
        _without_promotion("Dal")
        operations.run(ROUND)
        before = _stored()
        found = simulate(ROUND, ROOT / "plugins" / WAIVER)
        assert found.changed == (
            Changed("NO-Dal", "Dal", "NO", before=Scored("41", "not_passed"), after=Scored("42", "passed")),
        )
        assert (found.submissions, found.before, found.after) == (2, {"passed": 1, "not_passed": 1}, {"passed": 2})
        assert _stored() == before


def test_an_overlay_that_is_being_written_is_tried_beside_those_installed(home, tmp_path):
    install(home, WAIVER)
    strict = write_plugin(tmp_path, "strict", overlay__yaml=STRICT)
    with running(home):
        _sent("all_good", "Berg")
        _without_promotion("Dal")
        found = simulate(ROUND, strict)
    # Both have all points under the waiver, and keep them under a pass mark of 42.
    assert (found.after, found.changed) == ({"passed": 2}, ())


def test_another_round_is_tried_with_its_own_form_and_policy(home):
    with running(home):
        _sent("all_good", "Berg")
        found = simulate(ROUND, home / "plugins" / "etwinning-2018-2019")
        assert (found.before, found.after, found.changed) == ({"passed": 1}, {"passed": 1}, ())


@pytest.mark.parametrize(
    ("overlay", "message"),
    [
        ("overlay: broken\nround: [", "overlay.yaml:3"),
        (
            "overlay: broken\nround: '2021-2022'\nreason: x\nform: {requirements: [{id: promotion, state: gone}]}\n",
            "state",
        ),
    ],
)
def test_a_plugin_that_is_at_fault_is_refused_with_its_place(home, tmp_path, overlay, message):
    broken = write_plugin(tmp_path, "broken", overlay__yaml=overlay)
    with running(home):
        _sent("all_good", "Berg")
        with pytest.raises(Exception, match=message) as refused:
            simulate(ROUND, broken)
        assert type(refused.value).__name__ in {"CannotSimulate", "RoundPaused"}


def test_a_folder_without_a_plugin_is_refused(home, tmp_path):
    (tmp_path / "empty").mkdir()
    with running(home), pytest.raises(CannotSimulate, match=r"no pyproject\.toml"):
        simulate(ROUND, tmp_path / "empty")

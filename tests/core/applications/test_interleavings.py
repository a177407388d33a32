"""However teachers, tabs, buttons and scripts interleave: no text ever vanishes from the answers and their history.

The usual run has 25 examples of 25 steps; `python3 dev.py test --long`, as before a release, has a thousand.
"""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from skolemerke.applications import saving
from skolemerke.applications.models import AnswerChange
from sqlalchemy import delete
from support.applying import open_up
from support.installation import SHIPPED, WAIVER, install, running, write_plugin
from support.interleaved import TEXTS, Writers

OVERLAY = """
    overlay: more-questions
    round: "2021-2022"
    reason: Norway asks more.
    form:
      sections:
        - id: teaching
          questions:
            - id: plans
              type: group
              label: "What is planned?"
              columns:
                - {id: plan_what, type: short_text, label: What}
                - {id: plan_why, type: long_text, label: Why}
"""
QUIET = {"deadline": None, "suppress_health_check": list(HealthCheck)}


def sizes():
    """How much is tried: as the environment says, else little enough for every run of the tests."""
    return settings(max_examples=int(os.environ.get("INTERLEAVINGS", "25")), stateful_step_count=25, **QUIET)


@pytest.fixture(scope="module")
def round_under_way(tmp_path_factory):
    home = install(tmp_path_factory.mktemp("home"), *SHIPPED, WAIVER)
    write_plugin(home, "more-questions", overlay__yaml=OVERLAY)
    with running(home) as app:
        yield app, open_up(app)


def writers(round_under_way):
    """The machine, for an installation."""
    app, agencies = round_under_way
    return type("Writers", (Writers,), {"app": app, "agencies": agencies})


def test_no_text_vanishes_however_three_teachers_save_restore_remove_submit_and_adopt(round_under_way):
    run_state_machine_as_test(writers(round_under_way), settings=sizes())


def blind(round_under_way):
    """Whether the machine finds nothing, in a few examples that are not made smaller."""
    few = settings(
        max_examples=60, stateful_step_count=25, phases=[Phase.generate], derandomize=True, database=None, **QUIET
    )
    try:
        run_state_machine_as_test(writers(round_under_way), settings=few)
    except AssertionError:
        return False
    return True


def test_the_twin_without_the_guard_of_versions_a_text_is_replaced_that_nobody_saw(round_under_way, monkeypatch):
    monkeypatch.setattr(saving.Save, "_is_own", lambda *_: True)
    assert not blind(round_under_way)


def test_the_twin_without_the_history_a_text_vanishes(round_under_way, monkeypatch):
    kept = saving.Save.store

    def forgetful(self):
        kept(self)
        later = delete(AnswerChange).where(AnswerChange.application_id == self._draft.id, AnswerChange.version > 1)
        self._session.execute(later)

    monkeypatch.setattr(saving.Save, "store", forgetful)
    assert not blind(round_under_way)


def test_the_twin_that_takes_what_is_absent_for_blank_is_found(round_under_way, monkeypatch):
    kept = saving.Save.store

    def blanking(self):
        for name in TEXTS:
            if name not in self._versions and self.answers.get(name, {}).get("raw"):
                self.change(name, "")
        kept(self)

    monkeypatch.setattr(saving.Save, "store", blanking)
    assert not blind(round_under_way)

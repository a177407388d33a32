"""The answers of an example as they would have been typed."""

import pytest
from skolemerke.rounds.composition import compose
from skolemerke.rounds.examples import typed
from support.installation import SECOND, install, running


@pytest.fixture(scope="module")
def form(tmp_path_factory):
    with running(install(tmp_path_factory.mktemp("home"), *SECOND)):
        yield compose("2023-2024", [], None).content.form


def test_yes_to_a_declaration_stands_for_its_text_as_it_is_now(form):
    assert typed(form, {"pictures_agreed": "yes"}) == {"pictures_agreed": form.question("pictures_agreed").fingerprint}


def test_rows_and_their_lists_are_kept_and_what_has_no_place_is_left_out(form):
    stated = {
        "has_policy": "no",
        "planned_actions": ["a1"],
        "planned_actions.a1.action_what": "A week about water",
        "planned_actions.a1.no_such_column": "x",
        "team.others": ["o1"],
        "team.o1.name": "Kari",
        "pupils_statements.no_such_row": "whole",
        "pupils_share": "50",
        "no_such_question": "x",
    }
    left_out = {
        "planned_actions.a1.no_such_column",
        "pupils_statements.no_such_row",
        "pupils_share",
        "no_such_question",
    }
    assert typed(form, stated) == {name: value for name, value in stated.items() if name not in left_out}

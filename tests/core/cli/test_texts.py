"""Translations on the command line: what is there, what is stale, and noting that it was translated."""

import json

import pytest
from click.testing import CliRunner
from skolemerke.cli import rounds
from support.broken_folders import FORM, NB, NN, ROUND
from support.installation import install, running, write_plugin


@pytest.fixture
def home(tmp_path):
    install(tmp_path)
    write_plugin(
        tmp_path,
        "mine",
        round__yaml=ROUND,
        form__yaml=FORM,
        texts___nb__yaml=NB,
        texts___nn__yaml=NN.split("  done")[0],
    )
    return tmp_path


def run(home, *words):
    with running(home):
        return CliRunner().invoke(rounds.group, words)


def states(home):
    return {state["language"]: state for state in json.loads(run(home, "texts", "9000", "--json").stdout)}


def test_the_texts_of_a_round_are_counted_by_language_with_the_ids_that_are_missing(home):
    found = states(home)
    assert set(found["nb"]) == {"language", "current", "missing", "stale", "unmarked"}
    assert (found["nb"]["current"], found["nb"]["missing"], len(found["nb"]["unmarked"])) == (0, [], 8)
    assert found["nn"]["missing"] == ["done.label", "done.options.little", "done.options.much", "declaration.text",
                                      "consent.text"]  # fmt: skip


def test_marking_makes_texts_current_and_a_change_of_the_form_makes_them_stale(home):
    done = run(home, "translated", "9000", "--json")
    assert json.loads(done.stdout) == {"files": ["texts/nb.yaml", "texts/nn.yaml"]}
    assert states(home)["nb"]["current"] == 8
    form = home / "plugins" / "mine" / "form.yaml"
    form.write_text(form.read_text(encoding="utf-8").replace("label: Much", "label: Very much"), encoding="utf-8")
    assert states(home)["nb"]["stale"] == ["done.options.much"]
    said = run(home, "texts", "9000").stdout
    assert "nb stale: done.options.much" in said
    assert run(home, "translated", "9000", "work", "--language", "nb").stdout.startswith("Nothing to mark")
    assert run(home, "translated", "9000", "done", "--language", "nb").stdout == "texts/nb.yaml: marked\n"
    assert states(home)["nb"]["stale"] == []


def test_what_can_not_be_marked_is_said_on_one_line(home):
    for words in (["9000", "nobody"], ["9000", "--language", "el"]):
        done = run(home, "translated", *words)
        assert (done.exit_code, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)

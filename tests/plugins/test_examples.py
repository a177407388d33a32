"""Every shipped plugin brings examples; each gives the score sheet that its author promised."""

import pytest
from skolemerke.rounds.composition import compose, host
from skolemerke.rounds.examples import typed
from skolemerke.scoring.scorer import Scorer
from skolemerke_forms.answers import AnswerSet
from support.applied import examples
from support.house import ROOT
from support.installation import install, running

PLUGINS = sorted(folder.parent.name for folder in (ROOT / "plugins").glob("*/examples.yaml"))
CASES = [(plugin, example) for plugin in PLUGINS for example in examples(plugin)]


@pytest.fixture(scope="module")
def scorers(tmp_path_factory):
    """For each plugin the scoring of its own round: an overlay's with it, a round's without any."""
    home = install(tmp_path_factory.mktemp("home"), *(path.name for path in (ROOT / "plugins").iterdir()))
    with running(home):
        made = {}
        for plugin in PLUGINS:
            installed = host().plugin(plugin)
            if installed.overlays:
                rounds = [(host().overlays[name].round, [name]) for name in installed.overlays]
            else:
                rounds = [(name, []) for name in installed.rounds]
            ((round_id, overlays),) = rounds
            made[plugin] = Scorer(compose(round_id, overlays, None).content, host())
        yield made


def test_every_plugin_that_ships_brings_examples():
    folders = {path.parent.name for path in (ROOT / "plugins").glob("*/pyproject.toml")}
    assert set(PLUGINS) == folders
    assert all(examples(plugin) for plugin in PLUGINS)


@pytest.mark.parametrize("plugin", PLUGINS)
def test_the_principal_confirms_that_whoever_can_be_recognised_in_the_evidence_has_agreed(scorers, plugin):
    declaration = scorers[plugin].form.declaration.text
    assert "Persons who can be recognised in it have agreed to this; for children, their parents have" in declaration


@pytest.mark.parametrize(("plugin", "example"), CASES)
def test_an_example_gives_the_sheet_that_it_promises(scorers, plugin, example):
    stated = examples(plugin)[example]
    evidence = {name: int(count) for name, count in stated.get("evidence", {}).items()}
    form = scorers[plugin].form
    answers = typed(form, stated["answers"])
    assert set(answers) == set(stated["answers"])
    read, judgements = AnswerSet.of(answers, evidence), stated.get("judgements", {})
    assert set(judgements) <= set(scorers[plugin].judged_parts(read))
    sheet = scorers[plugin].sheet_of(read, judgements)
    promised = stated["sheet"]
    found = {"outcome": sheet.outcome or "none"}
    if "points" in promised:
        found["points"] = sheet.model_dump(mode="json")["points"]
    if "requirements" in promised:
        parts = {name: sheet.of_part(name) for name in promised["requirements"]}
        found["requirements"] = {name: line.model_dump(mode="json")["points"] for name, line in parts.items()}
    if "rules" in promised:
        found["rules"] = {name: sheet.of_part(name).rule for name in promised["rules"]}
    if "incomplete" in promised:
        found["incomplete"] = [line.part for line in sheet.lines if line.rule == "incomplete"]
    assert found == {name: promised[name] for name in found}
    assert set(found) == set(promised)


def test_a_folder_of_examples_is_read_as_text():
    found = examples("etwinning-2021-2022")["promotion_answered_no"]["answers"]["promotion_done"]
    assert found == "no"

"""A plugin at fault is named with its place, and every other round works."""

import sys
from pathlib import Path

import pytest
from skolemerke.plugin_host.host import PluginHost, RoundPaused
from skolemerke.rounds import queries
from skolemerke.rounds.composition import host
from support.installation import SHIPPED, install, running, write_plugin

BROKEN = {
    "syntax": ("def rounds(:\n", None, "plugin.py", 1, "SyntaxError"),
    "import_error": ("import there_is_no_such_module\n", None, "plugin.py", 1, "ModuleNotFoundError"),
    "raises": (
        "from skolemerke.toolkit import hookimpl\n\n@hookimpl\ndef rounds():\n    raise RuntimeError('no')\n",
        "rounds",
        "plugin.py",
        5,
        "RuntimeError: no",
    ),
    "leaves": ("import sys\nsys.exit(3)\n", None, "plugin.py", 2, "SystemExit"),
    "wrong_type": (
        "from skolemerke.toolkit import hookimpl\n@hookimpl\ndef rounds():\n    return ['2021-2022']\n",
        "rounds",
        None,
        None,
        "must return Round values",
    ),
    "misspelt": (
        "from skolemerke.toolkit import hookimpl\n@hookimpl\ndef round():\n    return []\n",
        None,
        None,
        None,
        "unknown hook 'round'",
    ),
    "first_in_line": (
        "from skolemerke.toolkit import hookimpl\n@hookimpl(tryfirst=True)\ndef rounds():\n    return []\n",
        None,
        None,
        None,
        "refused",
    ),
    "wrong_argument": (
        "from skolemerke.toolkit import hookimpl\n@hookimpl\ndef rounds(country):\n    return []\n",
        None,
        None,
        None,
        "country",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_plugin_is_quarantined_with_its_place_and_the_others_work(tmp_path, name):
    code, hook, file, line, message = BROKEN[name]
    install(tmp_path, *SHIPPED)
    write_plugin(tmp_path, "broken", plugin__py=code)
    with running(tmp_path):
        plugin = host().plugin("broken")
        states = [queries.summary(round_id).state for round_id in queries.known_rounds()]

    assert plugin.state == "quarantined"
    assert (plugin.fault.hook, plugin.fault.file, plugin.fault.line) == (hook, file, line)
    assert message in plugin.fault.message
    assert states == ["installed"] * 4


def test_a_round_that_two_plugins_claim_is_given_to_neither(tmp_path):
    install(tmp_path, *SHIPPED)
    claim = (tmp_path / "plugins/etwinning-2018-2019/round.yaml").read_text(encoding="utf-8")
    write_plugin(tmp_path, "another-2018", round__yaml=claim)
    with running(tmp_path):
        found = {plugin.id: plugin.state for plugin in host().plugins}
        fault = host().plugin("etwinning-2018-2019").fault
        with pytest.raises(RoundPaused):
            host().own("2018-2019")

    assert (found["another-2018"], found["etwinning-2018-2019"]) == ("quarantined", "quarantined")
    assert fault.message == "round 2018-2019 is claimed by another-2018 and etwinning-2018-2019: remove one of the two"


def test_one_id_in_two_folders_quarantines_both(tmp_path):
    install(tmp_path, *SHIPPED)
    copy = tmp_path / "plugins" / "copy"
    copy.mkdir()
    for name in ("pyproject.toml", "round.yaml"):
        (copy / name).write_bytes((tmp_path / "plugins/etwinning-2021-2022" / name).read_bytes())
    with running(tmp_path):
        states = [plugin.state for plugin in host().plugins if plugin.id == "etwinning-2021-2022"]
    assert states == ["quarantined", "quarantined"]


def test_a_round_whose_parent_is_missing_is_paused_and_says_why(tmp_path):
    install(tmp_path, "etwinning-2021-2022")
    with running(tmp_path):
        summary = queries.summary("2021-2022")
    assert summary.state == "paused"
    assert summary.reason == "it extends 2020-2021: round 2020-2021 is not installed"


def test_rounds_that_extend_one_another_in_a_circle_are_paused(tmp_path):
    for name, parent in (("a", "b"), ("b", "a")):
        write_plugin(
            tmp_path,
            f"round-{name}",
            round__yaml=f"""
                round: {name}
                extends: {parent}
                title: Round {name}
                calendar:
                  opens: 2020-11-09T09:00:00+01:00
                  closes: 2021-02-08T23:59:59+01:00
                  signatures_due: 2021-02-22T23:59:59+01:00
                  results: 2021-03-26T12:00:00+01:00
                  valid_from: 2021
                  valid_to: 2022
            """,
        )
    with running(tmp_path):
        summary = queries.summary("a")
    assert summary.state == "paused"
    assert "in a circle" in summary.reason


def test_a_fault_in_a_form_names_the_file_and_the_line(tmp_path):
    install(tmp_path, *SHIPPED)
    path = tmp_path / "plugins/etwinning-2018-2019/form.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    at = next(number for number, line in enumerate(lines, start=1) if "type: long_text" in line)
    lines[at - 1] = lines[at - 1].replace("long_text", "very_long_text")
    path.write_text("\n".join(lines), encoding="utf-8")
    with running(tmp_path):
        host().examine()
        fault = host().plugin("etwinning-2018-2019").fault
    assert (fault.hook, fault.file) == ("self_assessment_form", "form.yaml")
    assert "very_long_text" in fault.message
    assert lines[fault.line - 1 : at]  # the place is at the question or just before its type


def test_a_plugin_of_another_contract_is_quarantined(tmp_path):
    write_plugin(tmp_path, "of-tomorrow", contract=99, plugin__py="")
    with running(tmp_path):
        assert host().plugin("of-tomorrow").fault.message == "written for contract 99; this core speaks contract 1"


def test_without_plugins_the_core_starts_and_knows_no_round(tmp_path):
    install(tmp_path)
    with running(tmp_path) as app:
        assert queries.known_rounds() == []
        assert queries.current_round() is None
        assert app.test_client().get("/").status_code == 200


def test_an_overlay_that_was_removed_pauses_its_round_until_it_is_back(tmp_path):
    from skolemerke.rounds import operations

    install(tmp_path, *SHIPPED, "covid-19-promotion")
    with running(tmp_path):
        operations.open_round("2021-2022")
    folder = tmp_path / "plugins/covid-19-promotion"
    folder.rename(tmp_path / "aside")
    with running(tmp_path):
        summary = queries.summary("2021-2022")
        kept = operations.freeze("2021-2022", None)
        overlays = [overlay.overlay for overlay in queries.content(kept).overlays]
    assert summary.state == "paused"
    assert summary.reason == "overlay covid-19-promotion, which adjusts it, is not installed"
    assert overlays == ["covid-19-promotion"]


def test_the_check_of_a_folder_says_all_its_faults_at_their_lines(tmp_path):
    install(tmp_path, *SHIPPED)
    folder = write_plugin(
        tmp_path,
        "waiver",
        overlay__yaml="""
            overlay: waiver
            round: 2021-2022
            reason: Why
            form:
              requirements:
                - {id: promotion, state: waived}
        """,
        texts___nb__yaml="language: nb\ntexts:\n  waiver: {reason: Hvorfor}\n  no_such_part: {label: Hva}\n",
        texts___nn__yaml="language: nn\ntexts:\n  waiver: {reason: Kvifor, motto: Kva}\n",
    )
    with running(tmp_path):
        from skolemerke.rounds import checking

        found = [(f.file, f.line, f.severity, f.code) for f in checking.check(folder)]
    assert found == [
        ("texts/nb.yaml", 4, "error", "unknown_text_id"),
        ("texts/nn.yaml", 3, "error", "unknown_text"),
    ]


def test_a_section_with_the_name_of_another_page_is_refused_at_its_line(tmp_path):
    from skolemerke.rounds import checking

    install(tmp_path, *SHIPPED)
    path = tmp_path / "plugins/etwinning-2018-2019/form.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("  - id: esafety\n", "  - id: submit\n"), encoding="utf-8")
    line = path.read_text(encoding="utf-8").splitlines().index("  - id: submit") + 1
    with running(tmp_path):
        found = [(f.file, f.line, f.code) for f in checking.check(path.parent) if f.file == "form.yaml"]
    assert found == [("form.yaml", line, "reserved_id")]


def test_a_plugin_among_many_is_asked_by_as_many_calls_as_where_it_is_alone(tmp_path):
    alone, many = tmp_path / "alone", tmp_path / "many"
    for home in (alone, many):
        write_plugin(home, "asked", overlay__yaml='overlay: asked\nround: "2021"\nlanguage: en\nreason: None.\n')
    for number in range(20):
        text = f'overlay: other-{number}\nround: "2021"\nlanguage: en\nreason: None.\n'
        write_plugin(many, f"other-{number}", overlay__yaml=text)
    assert _calls_of_asking(many) == _calls_of_asking(alone)


def _calls_of_asking(home: Path) -> list[str]:
    """The functions that are called, in Python and below it, to ask a plugin for its overlays."""
    plugins = PluginHost(home / "plugins", distributions=False)
    called = []

    def note(frame, event, argument):
        if event in {"call", "c_call"}:
            called.append(frame.f_code.co_name if event == "call" else argument.__name__)

    sys.setprofile(note)
    try:
        answer = plugins.ask("asked", "overlays", list)
    finally:
        sys.setprofile(None)
    assert [overlay.overlay for overlay in answer] == ["asked"]
    return called

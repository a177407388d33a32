"""`rounds move-dates`: an agency's own deadline, with the reason."""

import json
import sys

import pytest
from skolemerke.cli import main
from support.installation import IN_THE_ROUND, SHIPPED, install

CLOSES = "2021-02-01T23:59:59+01:00"
WORDS = ("rounds", "move-dates", "2021-2022", "--reason", "Our call says so.", "--json")


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run a command in an installation with a Polish agency; gives the exit code, standard output and error."""
    install(tmp_path, *SHIPPED)
    monkeypatch.setenv("SKOLEMERKE_HOME", str(tmp_path))
    monkeypatch.setenv("SKOLEMERKE_CLOCK", IN_THE_ROUND)

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["skolemerke", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    call("agencies", "create", "pl", "--name", "Polska", "--country", "PL")
    return call


def test_an_agency_moves_its_own_dates(run):
    code, out, _err = run(*WORDS, "--agency", "PL", "--closes", CLOSES)
    assert (code, json.loads(out)) == (
        0,
        {
            "round": "2021-2022",
            "agency": "pl",
            "opens": "2020-11-09T09:00:00+01:00",
            "closes": CLOSES,
            "grace_minutes": 0,
            "signatures_due": "2021-02-22T23:59:59+01:00",
            "results": "2021-03-26T12:00:00+01:00",
        },
    )


def test_what_was_moved_before_stays_moved_until_it_is_taken_back(run):
    later = "2021-02-28T23:59:59+01:00"
    run(*WORDS, "--agency", "pl", "--closes", CLOSES)
    shown = json.loads(run(*WORDS, "--agency", "pl", "--signatures-due", later)[1])
    assert (shown["closes"], shown["signatures_due"]) == (CLOSES, later)
    shown = json.loads(run(*WORDS, "--agency", "pl", "--take-back", "closes")[1])
    assert (shown["closes"], shown["signatures_due"]) == ("2021-02-08T23:59:59+01:00", later)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--agency", "xx", "--closes", CLOSES), "there is no agency xx"),
        (("--agency", "pl"), "no date is named"),
        (("--agency", "pl", "--take-back", "closes"), "closes was not moved"),
        (("--agency", "pl", "--closes", CLOSES, "--take-back", "closes"), "closes is both moved and taken back"),
        (("--agency", "pl", "--closes", "tomorrow"), "these dates can't be used"),
        (("--agency", "pl", "--closes", "2021-03-01T00:00:00+01:00"), "signatures_due must not be before closes"),
    ],
)
def test_what_makes_no_calendar_is_refused_in_one_line_and_changes_nothing(run, words, said):
    code, out, err = run(*WORDS, *words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err

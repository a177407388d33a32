"""`skolemerke people`: roles are given, listed and taken, and what can't be is one line."""

import json

import pytest
from click.testing import CliRunner
from skolemerke.cli.people import group
from skolemerke.people import operations, second_factor
from support.applied import account, agency
from support.installation import install, running


@pytest.fixture
def run(tmp_path):
    with running(install(tmp_path)):
        agency("no", "NO")
        yield lambda *words: CliRunner().invoke(group, words)


def test_a_role_is_given_listed_and_taken(run):
    given = run("grant", "Ingrid@agency.example", "officer", "--agency", "NO", "--name", "Ingrid", "--json")
    assert (given.exit_code, json.loads(given.stdout)["changed"]) == (0, True)
    assert json.loads(run("list", "--json").stdout) == [
        {"email": "ingrid@agency.example", "name": "Ingrid", "roles": [{"role": "officer", "agency": "no"}]}
    ]
    assert run("list").stdout.splitlines()[1].split() == ["ingrid@agency.example", "Ingrid", "officer", "no"]
    assert run("grant", "ingrid@agency.example", "officer", "--agency", "no").stdout.endswith("officer already\n")
    assert run("revoke", "ingrid@agency.example", "officer", "--agency", "no").stdout.endswith("no longer officer\n")
    assert json.loads(run("list", "--json").stdout) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["grant", "ingrid", "central"], "is no e-mail address"),
        (["grant", "ingrid@agency.example", "officer"], "an officer works for an agency: name it"),
        (["grant", "ingrid@agency.example", "officer", "--agency", "se"], "there is no agency se: those here are no"),
        (["grant", "ingrid@agency.example", "central", "--agency", "no"], "belongs to no agency"),
        (["revoke", "nobody@agency.example", "central"], "nobody has the address"),
    ],
)
def test_what_can_not_be_is_said_on_one_line(run, words, said):
    done = run(*words, "--json")
    assert (done.exit_code, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert said in done.stderr


def test_a_person_is_exported_and_erased(run):
    account("kari@school.example")
    exported = run("export", "Kari@school.example", "--json")
    assert (exported.exit_code, json.loads(exported.stdout)["address"]) == (0, "kari@school.example")
    assert json.loads(run("export", "kari@school.example").stdout) == json.loads(exported.stdout)
    rehearsed = run("erase", "kari@school.example", "--dry-run", "--json")
    assert json.loads(rehearsed.stdout)["erased"]["accounts"] == 1
    assert run("erase", "kari@school.example").stdout.split() == ["what", "rows", "erased", "accounts", "1"]
    assert run("export", "kari@school.example").exit_code == 2


def test_a_second_factor_is_reset_and_none_is_no(run):
    boss = account("boss@agency.example", role="central")
    assert run("reset-second-factor", "boss@agency.example", "--json").exit_code == 1
    token = operations.open_session(boss)
    second_factor.begin_set_up(token)
    done = run("reset-second-factor", "boss@agency.example", "--json")
    assert (done.exit_code, json.loads(done.stdout)) == (0, {"email": "boss@agency.example", "reset": True})


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["export", "kari"], "name a person by their e-mail address"),
        (["export", "stranger@school.example"], "nothing is held about stranger@school.example"),
        (["erase", "stranger@school.example"], "nothing is held about stranger@school.example"),
        (["erase", "staff@agency.example"], "has a role: take it away first"),
        (["reset-second-factor", "stranger@school.example"], "nobody has the address"),
    ],
)
def test_what_can_not_be_done_with_a_person_is_said_on_one_line(run, words, said):
    account("staff@agency.example", role="central")
    done = run(*words, "--json")
    assert (done.exit_code, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert said in done.stderr

"""`skolemerke people`: roles are given, listed and taken, and what can't be is one line."""

import json

import pytest
from click.testing import CliRunner
from skolemerke.cli.people import group
from support.applied import agency
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

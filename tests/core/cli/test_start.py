"""A start loads what it uses: the help and short commands wait for no part that they never touch."""

import subprocess
import sys

import pytest
from support.installation import SHIPPED, WAIVER, install

DOCUMENTS = {"docx", "typst", "PIL", "segno", "xlsxwriter"}
SIGN_IN = {"authlib", "requests", "pyotp", "cryptography"}
COMMAND_LINES = {"cel", "typer", "rich", "prompt_toolkit"}
SERVERS = {"waitress", "huey", "smtplib", "psycopg"}
FACES = {"flask_admin", "flask_wtf", "skolemerke.web", "skolemerke.admin"}
ONCE = {"alembic", "rapidfuzz"}
SELDOM = DOCUMENTS | SIGN_IN | COMMAND_LINES | SERVERS | FACES | ONCE
"""What a command that lists things has no use for."""

HELP_NEEDS_NOT = {*SELDOM, "sqlalchemy", "yaml", "skolemerke.app", "skolemerke.database", "skolemerke_forms"}
SERVING_NEEDS_NOT = SELDOM - FACES - SERVERS - {"PIL"}
"""PIL is loaded by Flask-Admin itself."""

COMMAND = """
import sys
from skolemerke.cli import main
try:
    main()
except SystemExit as ended:
    assert not ended.code, ended.code
print("loaded", *sorted(set(sys.modules) & set(WATCHED.split())))
"""
PAGES = """
import sys
from skolemerke import create_app
from skolemerke.serving import catch_up
app = create_app()
with app.app_context():
    catch_up()
for path in ("/readyz", "/", "/sign-in"):
    assert app.test_client().get(path).status_code == 200, path
print("loaded", *sorted(set(sys.modules) & set(WATCHED.split())))
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    made = install(tmp_path_factory.mktemp("home"), *SHIPPED, WAIVER)
    loaded(made, COMMAND, set(), "init")
    return made


def loaded(home, program, watched, *words):
    """Which of the watched modules a process loads."""
    done = subprocess.run(
        [sys.executable, "-c", f"WATCHED = {' '.join(sorted(watched))!r}\n{program}", *words],
        check=True,
        env={"SKOLEMERKE_HOME": str(home), "PATH": ""},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    return set(done.stdout.splitlines()[-1].split()[1:])


def test_the_help_loads_neither_rooms_nor_faces(home):
    assert loaded(home, COMMAND, HELP_NEEDS_NOT, "--help") == set()


@pytest.mark.parametrize("words", ["plugins list", "rounds list", "registry stats", "audit verify"])
def test_a_short_command_loads_no_large_part_that_it_never_uses(home, words):
    assert loaded(home, COMMAND, SELDOM, *words.split()) == set()


def test_serving_loads_no_part_that_few_requests_need(home):
    assert loaded(home, PAGES, SERVING_NEEDS_NOT) == set()


def test_a_command_that_makes_a_document_does_load_what_it_needs(home, tmp_path):
    file = str(tmp_path / "form.docx")
    assert "docx" in loaded(home, COMMAND, SELDOM, "rounds", "print", "2021-2022", file)

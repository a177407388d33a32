"""The scene of most tests of the applicant's pages: a school that was invited, and the application it has begun."""

import pytest
from skolemerke.applications import operations
from support.applicants import scene
from support.installation import SHIPPED, write_plugin

ROWS = """
round: "2021-2022"
overlay: rows
language: en
reason: A list of meetings.
form:
  sections:
    - id: teaching
      questions:
        - {id: meetings, type: group, label: Meetings, columns: [{id: subject, type: short_text, label: Subject}]}
"""


@pytest.fixture
def here(tmp_path):
    with scene(tmp_path) as found:
        yield found


@pytest.fixture
def application(here):
    return here.begun()


@pytest.fixture
def address(application):
    return f"/applications/{application.public_id}"


@pytest.fixture
def here_with_rows(tmp_path):
    """The same, where the part on teaching has a list of meetings too."""
    write_plugin(tmp_path, "rows", overlay__yaml=ROWS)
    with scene(tmp_path, *SHIPPED) as found:
        yield found


@pytest.fixture
def filled(here, application):
    """The application has every answer."""
    here.fill(application)


@pytest.fixture
def token(here, application, filled):
    """The word of the link by which the principal was asked to sign."""
    return operations.ask_signature(here.actor(here.kari), application.id, "Marte Rektor", "rektor@solbakken.example")

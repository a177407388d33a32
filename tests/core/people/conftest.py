"""An installation with one teacher, on both databases, whose time can be moved."""

import pytest
from support.applied import school, teacher
from support.installation import install, running
from support.mail_server import Time

TEACHER = "kari@school.example"


@pytest.fixture
def time(monkeypatch):
    return Time(monkeypatch)


@pytest.fixture
def app(tmp_path, database_url, time):
    with running(install(tmp_path), database_url, base_url="https://label.example") as app:
        yield app


@pytest.fixture
def solbakken(app):
    """A school where `TEACHER` teaches."""
    made = school("Solbakken", "NO", None)
    teacher(made, TEACHER, "Kari Nordmann")
    return made

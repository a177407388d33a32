"""The scene of most tests of the applicant's pages: a school that was invited, and the application it has begun."""

import pytest
from support.applicants import scene


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

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from support.installation import SHIPPED, WAIVER, install, running


@pytest.fixture
def app(tmp_path: Path, database_url: str) -> Iterator[Flask]:
    """An installation with the shipped rounds, on 1 December 2020; once on SQLite and once on PostgreSQL."""
    with running(install(tmp_path, *SHIPPED, WAIVER), database_url) as made:
        yield made

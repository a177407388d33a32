"""A round of the small registry, as far as the check."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from skolemerke import database
from skolemerke.agencies.operations import create
from skolemerke.registry.models import School
from skolemerke.registry.operations import import_directory
from skolemerke.registry.queries import school_by_id

from support.registry_files import write_small

ROUND = "2021-2022"


def small_registry(folder: Path, **changed: list[str]) -> SimpleNamespace:
    """Import the small registry under agencies for Norway and Sweden."""
    norway = create("no", "Det norske kontoret", ["NO"], "nb", contact_email="post@agency.example")
    sweden = create("se", "Svenska kontoret", ["SE"], "sv")
    import_directory(write_small(folder, **changed))
    return SimpleNamespace(norway=norway, sweden=sweden, folder=folder)


def school(text_id: str) -> School:
    """A school of the registry as it stands now."""
    database.current().forget()
    found = school_by_id(text_id)
    if found is None:
        raise LookupError(text_id)
    return found

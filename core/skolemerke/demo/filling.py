"""Fills an instance from a seed, stage by stage, as a round would have gone until the day of the demo.

The round's clock is moved along, so that stamps lie where a real round would have them. The same seed gives
the same schools, answers and states; numbers that must be unguessable (receipts, tokens) are new each time.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from skolemerke import clock, database
from skolemerke.agencies import operations as agencies
from skolemerke.agencies.models import Agency
from skolemerke.config import Config, current_config
from skolemerke.demo import stories
from skolemerke.demo.moving import move_to
from skolemerke.eligibility import operations as eligibility
from skolemerke.invitations import operations as invitations
from skolemerke.people import operations as people
from skolemerke.people.actors import SYSTEM
from skolemerke.registry import operations as registry
from skolemerke.registry.generating import generate
from skolemerke.rounds import operations as rounds
from skolemerke.rounds import queries
from skolemerke.worker import sending

MARKER = "demo.json"
DAYS_IN = 22
"""The demo's day is so many days after the opening: 1 December 2020 in the round 2021-2022."""

OFFICER, SWEDISH_OFFICER = "officer.no@agency.example", "officer.se@agency.example"
CENTRAL, ADMINISTRATOR = "central@agency.example", "administrator@agency.example"

Progress = Callable[[str], None]


def first_instant(calendar_opens: datetime) -> datetime:
    """Where the round's clock starts: when the round opens."""
    return calendar_opens


def is_filled(config: Config) -> bool:
    """Whether the instance was filled to the end."""
    return (config.instance / MARKER).is_file()


def clear_half_filled(config: Config) -> None:
    """Remove what an interrupted filling left, so that it can begin anew. Never touches a filled instance."""
    if is_filled(config) or not config.instance.is_dir():
        return
    for path in config.instance.glob("skolemerke.db*"):
        path.unlink()
    for name in ("clock.json", "huey.db"):
        (config.instance / name).unlink(missing_ok=True)
    for folder in ("mail", "evidence"):
        shutil.rmtree(config.instance / folder, ignore_errors=True)


def fill(round_id: str, *, schools: int, seed: int, progress: Progress) -> None:
    """Fill the instance of the current application."""
    calendar = queries.calendar_of(round_id)
    today = min(calendar.opens + timedelta(days=DAYS_IN), calendar.closes - timedelta(days=1))
    progress("two agencies and their people")
    _agencies()
    progress(f"a registry of {schools} schools")
    _registry(schools, seed, calendar.screenings[0].date() if calendar.screenings else calendar.opens.date())
    progress(f"opening round {round_id} and checking every school")
    rounds.open_round(round_id)
    screened = [at for at in calendar.screenings if at <= today]
    report = eligibility.check(round_id, at=screened[-1] if screened else None)
    progress(f"{report.eligible} schools may apply; inviting their teachers")
    invitations.queue(round_id)
    progress("applications in every state")
    stories.tell(round_id, until=today, seed=seed)
    clock.current().move_to(today)
    progress("writing the mails")
    sending.send_due()
    config = current_config()
    (config.instance / MARKER).write_text(json.dumps({"round": round_id, "schools": schools, "seed": seed}))


def _agencies() -> None:
    agencies.create(
        "no",
        "Det norske eTwinning-kontoret (demo)",
        ["NO"],
        language="nb",
        timezone="Europe/Oslo",
        contact_email="etwinning@agency.example",
    )
    agencies.create(
        "se",
        "Svenska eTwinningkontoret (demo)",
        ["SE"],
        language="sv",
        timezone="Europe/Stockholm",
        contact_email="etwinning.se@agency.example",
    )
    ids = {agency.code: agency.id for agency in database.read().scalars(select(Agency))}
    staff = [
        (OFFICER, "Ingrid Saksbehandler", "nb", "officer", ids["no"]),
        (SWEDISH_OFFICER, "Astrid Handläggare", "en", "officer", ids["se"]),
        (CENTRAL, "Central Service", "en", "central", None),
        (ADMINISTRATOR, "Administrator", "nb", "administrator", None),
    ]
    for email, name, language, role, agency_id in staff:
        account = people.ensure_account(email, name, language)
        people.grant_role(SYSTEM, account.id, role, agency_id)


def _registry(schools: int, seed: int, screening: date) -> None:
    with tempfile.TemporaryDirectory(prefix="skolemerke-demo-") as folder:
        generate(Path(folder), schools=schools, seed=seed)
        move_to(Path(folder), screening)
        registry.import_directory(Path(folder))

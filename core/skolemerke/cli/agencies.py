"""`skolemerke agencies`: who grants the label, and for which countries."""

from __future__ import annotations

from typing import Any

import click

from skolemerke.agencies import operations, queries
from skolemerke.agencies.models import Agency
from skolemerke.cli import frame
from skolemerke.registry.operations import settle_agencies

group = click.Group("agencies")


@frame.command(group, "list")
def list_agencies() -> frame.Report:
    """List the agencies."""
    data = [_shown(agency) for agency in queries.all_agencies()]
    rows: list[list[object]] = [[row["code"], row["name"], " ".join(row["countries"]), row["language"]] for row in data]
    return frame.Report(data, frame.table(rows, ["code", "name", "countries", "language"]))


@frame.command(group, "create")
@click.argument("code")
@click.option("--name", required=True, help="The name, as schools read it.")
@click.option("--country", "countries", multiple=True, help="A country by its two letters; may be given several times.")
@click.option("--language", default="en", show_default=True, help="The language of its mails, as in BCP 47.")
@click.option("--email", default="", help="Where schools may write to.")
@click.option("--url", default="", help="Where schools may read more.")
@click.option("--timezone", default=operations.ZONE, show_default=True, help="The zone in which deadlines are told.")
def create(
    *, code: str, name: str, countries: tuple[str, ...], language: str, email: str, url: str, timezone: str
) -> frame.Report:
    """Make an agency; schools of its countries that are in the registry come under it."""
    try:
        agency = operations.create(
            code, name, countries, language, contact_email=email, contact_url=url, timezone=timezone
        )
    except operations.AgencyRefusal as error:
        raise frame.BadInput(str(error)) from error
    schools = settle_agencies()
    return frame.Report(
        {**_shown(agency), "schools": schools}, f"Agency {agency.code} answers for {schools} schools of the registry."
    )


def _shown(agency: Agency) -> dict[str, Any]:
    return {
        "code": agency.code,
        "name": agency.name,
        "countries": sorted(place.country for place in agency.countries),
        "language": agency.language,
        "contact_email": agency.contact_email,
        "contact_url": agency.contact_url,
        "timezone": agency.timezone,
    }

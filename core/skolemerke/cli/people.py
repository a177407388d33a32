"""`skolemerke people`: who has which role."""

from __future__ import annotations

import click

from skolemerke.agencies import queries as agencies
from skolemerke.cli import frame
from skolemerke.people import operations, queries
from skolemerke.people.actors import SYSTEM
from skolemerke.people.models import Account


@click.group("people")
def group() -> None:
    """Members of staff and their roles."""


@frame.command(group, "grant")
@click.argument("email")
@click.argument("role", type=click.Choice(operations.ROLES))
@click.option("--agency", "code", metavar="CODE", help="The agency of an officer.")
@click.option("--name", default="", help="The person's name, where the account is new.")
def grant(email: str, role: str, code: str | None, name: str) -> frame.Report:
    """Give a role to the owner of an e-mail address."""
    agency_id = _agency(code)
    try:
        account = operations.ensure_account(email, name)
        new = operations.grant_role(SYSTEM, account.id, role, agency_id)
    except (operations.NotAnAddress, operations.RoleRefusal) as error:
        raise frame.BadInput(str(error)) from error
    text = f"{account.email} is now {role}" if new else f"{account.email} was {role} already"
    return frame.Report({"email": account.email, "role": role, "agency": code, "changed": new}, text)


@frame.command(group, "revoke")
@click.argument("email")
@click.argument("role", type=click.Choice(operations.ROLES))
@click.option("--agency", "code", metavar="CODE", help="The agency of an officer.")
def revoke(email: str, role: str, code: str | None) -> frame.Report:
    """Take a role away; it ends with the next page that its holder asks for."""
    agency_id = _agency(code)
    account = queries.account_of(email)
    if account is None:
        raise frame.BadInput(f"nobody has the address {email}: 'skolemerke people list' names the members of staff")
    changed = operations.revoke_role(SYSTEM, account.id, role, agency_id)
    text = f"{account.email} is no longer {role}" if changed else f"{account.email} was not {role}"
    return frame.Report({"email": account.email, "role": role, "agency": code, "changed": changed}, text)


@frame.command(group, "list")
def list_people() -> frame.Report:
    """List the members of staff with their roles."""
    accounts = queries.staff(SYSTEM)
    data = [_as_json(account) for account in accounts]
    rows: list[list[object]] = [
        [account.email, account.name, role.role, role.agency.code if role.agency else None]
        for account in accounts
        for role in account.roles
    ]
    text = frame.table(rows, ["address", "name", "role", "agency"])
    return frame.Report(data, text if rows else "Nobody has a role yet: skolemerke people grant EMAIL administrator")


def _agency(code: str | None) -> int | None:
    if code is None:
        return None
    agency = agencies.by_code(code)
    if agency is None:
        known = ", ".join(agency.code for agency in agencies.all_agencies()) or "none"
        raise frame.BadInput(f"there is no agency {code}: those here are {known}")
    return agency.id


def _as_json(account: Account) -> dict[str, object]:
    roles = [{"role": role.role, "agency": role.agency.code if role.agency else None} for role in account.roles]
    return {"email": account.email, "name": account.name, "roles": roles}

"""`skolemerke people`: who has which role, second factors, and what is held about a person."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import click

from skolemerke.agencies import queries as agencies
from skolemerke.cli import frame
from skolemerke.people import operations, personal, queries, second_factor
from skolemerke.people.actors import SYSTEM
from skolemerke.people.models import Account

group = click.Group("people")


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


@frame.command(group, "reset-second-factor")
@click.argument("who")
def reset_second_factor(who: str) -> frame.Report:
    """Take the second factor off for somebody who lost it, and end their sessions."""
    accounts = queries.accounts_of(who)
    if not accounts:
        raise frame.BadInput(f"nobody has the address {who}: 'skolemerke people list' names the members of staff")
    reset = [second_factor.reset(SYSTEM, account.id) for account in accounts]
    text = f"{who} sets up a second factor anew" if any(reset) else f"{who} had no second factor"
    return frame.Report({"email": accounts[0].email, "reset": any(reset)}, text, answer=any(reset))


@frame.command(group, "export")
@click.argument("who")
def export(who: str) -> frame.Report:
    """Print everything that is held about the owner of an e-mail address, as JSON."""
    with _person_named(who):
        found = personal.export(SYSTEM, who)
    return frame.Report(found, json.dumps(found, ensure_ascii=False, indent=2))


@frame.command(group, "erase")
@click.argument("who")
@click.option("--dry-run", is_flag=True, help="Say what would be erased, and change nothing.")
def erase(who: str, dry_run: bool) -> frame.Report:
    """Take away what need not be kept about the owner of an e-mail address."""
    with _person_named(who):
        done = personal.erase(SYSTEM, who, dry_run=dry_run)
    rows: list[list[object]] = [
        ["erased" if numbers is done.erased else "kept", kind, number]
        for numbers in (done.erased, done.kept)
        for kind, number in numbers.items()
        if number
    ]
    head = "nothing was changed; this would be:\n" if dry_run else ""
    return frame.Report(
        {"erased": done.erased, "kept": done.kept, "dry_run": dry_run}, head + frame.table(rows, ["", "what", "rows"])
    )


@contextmanager
def _person_named(who: str) -> Iterator[None]:
    """Say on one line why nothing can be done for an address."""
    try:
        yield
    except operations.NotAnAddress as error:
        raise frame.BadInput(f"{error}: name a person by their e-mail address") from error
    except personal.NobodyThere as error:
        raise frame.BadInput(f"nothing is held about {who}: look whether the address is written right") from error
    except personal.StillStaff as error:
        raise frame.BadInput(
            f"{who} has a role: take it away first, with 'skolemerke people revoke'; nothing was erased"
        ) from error


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

"""Accounts and roles: who gives them, and what they are at the next request."""

import pytest
from skolemerke import audit, database
from skolemerke.audit import AuditDetails, AuditLine
from skolemerke.people import operations, queries
from skolemerke.people.actors import ANONYMOUS, SYSTEM, Actor
from skolemerke.people.models import Account
from skolemerke.people.operations import RoleRefusal
from skolemerke.people.rights import Refused
from sqlalchemy import select
from support.applied import agency

CENTRAL = Actor(account_id=1, is_central=True)


@pytest.fixture
def ingrid(app):
    return operations.ensure_account("Ingrid@agency.example", "Ingrid", "nb").id


def test_an_account_is_made_once_and_keeps_what_it_was_called(app):
    first = operations.ensure_account("kari@school.example", "Kari", "")
    again = operations.ensure_account("KARI@school.example ", "Somebody else", "nn")
    assert (again.id, again.name, again.language) == (first.id, "Kari", "nn")


def test_a_role_holds_at_the_next_request_and_is_gone_at_the_one_after_it_was_taken(ingrid):
    norway = agency("no", "NO")
    token = operations.open_session(ingrid)
    assert operations.grant_role(SYSTEM, ingrid, "officer", norway)
    assert queries.actor_of_session(token).agencies == {norway}
    assert operations.revoke_role(SYSTEM, ingrid, "officer", norway)
    assert not queries.actor_of_session(token).is_staff


@pytest.mark.parametrize("role", ["central", "administrator"])
def test_a_role_without_an_agency_is_given_once(ingrid, role):
    assert [operations.grant_role(SYSTEM, ingrid, role) for _ in range(2)] == [True, False]
    assert [role.role for account in queries.staff(SYSTEM) for role in account.roles] == [role]
    assert [operations.revoke_role(SYSTEM, ingrid, role) for _ in range(2)] == [True, False]


@pytest.mark.parametrize("actor", [ANONYMOUS, CENTRAL, Actor(account_id=1, agencies=frozenset({1}))])
def test_only_administrators_give_take_and_list_roles(ingrid, actor):
    with pytest.raises(Refused):
        operations.grant_role(actor, ingrid, "administrator")
    with pytest.raises(Refused):
        operations.revoke_role(actor, ingrid, "administrator")
    with pytest.raises(Refused):
        queries.staff(actor)


@pytest.mark.parametrize(("role", "agency_id"), [("king", None), ("officer", None), ("central", 1)])
def test_a_role_that_can_not_be_is_refused(ingrid, role, agency_id):
    with pytest.raises(RoleRefusal):
        operations.grant_role(SYSTEM, ingrid, role, agency_id)


def test_a_role_of_no_account_is_refused(app):
    with pytest.raises(RoleRefusal):
        operations.grant_role(SYSTEM, 999, "central")
    with pytest.raises(KeyError):
        queries.actor_of_account(999)


def test_the_audit_chain_tells_of_roles_and_has_the_address_in_the_details_alone(ingrid):
    norway = agency("no", "NO")
    operations.grant_role(SYSTEM, ingrid, "officer", norway)
    operations.revoke_role(SYSTEM, ingrid, "officer", norway)
    lines = database.read().execute(
        select(AuditLine.verb, AuditLine.subject, AuditLine.agency_id, AuditDetails.details)
        .join(AuditDetails, AuditDetails.number == AuditLine.number)
        .order_by(AuditLine.number)
    )
    details = {"role": "officer", "address": "ingrid@agency.example"}
    assert lines.all() == [
        ("role.granted", f"account:{ingrid}", norway, details),
        ("role.revoked", f"account:{ingrid}", norway, details),
    ]
    assert list(audit.breaks(database.read())) == []


def test_the_actor_of_an_account_is_that_of_its_session(ingrid):
    operations.grant_role(SYSTEM, ingrid, "central")
    assert queries.actor_of_account(ingrid) == queries.actor_of_session(operations.open_session(ingrid))
    assert database.read().scalar(select(Account.email)) == "ingrid@agency.example"

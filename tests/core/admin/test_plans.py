"""Every page of every list is read from an index, in whatever order and search, on both databases."""

import re

import pytest
from skolemerke import database
from skolemerke.admin import EXTENSION
from skolemerke.admin.lists import RecordView
from skolemerke.database import folded
from skolemerke.registry.models import School
from sqlalchemy import event
from support.installation import SHIPPED, install, running
from support.office import Office

BESIDE = "admin-mails"  # the list of mails has a way of its own; see test_mails.py


@pytest.fixture
def office(tmp_path, database_url):
    with running(install(tmp_path, *SHIPPED), database_url) as app:
        yield Office(app)


class Noted:
    """The plans of the statements that ask for a page while it is in use."""

    def __init__(self):
        self.plans = []

    def __enter__(self):
        self._engine = database.current().engine
        event.listen(self._engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_error):
        event.remove(self._engine, "before_cursor_execute", self._note)

    def _note(self, connection, cursor, statement, parameters, *_rest):
        if "ORDER BY" not in statement or "LIMIT" not in statement or statement.startswith("EXPLAIN"):
            return
        raw = cursor.connection.cursor()
        if connection.dialect.name == "postgresql":
            # These tables are small; what is asked is whether there is a way by an index at all.
            for way in ("seqscan", "bitmapscan", "sort"):
                raw.execute(f"SET LOCAL enable_{way} = off")
            raw.execute(f"EXPLAIN {statement}", parameters)
            self.plans.append((statement, "\n".join(str(row[0]) for row in raw.fetchall())))
            for way in ("seqscan", "bitmapscan", "sort"):
                raw.execute(f"SET LOCAL enable_{way} = on")
        else:
            raw.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            self.plans.append((statement, "\n".join(str(row[3]) for row in raw.fetchall())))


def _plans(client, address):
    with Noted() as noted:
        assert client.get(address).status_code == 200, address
    return [(statement, plan) for statement, plan in noted.plans if statement.startswith("SELECT")]


def _sorts(plan):
    """Whether rows are brought into their order one by one, other than among equals."""
    return "USE TEMP B-TREE FOR ORDER BY" in plan or bool(re.search(r"(?<!Incremental )Sort  \(", plan))


def _asked(view):
    """Addresses of a view's pages: each order and search, from either end and beside a row."""
    for column in view.orders or [""]:
        for turn in ("", "&desc=1"):
            for place in ("", "&last=1", "&after={key}", "&before={key}"):
                yield f"{view.url}/?sort={column}{turn}{place}"
    for search in view.searches:
        if search.via is None:
            yield f"{view.url}/?search=s&in={search.name}"
            yield f"{view.url}/?search=s&in={search.name}&desc=1&last=1"


def test_no_page_of_a_list_sorts_its_rows(office):
    client = office.client("central")
    views = [view for view in office.app.extensions[EXTENSION]._views if isinstance(view, RecordView)]
    seen = 0
    for view in views:
        if view.endpoint == BESIDE:
            continue
        for pattern in _asked(view):
            address = pattern.format(key=office.rows["no"].get(view.endpoint, 1))
            plans = _plans(client, address)
            assert plans, address
            for statement, plan in plans:
                assert not _sorts(plan), f"{address}\n{statement}\n{plan}"
                seen += 1
    assert seen > 100


RANGES = {
    "/admin/teachers/?search=kari": "ix_teacher_name_folded",
    "/admin/teachers/?search=kari&in=email": "ix_teacher_email",
    "/admin/schools/?search=B": "ix_school_name_folded",
    "/admin/applications/?search=School": "ix_school_name_folded",
}


def test_what_begins_so_is_found_by_a_range_of_an_index(office):
    client = office.client("central")
    for address, index in RANGES.items():
        [(_statement, plan), *_rest] = _plans(client, address)
        on_sqlite = rf"SEARCH \w+ USING (COVERING )?INDEX {index}\w* \((<expr>|email)>\? AND"
        assert re.search(on_sqlite, plan) or (f"using {index}" in plan and "Index Cond: " in plan), plan


def test_twin_an_order_without_an_index_sorts(office, monkeypatch):
    view = next(view for view in office.app.extensions[EXTENSION]._views if view.endpoint == "admin-schools")
    monkeypatch.setattr(view, "orders", {"region": folded(School.region)}, raising=False)
    [(_statement, plan), *_rest] = _plans(office.client("central"), "/admin/schools/?sort=region")
    assert _sorts(plan)

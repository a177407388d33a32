"""Nobody reaches a row, a file or an operation of another agency, whatever the address."""

import re

import pytest
from flask_admin.contrib.sqla import ModelView
from skolemerke import audit, database
from skolemerke.admin import EXTENSION
from skolemerke.admin.base import Reading, Secured, SecuredAdmin
from skolemerke.admin.lists import RecordView
from skolemerke.admin.registers import SchoolView
from skolemerke.decisions.models import Decision
from skolemerke.registry.models import School
from skolemerke.rounds.models import RoundRecord
from sqlalchemy import select, true
from support.applied import ROUND
from support.office import ROLES

TOKEN = re.compile(r'name="csrf_token" value="[^"]+"|nonce="[^"]+"')
STAFF = ("officer_no", "officer_fi", "central", "administrator")
SEES = {
    "officer_no": {"no"},
    "officer_fi": {"fi"},
    "central": {"no", "fi"},
    "administrator": {"no", "fi"},
}
CLOSED = ("create_view", "edit_view", "delete_view", "action_view", "ajax_lookup", "ajax_update")
LISTS = (
    "admin.index",
    "admin-results.index",
    "admin-rounds.index",
    "admin-rounds.figures",
    "admin-plugins.index",
    "admin-step-one.index",
    "admin-step-one.compare",
    "admin-step-one.what_if",
    "admin-wordings.index",
)
PAGES_OF_ONE = ("admin-mails.preview", "admin-step-one.school", "admin-wordings.edit", "admin-wordings.preview")
OPERATIONS = {
    "admin-applications.decide",
    "admin-applications.judge",
    "admin-applications.confirm_judgements",
    "admin-applications.confirm_paper",
    "admin-applications.return_paper",
    "admin-applications.release",
    "admin-results.publish",
    "admin-agencies.change",
    "admin-mails.send_again",
    "admin-mails.send_unknown_again",
    "admin-stopped.stop",
    "admin-stopped.lift",
    "admin-wordings.change_sender",
    "admin-wordings.save",
    "admin-wordings.reset",
    "admin-rounds.open_round",
    "admin-rounds.close_round",
    "admin-step-one.override",
}


def _routes(office):
    return [rule for rule in office.app.url_map.iter_rules() if rule.rule.startswith("/admin")]


def _records(office):
    return [view for view in office.app.extensions[EXTENSION]._views if isinstance(view, RecordView)]


def _address(office, rule, side):
    view = rule.endpoint.split(".")[0].replace("admin-step-one", "admin-schools")
    values = {"export_type": "csv", "round_id": ROUND, "key": office.rows[side].get(view, 1)}
    values |= {"submission_id": office.rows[side]["submission"], "declaration_id": 1}
    values |= {"agency_id": office.agencies[side], "kind": "invitation", "language": "nb"}
    adapter = office.app.url_map.bind("localhost")
    built = adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments})
    if rule.endpoint.endswith((".details_view", ".edit_view")):
        built += f"?id={values['key']}"
    return built


def test_every_view_is_secured_and_every_route_is_known_here(office):
    views = office.app.extensions[EXTENSION]._views
    assert all(isinstance(view, Secured) for view in views)
    names = {rule.endpoint for rule in _routes(office)}
    records = {view.endpoint for view in _records(office)}
    known = {f"{view}.{name}" for view in records for name in (*CLOSED, "index_view", "details_view", "export")}
    assert names == known | set(LISTS) | set(PAGES_OF_ONE) | OPERATIONS
    assert set(office.rows["no"]) - {"submission"} == records


def test_a_view_that_is_not_secured_fails_at_the_start(office):
    admin = office.app.extensions[EXTENSION]
    raw = ModelView(School, Reading(database.current().reads), endpoint="raw")
    with pytest.raises(TypeError, match="ModelView is not secured"):
        admin.add_view(raw)
    assert isinstance(admin, SecuredAdmin)


def test_nobody_without_a_role_gets_in(office):
    for role in ("anonymous", "teacher"):
        client = office.client(role)
        for rule in _routes(office):
            for method in rule.methods - {"HEAD", "OPTIONS"}:
                answer = client.open(_address(office, rule, "no"), method=method)
                found = (answer.status_code, answer.headers.get("Location"))
                assert found == ((303, "/sign-in") if role == "anonymous" else (404, None)), (role, rule.rule)


def test_what_could_change_a_row_by_itself_does_not_exist(office):
    client = office.client("administrator")
    for rule in _routes(office):
        if rule.endpoint.split(".")[1] in CLOSED:
            for method in rule.methods - {"HEAD", "OPTIONS"}:
                answer = client.open(_address(office, rule, "no"), method=method, data={"id": "1", "name": "x"})
                assert answer.status_code == 404, rule.rule


@pytest.mark.parametrize("role", STAFF)
def test_a_row_is_seen_by_its_own_agency_and_answers_others_as_if_absent(office, role):
    client = office.client(role)
    for view in _records(office):
        for side in ("no", "fi"):
            wanted = office.rows[side][view.endpoint]
            answer = client.get(f"{view.url}/details/?id={wanted}")
            assert answer.status_code == (200 if side in SEES[role] else 404), (view.endpoint, side)
            if answer.status_code == 404:
                absent = client.get(f"{view.url}/details/?id=999999").get_data(as_text=True)
                found = answer.get_data(as_text=True).replace(f"id={wanted}&", "id=999999&")
                # The token of a form says the second in which it was made; the word for scripts is new each time.
                assert TOKEN.sub("", found) == TOKEN.sub("", absent)


@pytest.mark.parametrize("role", STAFF)
def test_lists_and_files_hold_only_rows_of_the_own_agencies(office, role):
    client = office.client(role)
    for view in _records(office):
        if view.endpoint == "admin-changes":
            continue
        for address in (f"{view.url}/", f"{view.url}/export/csv/"):
            text = client.get(address).get_data(as_text=True)
            for side in ("no", "fi"):
                assert any(mark in text for mark in _marks(side)) is (side in SEES[role]), (address, side)
    text = client.get("/admin/results/").get_data(as_text=True)
    assert {side for side in ("no", "fi") if f"School {side}" in text} == SEES[role]


def _marks(side):
    return (f"School {side}", f".{side}@example.org", f"Agency {side.upper()}")


def test_the_changes_of_another_agency_are_not_listed(office):
    for role in STAFF:
        text = office.client(role).get("/admin/changes/?search=test.noted").get_data(as_text=True)
        subjects = {side for side in ("no", "fi") if f"application {office.rows[side]['admin-applications']}<" in text}
        assert subjects == SEES[role]


def test_an_id_that_is_none_is_absent(office):
    client = office.client("administrator")
    for wanted in ("", "x", "1 or 1=1", "-1", "1;2", "9" * 400):
        assert client.get("/admin/schools/details/", query_string={"id": wanted}).status_code == 404
    assert client.get("/admin/schools/export/xlsx/").status_code == 404


def test_choices_offer_nothing_of_another_agency(office):
    text = office.client("officer_no").get("/admin/schools/").get_data(as_text=True)
    assert '<option value="NO">' in text
    assert '<option value="FI">' not in text
    assert "Agency FI" not in text


@pytest.mark.parametrize("role", ROLES)
def test_only_the_own_officer_decides(office, role):
    answer = office.client(role).post(_decide(office, "no"), data=_words())
    decided = database.read().scalars(select(Decision)).all()
    expected = {"officer_no": (302, 1), "anonymous": (303, 0)}.get(role, (404, 0))
    assert (answer.status_code, len(decided)) == expected


def _decide(office, side):
    return f"/admin/applications/{office.rows[side]['admin-applications']}/decide/{office.rows[side]['submission']}"


def _words(level="agency"):
    return {"level": level, f"outcome-{level}": "granted", f"reasons-{level}": "Good.", f"feedback-{level}": "Go on."}


def test_a_submission_of_another_application_is_not_decided(office):
    crossed = f"/admin/applications/{office.rows['no']['admin-applications']}/decide/{office.rows['fi']['submission']}"
    for role in STAFF:
        assert office.client(role).post(crossed, data=_words()).status_code == 404
    assert database.read().scalars(select(Decision)).all() == []


@pytest.mark.parametrize("role", STAFF)
def test_only_central_and_administrator_release_and_run_rounds(office, role):
    client = office.client(role)
    allowed = role in {"central", "administrator"}
    assert client.post("/admin/results/publish", data={"round": ROUND}).status_code == (302 if allowed else 404)
    assert client.post("/admin/rounds/close", data={"round": ROUND}).status_code == (302 if allowed else 404)
    assert (database.read().get_one(RoundRecord, ROUND).closed_at is not None) is allowed
    assert client.post("/admin/results/publish", data={"round": "x"}).status_code == 404


@pytest.mark.parametrize("role", STAFF)
def test_only_an_administrator_changes_an_agency(office, role):
    facts = {"name": "New name", "language": "nn", "timezone": "Europe/Oslo"}
    answer = office.client(role).post(f"/admin/agencies/{office.agencies['no']}/change", data=facts)
    verbs = database.read().scalars(select(audit.AuditLine.verb).order_by(audit.AuditLine.number)).all()
    assert answer.status_code == (302 if role == "administrator" else 404)
    assert verbs.count("agency.changed") == (1 if role == "administrator" else 0)


def test_twin_flask_admins_own_get_one_shows_a_foreign_row(office, monkeypatch):
    """Without our `get_one` the list stays narrow, and the page of the foreign row opens all the same."""
    monkeypatch.setattr(RecordView, "get_one", ModelView.get_one)
    client = office.client("officer_no")
    foreign = f"/admin/schools/details/?id={office.rows['fi']['admin-schools']}"
    assert "School fi" not in client.get("/admin/schools/").get_data(as_text=True)
    assert "School fi" in client.get(foreign).get_data(as_text=True)


def test_twin_a_list_without_its_scope_gives_foreign_rows_away(office, monkeypatch):
    client = office.client("officer_no")
    assert "<b>1 row</b>" in client.get("/admin/schools/").get_data(as_text=True)
    monkeypatch.setattr(SchoolView, "scope", lambda _view, _actor: true())
    assert "<b>2 rows</b>" in client.get("/admin/schools/").get_data(as_text=True)


def test_a_page_beside_a_foreign_row_is_that_beside_no_row(office):
    """Else the order of a foreign row among one's own would give away how it is called."""
    client = office.client("officer_no")
    for side in ("after", "before"):
        texts = []
        for number in (office.rows["fi"]["admin-schools"], 99999):
            text = client.get(f"/admin/schools/?{side}={number}").get_data(as_text=True)
            texts.append(TOKEN.sub("", text).replace(f"?{side}={number}&", "?"))
        assert texts[0] == texts[1]
        assert "<b>1 row</b>" in texts[0]


def test_a_form_without_its_token_is_refused_everywhere(office):
    office.app.config["WTF_CSRF_ENABLED"] = True
    client = office.client("administrator")
    posts = [rule for rule in _routes(office) if "POST" in rule.methods]
    assert len(posts) == len(OPERATIONS) + 5 * len(_records(office))
    for rule in posts:
        assert client.post(_address(office, rule, "no")).status_code == 400, rule.rule


def test_an_agency_is_not_changed_by_a_form_that_lacks_its_fields(office):
    answer = office.client("administrator").post(f"/admin/agencies/{office.agencies['no']}/change", data={"name": "X"})
    verbs = database.read().scalars(select(audit.AuditLine.verb).order_by(audit.AuditLine.number)).all()
    assert (answer.status_code, verbs.count("agency.changed")) == (302, 0)

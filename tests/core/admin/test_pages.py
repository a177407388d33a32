"""What staff read and do: everything needed to justify a decision, and nothing that runs."""

import csv
import io
import re

from skolemerke import database, outbox
from skolemerke.audit import AuditLine
from skolemerke.decisions import queries
from skolemerke.decisions.models import Decision
from skolemerke.outbox import Letter
from skolemerke.registry.models import School, SchoolLabel
from skolemerke.rounds.models import RoundRecord
from sqlalchemy import select, update
from sqlalchemy import text as text_of
from support.applied import ROUND, declared, examples, submitted
from support.installation import WAIVER, install, running
from support.office import HOSTILE, csrf_of

PAGES = (
    "/admin/",
    "/admin/applications/",
    "/admin/results/",
    "/admin/schools/",
    "/admin/teachers/",
    "/admin/labels/",
    "/admin/mails/",
    "/admin/stopped/",
    "/admin/wordings/",
    "/admin/agencies/",
    "/admin/rounds/",
    "/admin/rounds/figures?round=2021-2022",
    "/admin/step-one/",
    "/admin/step-one/compare",
    "/admin/step-one/what-if",
    "/admin/plugins/",
    "/admin/changes/",
)


def _text(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.get_data(as_text=True)


def _details(office, view, side="no"):
    return f"/admin/{view.removeprefix('admin-')}/details/?id={office.rows[side][view]}"


def _all_pages(office):
    return [*PAGES, "/admin/changes/?prove=yes", *(_details(office, v) for v in office.rows["no"] if v != "submission")]


def test_every_page_has_a_language_a_main_landmark_and_one_heading(office):
    client = office.client("administrator")
    for address in _all_pages(office):
        text = _text(client, address)
        assert re.search(r'<html lang="(en|nb|nn)"', text), address
        assert text.count("<main") == 1, address
        assert len(re.findall(r"<h1[ >]", text)) == 1, address


def test_no_page_holds_anything_inline_or_a_living_word_of_an_applicant(office):
    client = office.client("administrator")
    for address in _all_pages(office):
        text = _text(client, address)
        assert not re.search(r"<[^>]+\s(on[a-z]+|style)\s*=", text), address
        assert "javascript:" not in text, address
        assert "<script>alert" not in text, address
        assert "<img src=x" not in text, address
    assert "&lt;script&gt;alert(1)" in _text(client, _details(office, "admin-applications"))


def test_pages_keep_the_strict_policy_and_are_not_kept_by_caches(office):
    answer = office.client("administrator").get("/admin/schools/")
    policy = answer.headers["Content-Security-Policy"]
    assert "'unsafe-inline'" not in policy
    assert "default-src 'none'" in policy
    assert answer.headers["Cache-Control"] == "no-store"


def test_flask_admins_own_files_are_not_served(office):
    assert office.client("administrator").get("/admin/static/vendor/jquery.min.js").status_code == 404


def test_a_file_holds_no_formula_and_all_rows(office):
    with database.write() as session:
        school = session.get_one(School, office.rows["no"]["admin-schools"])
        facts = {"agency_id": school.agency_id, "country": "NO", "registered_on": school.registered_on}
        session.add_all(School(school_id=f"s{n:04}", name=f"@Sum {n:04}", **facts) for n in range(2500))
    answer = office.client("officer_no").get("/admin/schools/export/csv/")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=admin-schools-2021-02-10.csv")
    heads, *rows = csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff")))
    assert heads[:4] == ["School", "Id", "Country", "City"]
    assert len(rows) == 2501
    assert rows[0][0] == "'@Sum 0000"
    assert {row[3] for row in rows} == {"", "'=1+1"}


def test_the_application_shows_answers_declaration_score_and_the_form_to_decide(office):
    text = _text(office.client("officer_no"), _details(office, "admin-applications"))
    assert "eSafety awareness" in text
    assert "The whole school" in text
    assert "There is a valid declaration for this submission" in text
    assert "42 of 42" in text
    assert "This sheet counts" in text
    assert "Decide for the agency" in text
    assert "Decide for the central service" not in text
    assert "Decide for the agency" not in _text(office.client("central"), _details(office, "admin-applications"))


def test_two_sheets_stand_side_by_side(tmp_path):
    from skolemerke.scoring import operations
    from support.installation import SHIPPED
    from support.office import Office

    home = install(tmp_path, *SHIPPED)
    with running(home) as app:
        office = Office(app)
        answers = examples("etwinning-2021-2022")["promotion_not_documented"]
        facts = answers["answers"], answers["evidence"]
        submitted(office.rows["no"]["admin-applications"], *facts, number=2)
        operations.run(ROUND)
        rows, accounts = office.rows, office.accounts
    install(home, WAIVER)
    with running(home) as app:
        operations.run(ROUND)
        office = Office.__new__(Office)
        office.app, office.rows, office.accounts = app, rows, accounts
        text = _text(office.client("officer_no"), _details(office, "admin-applications"))
    assert text.index("This sheet counts") < text.index("First sheet, before an adjustment")
    assert "42 of 42" in text
    assert "41 of 42" in text
    assert "Because of the pandemic" in text


def _decide(office, **facts):
    address = f"/admin/applications/{office.rows['no']['admin-applications']}/decide/{office.rows['no']['submission']}"
    return office.client("officer_no").post(address, data={"level": "agency", **facts})


def test_a_decision_that_lacks_something_comes_back_with_what_was_typed(office):
    answer = _decide(office, **{"outcome-agency": "granted", "feedback-agency": "Find a <third> teacher."})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Write the reasons for the decision." in text
    assert "Find a &lt;third&gt; teacher.</textarea>" in text
    assert re.search(r'value="granted"\s+checked', text)
    assert database.read().scalars(select(Decision)).all() == []


def test_a_decision_is_noted_with_reasons_feedback_and_who_made_it(office):
    answer = _decide(
        office, **{"outcome-agency": "granted", "reasons-agency": "All is shown.", "feedback-agency": "Go on."}
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, _details(office, "admin-applications"))
    (made,) = queries.history_of(office.rows["no"]["submission"])
    found = (made.level, made.outcome, made.reasons, made.feedback, made.account_id, made.released_at)
    assert found == ("agency", "granted", "All is shown.", "Go on.", office.accounts["officer_no"], None)
    line = database.read().scalars(select(AuditLine).where(AuditLine.verb == "decision.made")).one()
    assert (line.actor, line.agency_id) == (f"account:{office.accounts['officer_no']}", office.agencies["no"])


def test_the_button_releases_the_results(office):
    _decide(office, **{"outcome-agency": "granted", "reasons-agency": "All is shown."})
    client = office.client("central")
    assert f"Release the results of {ROUND}" in _text(client, "/admin/results/")
    assert f"Release the results of {ROUND}" not in _text(office.client("officer_no"), "/admin/results/")
    client.post("/admin/results/publish", data={"round": ROUND})
    text = _text(client, "/admin/results/")
    assert "1 results are released: 1 labels were made and 0 mails queued." in text
    assert "1 granted, 0 refused" in text
    label = database.read().scalars(select(SchoolLabel).where(SchoolLabel.origin == "decision")).one()
    assert label.school_id == office.rows["no"]["admin-schools"]


def test_forms_carry_their_token_and_work_with_it(office):
    office.app.config["WTF_CSRF_ENABLED"] = True
    client = office.client("administrator")
    token = csrf_of(_text(client, "/admin/rounds/"))
    data = {"round": ROUND, "csrf_token": token}
    assert client.post("/admin/rounds/close", data={**data, "csrf_token": "x"}).status_code == 400
    assert client.post("/admin/rounds/close", data=data).status_code == 302
    assert database.read().get_one(RoundRecord, ROUND).closed_at is not None


def test_a_mail_is_read_as_it_was_sent_and_a_secret_one_is_not(office):
    client = office.client("officer_no")
    assert "Congratulations!" in _text(client, _details(office, "admin-mails"))
    outbox.of().register("decision", lambda _mail: Letter("Token", "https://secret.example/token"), secret=True)
    text = _text(client, _details(office, "admin-mails"))
    assert "secret.example" not in text
    assert "nobody else may read it" in text


def test_the_chain_is_proved_on_demand_and_an_altered_line_is_named(office):
    client = office.client("central")
    assert "The chain is whole" in _text(client, "/admin/changes/?prove=yes")
    with database.write() as session:
        # As somebody with the database's password could.
        session.execute(text_of("DROP TRIGGER audit_line_no_update"))
        session.execute(update(AuditLine).where(AuditLine.number == 2).values(verb="nothing.happened"))
    assert "does not hold from line 2 on" in _text(client, "/admin/changes/?prove=yes")


def test_a_paused_plugin_is_shown_with_hook_file_and_line(tmp_path):
    from support.installation import SHIPPED, write_plugin
    from support.office import Office

    home = install(tmp_path, *SHIPPED, WAIVER)
    write_plugin(home, "broken", plugin__py="import nothing_like_it\n")
    with running(home) as app:
        text = _text(Office(app).client("administrator"), "/admin/plugins/")
    assert "Paused because of a fault in broken" in text
    assert "<code>plugin.py</code>" in text
    assert "nothing_like_it" in text


def test_an_administrator_changes_an_agency_and_is_told_what_is_wrong(office):
    client = office.client("administrator")
    address = f"/admin/agencies/{office.agencies['no']}/change"
    facts = {"name": "Direktoratet", "language": "nn", "timezone": "Europe/Oslo"}
    client.post(address, data={**facts, "contact_url": "javascript:alert(1)"})
    text = _text(client, _details(office, "admin-agencies"))
    assert "the website needs a full address" in text
    client.post(address, data={**facts, "contact_url": "https://example.org/"})
    assert "Direktoratet" in _text(client, _details(office, "admin-agencies"))


def test_the_overview_counts_the_round_by_step(office):
    text = _text(office.client("central"), "/admin/")
    steps = re.findall(r'<th scope="row">([^<]+)</th><td class="number">(\d+)</td>', text)
    assert dict(steps)["started"] == "2"
    assert dict(steps)["submitted"] == "2"
    own = _text(office.client("officer_no"), "/admin/")
    assert dict(re.findall(r'<th scope="row">([^<]+)</th><td class="number">(\d+)</td>', own))["submitted"] == "1"


def test_a_newer_submission_is_the_one_that_is_shown(office):
    declared(submitted(office.rows["no"]["admin-applications"], {"team_size": "9"}, number=2))
    text = _text(office.client("officer_no"), _details(office, "admin-applications"))
    assert "Submission 2" in text
    assert HOSTILE not in text


def test_the_rounds_say_for_each_language_how_many_texts_are_there_missing_and_changed(office):
    text = _text(office.client("administrator"), "/admin/rounds/")
    part = text.split(f"{ROUND}:")[1].split("</section>")[0]
    rows = re.findall(r'<tr><th scope="row">(.+?)</th><td>(\d+)</td><td>(\d+)</td><td>(\d+)</td></tr>', part)
    assert [(language, missing, stale) for language, _, missing, stale in rows] == [
        ("Bokmål", "0", "0"),
        ("Nynorsk", "0", "0"),
    ]
    assert all(int(translated) > 5 for _, translated, _, _ in rows)

"""The one rule of the deadline: what counts is the second in which the whole request had been read, by our clock."""

import re
import socket
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
import waitress
from skolemerke import audit, clock, database
from skolemerke.agencies.models import Agency
from skolemerke.applications import operations, queries
from skolemerke.audit import AuditDetails, AuditLine
from skolemerke.contract.rounds import Calendar
from skolemerke.decisions import queries as decided
from skolemerke.rounds import operations as rounds
from skolemerke.rounds.queries import calendar_of
from sqlalchemy import select
from support import applied, public_site
from support.applicants import PDF, ROUND, csrf, saved, scene, text_of
from support.applying import CLOSES, again

SECOND = timedelta(seconds=1)
NIGHTS = ("2021-03-28", "2021-10-31")
"""The nights in which clocks are changed."""

ZONES = [
    *(f"Europe/{city}" for city in (
        "Oslo", "Stockholm", "Copenhagen", "Helsinki", "Tallinn", "Riga", "Vilnius", "Warsaw", "Berlin", "Brussels",
        "Amsterdam", "Luxembourg", "Paris", "London", "Dublin", "Lisbon", "Madrid", "Rome", "Malta", "Vienna", "Prague",
        "Bratislava", "Budapest", "Ljubljana", "Zagreb", "Sarajevo", "Belgrade", "Skopje", "Tirane", "Podgorica",
        "Sofia", "Bucharest", "Athens", "Istanbul", "Kyiv", "Chisinau", "Vaduz",
    )),
    "Atlantic/Reykjavik", "Atlantic/Azores", "Atlantic/Canary", "Asia/Nicosia", "Asia/Yerevan", "Asia/Baku",
    "Asia/Tbilisi", "Asia/Amman", "Asia/Beirut", "Africa/Tunis",
]  # fmt: skip
"""Those of the countries that take part, and of their islands."""


def dates(closes, **more):
    facts = {"opens": closes - timedelta(days=90), "signatures_due": closes + timedelta(days=14)}
    return Calendar(closes=closes, results=closes + timedelta(days=40), valid_from=2021, valid_to=2022, **facts, **more)


@pytest.mark.parametrize("zone", ZONES)
def test_in_every_zone_and_both_nights_of_changed_clocks_one_second_decides(zone):
    place = ZoneInfo(zone)
    for night in NIGHTS:
        for hour in ("00:00:00", "00:59:59", "01:30:00", "02:30:00", "03:00:00", "23:59:59"):
            for fold in (0, 1):
                closes = datetime.fromisoformat(f"{night}T{hour}").replace(tzinfo=place, fold=fold)
                instant = closes.astimezone(UTC)
                # As a definition states it: with its offset, or said in another zone.
                for stated in (closes, datetime.fromisoformat(instant.astimezone(place).isoformat()), instant):
                    calendar = dates(stated)
                    taken = [calendar.is_open(instant + seconds * SECOND) for seconds in (-1, 0, 1)]
                    assert taken == [True, True, False], (night, hour, fold, stated)
                    assert [dates(stated, grace_minutes=90).is_open(instant + timedelta(minutes=90) + seconds * SECOND)
                            for seconds in (-1, 0, 1)] == [True, True, False]  # fmt: skip


def test_what_arrives_within_the_last_second_is_in_time_so_that_no_refusal_names_the_same_time_twice():
    calendar = dates(CLOSES)
    assert calendar.is_open(CLOSES + timedelta(microseconds=999_999))
    assert not calendar.is_open(CLOSES + SECOND)


@pytest.fixture
def here(tmp_path):
    with scene(tmp_path) as found:
        yield found


def ready(here):
    application = here.begun()
    here.fill(application)
    return application, f"/applications/{application.public_id}/submit"


def key_of(page):
    return page.text.split('name="key" value="')[1].split('"')[0]


def refusals(application):
    statement = (
        select(AuditDetails.details)
        .join(AuditLine, AuditLine.number == AuditDetails.number)
        .where(AuditLine.subject == f"application:{application.id}", AuditLine.verb == "application.submission_refused")
        .order_by(AuditLine.number)
    )
    database.read().rollback()
    return list(database.read().scalars(statement))


def extend(here, closes, zone="Europe/Oslo", **more):
    """The agency's own end of the round."""
    with database.write() as session:
        session.get_one(Agency, here.agency_id).timezone = zone
    moved = {"closes": closes, "signatures_due": "2021-12-01T12:00:00Z", "results": "2021-12-02T12:00:00Z"}
    rounds.move_dates(ROUND, here.agency_id, {**moved, **more}, "Schools were closed.")


@pytest.mark.parametrize(
    ("closes", "arrived", "said"),
    [
        (
            "2021-10-31T02:30:00+02:00",
            "2021-10-31T00:30:01Z",
            ("31 October 2021, 02:30:01 (CEST)", "31 October 2021, 02:30:00 (CEST)"),
        ),
        (
            "2021-10-31T02:30:00+01:00",
            "2021-10-31T01:30:01Z",
            ("31 October 2021, 02:30:01 (CET)", "31 October 2021, 02:30:00 (CET)"),
        ),
        (
            "2021-10-31T02:59:59+02:00",
            "2021-10-31T01:00:00Z",
            ("31 October 2021, 02:00:00 (CET)", "31 October 2021, 02:59:59 (CEST)"),
        ),
        (
            "2021-03-28T01:59:59+01:00",
            "2021-03-28T01:00:00Z",
            ("28 March 2021, 03:00:00 (CEST)", "28 March 2021, 01:59:59 (CET)"),
        ),
    ],
)
def test_a_second_too_late_in_a_night_of_changed_clocks_is_said_with_both_times_and_stored(here, closes, arrived, said):
    application, _address = ready(here)
    extend(here, closes)
    at = datetime.fromisoformat(arrived)
    for key, moment in (("k1", at), ("k2", at + timedelta(minutes=1))):
        with pytest.raises(operations.Closed) as refused:
            operations.submit(here.actor(here.kari), application.id, key=key, arrived_at=moment, language="en")
        if key == "k1":
            assert f"It had arrived on {said[0]}; the deadline was {said[1]}." in str(refused.value)
    hash_ = queries.content_hash(application)
    stored = [(one["arrived_at"], one["content_hash"]) for one in refusals(application)]
    assert stored == [(at.isoformat(), hash_), ((at + timedelta(minutes=1)).isoformat(), hash_)]
    submission = operations.submit(
        here.actor(here.kari), application.id, key="k3", arrived_at=at - SECOND, language="en"
    )
    assert submission.arrived_at == at - SECOND


def test_who_is_too_late_reads_both_times_and_nothing_is_lost(here):
    application, address = ready(here)
    kari = here.client(here.kari)
    page = kari.get(address)
    clock.current().move_to(CLOSES + timedelta(minutes=3))
    # The clock of the sender says that it is early; nobody asks it.
    told = kari.post(
        address,
        data={"csrf_token": csrf(page), "key": key_of(page)},
        headers={"Date": "Sun, 07 Feb 2021 12:00:00 GMT", "If-Unmodified-Since": "Sun, 07 Feb 2021 12:00:00 GMT"},
    )
    assert told.status_code == 409
    text = text_of(told)
    assert "The application was not submitted. It had arrived on 9 February 2021, 00:02:5" in text
    assert "(CET); the deadline was 8 February 2021, 23:59:59 (CET)." in text
    assert len(refusals(application)) == 1
    assert saved(application)["team_size"] == "4"


def test_grace_takes_what_arrives_a_little_late_and_is_told(here):
    application, address = ready(here)
    rounds.move_dates(ROUND, here.agency_id, {"grace_minutes": 30}, "The net was down.")
    kari = here.client(here.kari)
    clock.current().move_to(CLOSES + timedelta(minutes=10))
    for path in (address, address.removesuffix("/submit"), address.replace("/submit", "/teaching")):
        text = text_of(kari.get(path))
        assert "8 February 2021, 23:59 (CET). What has arrived by" in text, path
        assert "9 February 2021, 00:29 (CET) is still taken." in text, path
    assert decided.is_open_still(database.read(), ROUND, calendar_of(ROUND, here.agency_id))
    end = CLOSES + timedelta(minutes=30)
    with pytest.raises(operations.Closed):
        operations.submit(here.actor(here.kari), application.id, key="k0", arrived_at=end + SECOND, language="en")
    submission = operations.submit(here.actor(here.kari), application.id, key="k1", arrived_at=end, language="en")
    assert submission.number == 1
    # Schools of others have their own end.
    assert calendar_of(ROUND).takes_until == CLOSES


def test_dates_that_an_agency_moved_stay_moved_when_it_moves_others(here):
    extend(here, "2021-02-15T23:59:59+01:00")
    rounds.move_dates(ROUND, here.agency_id, {"results": "2021-12-10T12:00:00Z"}, "It takes longer.")
    rounds.move_dates(ROUND, here.agency_id, {"closes": "2021-06-15T23:59:59+02:00"}, "Once more.")
    found = calendar_of(ROUND, here.agency_id)
    assert found.closes == datetime.fromisoformat("2021-06-15T23:59:59+02:00")
    assert found.signatures_due == datetime.fromisoformat("2021-12-01T12:00:00+00:00")
    assert found.results == datetime.fromisoformat("2021-12-10T12:00:00+00:00")


@contextmanager
def by_waitress(app):
    """The server of an installation, which reads a request to its end before it hands it on."""
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=4, ident=None)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.close()
        thread.join()


@pytest.mark.parametrize("server", [by_waitress, public_site.served], ids=["reads first", "reads when it is asked"])
@pytest.mark.parametrize(("late", "status"), [(False, 302), (True, 409)])
def test_a_slow_line_across_the_deadline_arrives_with_its_last_letter(here, server, late, status):
    application, address = ready(here)
    kari = here.client(here.kari)
    page = kari.get(address)
    cookie = f"session={kari.get_cookie('session').value}"
    body = urlencode({"csrf_token": csrf(page), "key": key_of(page), "filler": "x" * 5000}).encode()
    head = f"POST {address} HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\nContent-Length: {len(body)}\r\n"
    head += "Connection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n"
    with server(here.app) as place, socket.create_connection(("127.0.0.1", int(place.rsplit(":")[-1])), 10) as line:
        clock.current().move_to(CLOSES - timedelta(minutes=1))
        line.sendall(head.encode() + body[:100])
        if late:
            # The sender began in time; its last letter comes a minute after the end.
            clock.current().move_to(CLOSES + timedelta(minutes=1))
        line.sendall(body[100:])
        answer = b"".join(iter(lambda: line.recv(65536), b"")).decode()
    assert answer.split(maxsplit=2)[1] == str(status)
    arrived = [datetime.fromisoformat(one["arrived_at"]) for one in refusals(application)]
    arrived += [one.arrived_at for one in queries.submissions(application.id)]
    assert [at > CLOSES for at in arrived] == [late]


NOTICE = r'<div class="notice notice--(\w+)">\s*<p>Submit the application by [^<]+\). ([^<]+)</p>'


@pytest.mark.parametrize(
    ("before", "kind", "left"),
    [
        (timedelta(days=8, hours=2), None, ""),
        (timedelta(days=7, hours=2), "info", "7 days left."),
        (timedelta(days=1, hours=2), "info", "One day left."),
        (timedelta(hours=3, minutes=5), "warning", "3 hours left."),
        (timedelta(minutes=-1), None, ""),
    ],
)
def test_the_last_week_and_the_last_day_are_said_on_every_page_to_those_who_can_write(here, before, kind, left):
    _application, address = ready(here)
    clock.current().move_to(CLOSES - before)
    kari = here.client(here.kari)
    for page in ("/teaching", "/check", "/consent", "/declaration"):
        answer = kari.get(address.removesuffix("/submit") + page)
        said = re.findall(NOTICE, answer.text)
        assert said == ([(kind, left)] if kind else []), page
    # The task list says it at its top in any case, and as a notice on the last day.
    listed = kari.get(address.removesuffix("/submit"))
    assert re.findall(NOTICE, listed.text) == ([(kind, left)] if kind == "warning" else [])
    assert left in text_of(listed)
    # Who can only read is not told to send anything.
    officer = here.client(applied.account("officer@agency.example", role="officer", agency_id=here.agency_id))
    assert "Submit the application by" not in text_of(officer.get(address.replace("/submit", "/teaching")))


LATE = {
    "answers": lambda actor, number: operations.save_answers(actor, number, {"team_work": "Late"}, {"team_work": 1}),
    "link": lambda actor, number: operations.add_link(actor, number, "team_work", "https://school.example/late"),
    "file": lambda actor, number: operations.add_file(actor, number, "team_work", BytesIO(PDF), "late.pdf"),
    "consent": lambda actor, number: operations.set_consent(actor, number, "no"),
}


@pytest.mark.parametrize("what", LATE)
def test_what_came_too_late_changes_nothing_and_is_noted_once_with_its_time(here, what):
    application = here.begun()
    here.fill(application)
    before = again(application.id).answers, again(application.id).consent
    clock.current().move_to(datetime.fromisoformat("2021-02-09T00:00:07+01:00"))
    with pytest.raises(operations.Closed) as refused:
        LATE[what](here.actor(here.kari), application.id)
    kept = again(application.id)
    assert (kept.answers, kept.consent) == before
    statement = select(AuditLine.actor, AuditLine.agency_id, AuditDetails.details).join(
        AuditDetails, AuditDetails.number == AuditLine.number
    )
    [line] = database.read().execute(statement.where(AuditLine.verb == "application.change_refused")).all()
    assert (line.actor, line.agency_id) == (here.actor(here.kari).ref, here.agency_id)
    arrived = datetime.fromisoformat(line.details.pop("arrived_at"))
    assert arrived - datetime.fromisoformat("2021-02-09T00:00:07+01:00") < timedelta(minutes=1)
    assert line.details == {"sent": what, "reason": str(refused.value)}
    assert list(audit.breaks(database.read())) == []


def test_what_is_refused_for_another_reason_is_not_noted(here):
    application = here.begun()
    with pytest.raises(operations.EvidenceRefused):
        operations.add_link(here.actor(here.kari), application.id, "team_work", "no link")
    noted = select(AuditLine).where(AuditLine.verb == "application.change_refused")
    assert database.read().scalars(noted).all() == []

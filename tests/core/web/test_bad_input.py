"""Input that no form makes: too long, half a character, no character, turned round. It is text, or it is refused in
words; nothing else on the page is lost by it, and the pages and papers can still be made."""

import io
import re
from urllib.parse import quote

import pytest
from skolemerke.applications import operations
from skolemerke.web.filling import form_of
from support import applied, every_type
from support.applicants import csrf, saved, scene, text_of
from support.installation import SHIPPED, WAIVER, install, running
from support.tables import database_with_tables

from . import test_routes
from .routes_table import TABLE, rows

RTL = "\N{RIGHT-TO-LEFT OVERRIDE}"
ODD = {
    "emoji": ("\N{GRINNING FACE}" * 10_000, "\N{GRINNING FACE}" * 10_000),
    "no character": ("a\x00b", "ab"),
    "turned round": (f"{RTL}gpj.exe", f"{RTL}gpj.exe"),
    "no character of anybody": ("a\ufffe\U0010ffffb\x85c", "a\ufffe\U0010ffffb\nc"),
    "half a character": (b"a\xed\xa0\x80b", "a\ufffd\ufffd\ufffdb"),
    "no UTF-8": (b"a\xff\xfeb", "a\ufffd\ufffdb"),
}
"""What is sent, and what is kept of it."""
AS_NUMBERS = {"half a character": "a%ED%A0%80b", "no UTF-8": "a%FF%FEb"}
"""In a form without files such bytes are kept as they were sent."""
MEGABYTE = "x" * 1_000_000
TOO_LONG = "An answer may have at most 20000 characters; this one has 1000000. It was not saved."


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    every_type.plugin(home)
    with scene(home) as found:
        yield found


@pytest.fixture(scope="module")
def application(here):
    return here.begun()


@pytest.fixture(scope="module")
def places(here, application):
    """A place of each type, in which something can be typed or chosen."""
    kari = here.actor(here.kari)
    visit, colleague = (operations.add_row(kari, application.id, question) for question in ("visits", "staff"))
    form = form_of(application)
    simple = [question.id for question in form.section("all").questions if question.takes_answer and question.asks]
    return [
        *(name for name in simple if name not in {"visits", "staff", "statements", "photos"}),
        "statements.pupils_learn", f"visits.{visit}.place", f"visits.{visit}.day", f"visits.{visit}.way",
        f"visits.{visit}.told", f"staff.{colleague}.name", f"staff.{colleague}.remark", "staff",
    ]  # fmt: skip


def sent_as(way, client, address, fields):
    """Send fields in one of the ways in which a browser, or its script, sends them."""
    token = csrf(client.get(address))
    fields = [("csrf_token", token), *fields]
    if way == "urlencoded":
        body = "&".join(f"{quote(name)}={quote(value)}" for name, value in fields)
        return client.post(address, data=body, content_type="application/x-www-form-urlencoded")
    to = f"{address}/autosave" if way == "autosave" else address
    return client.post(to, data=multipart(fields), content_type="multipart/form-data; boundary=limit")


def multipart(fields):
    made = io.BytesIO()
    for name, value in fields:
        made.write(f'--limit\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode())
        made.write((value if isinstance(value, bytes) else value.encode()) + b"\r\n")
    made.write(b"--limit--\r\n")
    return made.getvalue()


def version_of(here, application, place):
    from skolemerke.applications import queries
    from support.applying import again

    kept = queries.answers_of(again(application.id)).get(place)
    return str(kept.version if kept else 0)


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("way", ["urlencoded", "multipart", "autosave"])
def test_odd_text_in_every_type_of_answer_is_kept_as_text(here, application, places, name, way):
    kari, address = here.client(here.kari), f"/applications/{application.public_id}/all"
    sent, kept = ODD[name]
    kept = AS_NUMBERS.get(name, kept) if way == "urlencoded" else kept
    fields = [(f"v_{place}", version_of(here, application, place)) for place in places]
    answer = sent_as(way, kari, address, fields + [(f"q_{place}", sent) for place in places])
    assert answer.status_code == (200 if way == "autosave" else 302), answer.text[:500]
    stands = saved(application)
    lists = {"themes", "staff"}
    assert {place: stands[place] for place in places} == {place: [kept] if place in lists else kept for place in places}
    page = kari.get(f"{address}?saved=")
    assert page.status_code == 200
    assert kari.get(f"/applications/{application.public_id}/check").status_code == 200
    if way == "multipart":
        for path in ("print", "print.pdf", "history/contact"):
            assert kari.get(f"/applications/{application.public_id}/{path}").status_code == 200, path


@pytest.mark.parametrize("way", ["urlencoded", "multipart", "autosave"])
def test_a_megabyte_in_any_place_is_refused_by_name_stands_on_the_page_and_costs_nobody_else_a_word(
    here, application, places, way
):
    kari, address = here.client(here.kari), f"/applications/{application.public_id}/all"
    tried = places if way == "autosave" else ["summary", "pupils", "statements.pupils_learn", places[-4]]
    for number, place in enumerate(tried):
        before, other = saved(application), "since" if place == "contact" else "contact"
        versions = [(f"v_{one}", version_of(here, application, one)) for one in (place, other)]
        fields = [*versions, (f"q_{place}", MEGABYTE), (f"q_{other}", f"{way} {number}")]
        answer = sent_as(way, kari, address, fields)
        if way == "autosave":
            (refused,) = answer.json["refused"]
            name, _dash, why = refused["said"].rpartition(" – ")
            assert (refused["address"], name != "", why) == (place, True, TOO_LONG)
        else:
            assert answer.status_code == 422
            assert TOO_LONG in text_of(answer), place
            # What was typed in a box that can hold it stands there, to be made shorter; nothing has to be typed again.
            assert place not in {"summary", "pupils"} or MEGABYTE in answer.text
        assert saved(application) == {**before, other: f"{way} {number}"}, place


def test_a_page_with_more_than_any_form_may_hold_is_refused_in_words_and_nothing_of_it_is_saved(here, application):
    kari, address = here.client(here.kari), f"/applications/{application.public_id}/all"
    before = saved(application)
    answer = sent_as("multipart", kari, address, [("v_contact", "9"), ("q_contact", "x" * 9_000_000)])
    assert answer.status_code == 413
    assert "What you sent is larger than we take in, and nothing of it was saved." in text_of(answer)
    assert saved(application) == before


@pytest.mark.parametrize("parts", [1_500, 6_000])
def test_a_section_with_a_thousand_places_is_saved_whole(here, application, parts):
    """A page sends two fields for each place: a list of rows can have hundreds of them."""
    kari, address = here.client(here.kari), f"/applications/{application.public_id}/all"
    fields = [(f"v_staff.n{number}.remark", "0") for number in range(parts // 2 - 1)]
    fields += [(f"q_staff.n{number}.remark", "") for number in range(parts // 2 - 1)]
    last = [("v_many", version_of(here, application, "many")), ("q_many", f"The last of {parts}")]
    assert sent_as("multipart", kari, address, fields + last).status_code == 302
    assert saved(application)["many"] == f"The last of {parts}"


# Addresses and forms of every route, on the database that refuses what SQLite takes.


@pytest.fixture(scope="module")
def world(tmp_path_factory, postgres_server):
    home = install(tmp_path_factory.mktemp("home"), *SHIPPED, WAIVER)
    with database_with_tables(postgres_server) as url, running(home, url) as app:
        yield test_routes.populated(app)


BAD = ("a%00b", "%ED%A0%80", "%F0%9F%98%80" * 300, "9" * 400, "-1")


def test_no_address_makes_a_fault_of_ours_whatever_stands_in_it(world):
    wrong, clients = [], {role: world.client(role) for role in ("teacher_a", "administrator")}
    for method, rule, _who in rows(TABLE):
        if "<" not in rule and not rule.endswith(("details/", "/")):
            continue
        client = clients["administrator" if rule.startswith("/admin") else "teacher_a"]
        names = re.findall(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", rule)
        for bad in BAD:
            ids = {**world.ids["own"], **dict.fromkeys(names[-1:], bad)}
            ids["key"] = bad
            built = test_routes.address(world.app, rule, ids) if names else rule
            path = (
                built
                if names
                else f"{rule}?id={bad}&q={bad}&search={bad}&round={bad}&page={bad}&sort={bad}&country={bad}"
            )
            answer = client.open(path, method=method, data={} if method == "POST" else None)
            if answer.status_code >= 500:
                wrong.append((method, rule, bad[:20], answer.status_code))
    assert wrong == [], "\n".join(map(str, wrong))


def test_no_field_makes_a_fault_of_ours_whatever_stands_in_it(world):
    ids, wrong = world.ids["own"], []
    odd = ("a\0b", "\N{GRINNING FACE}" * 5_000, "9" * 400)
    posts = {
        "/sign-in": ("email",),
        "/sign-in/code": ("email", "code"),
        f"/applications/{ids['public_id']}/consent": ("consent",),
        f"/applications/{ids['public_id']}/declaration": ("head_name", "head_email"),
        f"/applications/{ids['public_id']}/submit": ("key",),
        f"/applications/{ids['public_id']}/history/{ids['address']}": ("number", "seen"),
        f"/declarations/{ids['token']}": ("name", "role", "note", "answer"),
        "/applications": ("round", "school"),
        f"/admin/applications/{ids['application']}/decide/{ids['submission_id']}": (
            "reasons-agency", "feedback-agency", "outcome-agency",
        ),
        f"/admin/step-one/{applied.ROUND}/{ids['school']}/override": ("criterion", "verdict", "reason", "evidence"),
        f"/admin/wordings/{ids['agency']}/invitation/nb/save": ("subject", "body"),
        f"/admin/wordings/{ids['agency']}/sender": ("sender_name", "reply_to"),
        "/admin/stopped/stop": ("address", "reason"),
        f"/admin/agencies/{ids['agency']}/change": ("name", "language", "timezone", "contact_email", "contact_url"),
        "/admin/rounds/open": ("round",),
        "/admin/results/publish": ("round",),
    }  # fmt: skip
    good = {
        "level": "agency", "outcome-agency": "granted", "reasons-agency": "x", "criterion": "registered",
        "verdict": "met", "reason": "x", "subject": "x", "body": "x", "address": "a@b.example", "name": "x",
        "language": "nb", "timezone": "Europe/Oslo", "contact_email": "", "contact_url": "", "role": "principal",
        "answer": "decline", "head_name": "x", "head_email": "a@b.example",
    }  # fmt: skip
    for path, names in posts.items():
        role = "anonymous" if path.startswith(("/sign-in", "/declarations")) else "teacher_a"
        for admin in ("officer_no", "administrator") if path.startswith("/admin") else (role,):
            client = world.client(admin)
            for name in names:
                for bad in odd:
                    answer = client.post(path, data={**good, name: bad})
                    if answer.status_code >= 500:
                        wrong.append((path, admin, name, bad[:12], answer.status_code))
    assert wrong == [], "\n".join(map(str, wrong))

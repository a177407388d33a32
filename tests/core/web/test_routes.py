"""Every route with every role, against the own school's things, another school's and another agency's."""

import re
from dataclasses import dataclass
from io import BytesIO

import pytest
from skolemerke import audit, clock, database, outbox
from skolemerke.applications import operations as applications
from skolemerke.applications import uploads
from skolemerke.applications.identifiers import hash_of_token
from skolemerke.applications.models import Declaration
from skolemerke.eligibility.operations import check
from skolemerke.mailing.models import Suppression
from skolemerke.people import operations as people
from skolemerke.people.queries import actor_of_account
from skolemerke.registry.models import SchoolLabel
from skolemerke.web.filling import form_of
from sqlalchemy import select
from support import applied, applying
from support.installation import SHIPPED, WAIVER, install, running
from support.public_site import visitor

from .routes_table import IN_A_DEMO, ROLES, SIDES, TABLE, WHO, rows

ROUND = applying.ROUND
ABSENT = {
    "public_id": "zzzzzzzzzz",
    "section_id": "no_such_section",
    "evidence_id": "zzzzzzzzzz",
    "upload_id": "zzzzzzzzzz",
    "certificate": "none",
    "token": "none",
    "key": 999_999,
    "submission_id": 999_999,
    "declaration_id": 999_999,
    "id": 999_999,
}
ASKED_BACK = {400, 409, 422}
"""Who may read a thing may be told that a form lacks something before it is told that the form is not for them."""
DATA = {
    "/applications": lambda ids: {"round": ROUND, "school": str(ids["school"])},
    "/admin/agencies/<int(max=2147483647):key>/change": lambda _ids: {
        "name": "Agency",
        "language": "en",
        "timezone": "Europe/Oslo",
        "contact_email": "",
        "contact_url": "",
    },
    "/applications/<public_id>/history/<address>": lambda _ids: {"number": "1", "seen": "0"},
    "/admin/step-one/<round_id>/<int(max=2147483647):key>/override": lambda _ids: {
        "criterion": "registered",
        "verdict": "met",
        "reason": "Seen in the papers of the school.",
    },
    "/admin/results/publish": lambda _ids: {"round": ROUND},
    "/admin/rounds/close": lambda _ids: {"round": ROUND},
    "/admin/rounds/open": lambda _ids: {"round": ROUND},
}
"""What is posted besides nothing, where a page could not know otherwise whose thing is meant."""
KEYS = {
    "agencies": "agency",
    "applications": "application",
    "changes": "change",
    "labels": "label",
    "mails": "mail",
    "schools": "school",
    "step-one": "school",
    "stopped": "suppression",
    "teachers": "teacher",
}
"""Whose number a view of the administration means by its key."""


@dataclass
class World:
    """The installation, the ids of the things of each side, and the accounts by role."""

    app: object
    ids: dict
    accounts: dict

    def client(self, role):
        made = visitor(self.app)
        if role != "anonymous":
            with made.session_transaction() as session:
                session["token"] = people.open_session(self.accounts[role])
        return made

    def actor(self, role):
        return actor_of_account(self.accounts[role])


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    home = install(tmp_path_factory.mktemp("home"), *SHIPPED, WAIVER)
    look = home / "instance" / "look"
    look.mkdir(parents=True)
    (look / "style.css").write_text(":root { --accent: #5b2a86 }", encoding="utf-8")
    with running(home) as app:
        yield populated(app)


def populated(app):
    """An installation with a thing of each kind on each side, and somebody for each role."""
    app.config["WTF_CSRF_ENABLED"] = False
    no, se = applying.open_up(app)
    near, far = applying.newcomers(app, (no, se)), applying.newcomers(app, (se, no))
    ids = {
        "own": _things(near.kari, near.school, no, "own"),
        "other school": _things(near.foreign, near.other_school, no, "other"),
        "other agency": _things(far.kari, far.school, se, "far"),
    }
    check(ROUND)
    accounts = {
        "teacher_a": near.kari.account_id,
        "teacher_b": near.foreign.account_id,
        "officer_no": applied.account("no@agency.example", role="officer", agency_id=no),
        "officer_se": applied.account("se@agency.example", role="officer", agency_id=se),
        "central": applied.account("central@agency.example", role="central"),
        "administrator": applied.account("admin@agency.example", role="administrator"),
    }
    return World(app, ids, accounts)


def _things(actor, school_id, agency_id, mark):
    """One thing of each kind that belongs to a school, and their ids."""
    teacher_id = applied.teacher(school_id, actor.email, f"Teacher {mark}")
    application = applications.start(actor, ROUND, school_id)
    stated = applied.examples("etwinning-2021-2022")["all_good"]
    question = next(iter(stated["evidence"]))
    evidence = applications.add_file(actor, application.id, question, BytesIO(applying.PDF), "page.pdf")
    told = uploads.Told("more.pdf", 1000, "0" * 64)
    begun = uploads.begin(actor, application.id, question, told)
    section = next(part for part in form_of(application).sections if any(q.id == question for q in part.questions))
    submission_id = applied.submitted(application.id, stated["answers"])
    applied.declared(submission_id, "asked")
    with database.write() as session:
        declaration = session.scalars(select(Declaration).where(Declaration.application_id == application.id)).one()
        declaration.head_email, declaration.head_name = f"head@{mark}.example", "Head"
        declaration.token_hash = hash_of_token(f"token-of-{mark}")
        label = SchoolLabel(
            certificate=f"certificate-{mark}", round_id="2019-2020", school_id=school_id, school_name=f"School {mark}",
            country="NO", awarded_on=clock.now().date(), valid_from=2020, valid_to=2021, origin="import",
        )  # fmt: skip
        session.add(label)
        session.flush()
        label_id, declaration_id = label.id, declaration.id
        stopped = Suppression(address=f"{mark}@stopped.example", cause="staff", agency_id=agency_id, at=clock.now())
        session.add(stopped)
        session.flush()
        suppression_id = stopped.id
        facts = {"agency_id": agency_id, "language": "en", "address": actor.email}
        payload = {"outcome": "refused", "feedback": "", "school": f"School {mark}", "application": "a"}
        outbox.queue(session, "decision", f"mail {mark}", round_id=ROUND, **facts, **payload)
        audit.record(session, "test.noted", f"application:{application.id}", agency_id=agency_id, words=mark)
    read = database.read()
    return {
        "application": application.id,
        "school": school_id,
        "teacher": teacher_id,
        "label": label_id,
        "mail": read.scalar(select(outbox.Mail.id).where(outbox.Mail.dedupe_key == f"mail {mark}")),
        "agency": agency_id,
        "agency_id": agency_id,
        "suppression": suppression_id,
        "kind": "invitation",
        "language": "nb",
        "address": question,
        "change": read.scalar(select(audit.AuditLine.number).order_by(audit.AuditLine.number.desc()).limit(1)),
        "public_id": application.public_id,
        "section_id": section.id,
        "round_id": ROUND,
        "filename": "style.css",
        "provider": "none",
        "export_type": "csv",
        "session_id": 999_999,
        "evidence_id": evidence.public_id,
        "upload_id": begun.public_id,
        "submission_id": submission_id,
        "declaration_id": declaration_id,
        "certificate": f"certificate-{mark}",
        "token": f"token-of-{mark}",
    }


def line_of(method, rule):
    """How a row is called when it fails."""
    return f"{method} {rule}"


def address(app, rule, ids):
    """A rule with the ids of a thing in it."""
    view = re.match(r"/admin/([\w-]+)/", rule)
    ids = {**ids, "key": ids.get(KEYS.get(view[1], "")) if view and view[1] in KEYS else 0}
    if rule.startswith("/eligibility/"):
        ids["key"] = ids["school"]
    if rule.startswith("/rounds/"):
        ids["kind"] = "pdf"
    built = re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", lambda name: str(ids[name[1]]), rule)
    return f"{built}?id={ids['key']}" if rule.endswith(("/details/", "/edit/")) else built


NOBODYS = {"round_id", "filename", "provider", "export_type", "session_id", "kind", "language"}
"""What a name in an address means that belongs to nobody."""


def has_thing(rule):
    """Whether the address names something that belongs to somebody."""
    named = set(re.findall(r"(\w+)>", rule)) - NOBODYS
    return bool(named) or rule.endswith("/details/") or rule == "/applications"


def ask(world, client, method, rule, ids):
    data = DATA[rule](ids) if rule in DATA and method == "POST" else {}
    return client.open(address(world.app, rule, ids), method=method, data=data if method == "POST" else None)


def is_let_in(answer):
    """Whether an answer is more than a closed door; what a form lacks is said behind the door."""
    led_away = answer.status_code == 303 and answer.location == "/sign-in"
    return not led_away and answer.status_code not in {401, 403, 404, 405} and answer.status_code < 500


def words_of(answer):
    """What an answer says; the letters of a PDF can't be read here."""
    return answer.text if answer.mimetype.startswith(("text/", "application/json")) else ""


def plain(answer, path):
    """An answer without what differs from request to request, or only because the address does."""
    text = re.sub(r'nonce="[^"]+"|value="[^"]{40,}"', "", words_of(answer))
    way, _mark, number = path.partition("?id=")
    return text.replace(way, "…").replace(f"?id={number}&", "?id=…&")


def cases(world):
    """Every row with every side that it can be asked about."""
    for method, rule, who in rows(TABLE):
        for side in SIDES if has_thing(rule) else SIDES[:1]:
            yield method, rule, who, side


def known_routes(app):
    return sorted(
        (method, rule.rule.replace(", ", ","))
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    )


def test_every_route_has_a_line_and_every_line_a_route(world):
    assert known_routes(world.app) == sorted((method, rule) for method, rule, _who in rows(TABLE))


def test_the_routes_of_a_demo_have_lines_too(tmp_path):
    with running(install(tmp_path), demo="true") as app:
        expected = sorted((method, rule) for method, rule, _who in rows(TABLE + IN_A_DEMO))
        assert known_routes(app) == expected


def test_a_new_route_without_a_line_fails(tmp_path):
    """The twin: the comparison sees a route that was added."""
    with running(install(tmp_path)) as app:
        app.add_url_rule("/new/<public_id>", "new", lambda public_id: public_id)
        missing = set(known_routes(app)) - {(method, rule) for method, rule, _who in rows(TABLE)}
        assert missing == {("GET", "/new/<public_id>")}


def test_who_is_not_let_in_changes_nothing_and_a_foreign_thing_answers_as_an_absent_one(world):
    clients, wrong = {role: world.client(role) for role in ROLES}, []
    before = head()
    for method, rule, who, side in cases(world):
        ids, absent = world.ids[side], {**world.ids[side], **ABSENT, **dict.fromkeys(KEYS.values(), 999_999)}
        for role in sorted(set(ROLES) - WHO[who](side)):
            answer = ask(world, clients[role], method, rule, ids)
            found = (line_of(method, rule), role, side, answer.status_code)
            if is_let_in(answer) and not (answer.status_code in ASKED_BACK and sees(role, side, rule)):
                wrong.append(found)
            elif role != "anonymous" and not sees(role, side, rule) and has_thing(rule):
                nothing = ask(world, clients[role], method, rule, absent)
                told = [
                    (one.status_code, plain(one, address(world.app, rule, of)))
                    for one, of in ((answer, ids), (nothing, absent))
                ]
                if rule.startswith("/applications") and answer.status_code != 404:
                    wrong.append((*found, "is not answered with 404"))
                if told[0] != told[1]:
                    wrong.append((*found, "differs from an absent one", nothing.status_code))
    assert not wrong, "\n".join(map(str, wrong))
    assert head() == before


def sees(role, side, rule):
    """Whether a role may read a thing of that side, so that it may be told that it can't do more with it."""
    return "/applications" in rule and role in WHO["its teachers, its staff"](side)


def head():
    database.read().rollback()
    return database.read().scalar(select(audit.AuditHead.hash))


def test_who_may_read_is_let_in_and_reads_nothing_of_others(world):
    clients, wrong = {role: world.client(role) for role in ROLES}, []
    for method, rule, who, side in cases(world):
        if method != "GET":
            continue
        for role in sorted(WHO[who](side)):
            answer = ask(world, clients[role], method, rule, world.ids[side])
            if not is_let_in(answer) and not leads_to_sign_in(rule, answer):
                wrong.append((line_of(method, rule), role, side, answer.status_code))
            if rule.startswith(("/applications", "/admin", "/account")):
                wrong += [
                    (line_of(method, rule), role, side, word)
                    for word in foreign_words(role)
                    if word in words_of(answer)
                ]
    assert not wrong, "\n".join(map(str, wrong))


def leads_to_sign_in(rule, answer):
    """Pages on the way of signing in lead back to its beginning, or to where one comes to be signed in."""
    return rule.startswith(("/sign-in", "/declarations")) and answer.status_code in {303, 410}


def foreign_words(role):
    """Words that stand only in things that a role may not see."""
    mine = [side for side in SIDES if role in WHO["its teachers, its staff"](side)]
    marks = {"own": "own", "other school": "other", "other agency": "far"}
    return [f"{word} {marks[side]}" for side in SIDES if side not in mine for word in ("Teacher", "School")]


def test_who_may_change_is_let_in(world):
    wrong = []
    for method, rule, who, side in cases(world):
        if method != "POST":
            continue
        for role in sorted(WHO[who](side)):
            answer = ask(world, world.client(role), method, rule, world.ids[side])
            if not is_let_in(answer) and not leads_to_sign_in(rule, answer):
                wrong.append((line_of(method, rule), role, side, answer.status_code))
    assert not wrong, "\n".join(map(str, wrong))

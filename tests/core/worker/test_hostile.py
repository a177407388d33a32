"""A register in which every text is hostile: each mail is sent as it should be, or marked with why it is not."""

import re
from email.header import decode_header, make_header
from html.parser import HTMLParser
from itertools import cycle, islice, product

import pytest
from skolemerke import config, database, outbox
from skolemerke.agencies.models import Agency
from skolemerke.outbox import FAILED, SENT, Mail
from skolemerke.registry.models import School
from skolemerke.worker.sending import send_due
from sqlalchemy import select
from support.applied import agency, school
from support.installation import SHIPPED, install, running
from support.mail_server import mail_server

TEXTS = [
    '=HYPERLINK("https://evil.example","click")',
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "Ann\r\nBcc: victim@other.example",
    "Ann\nBcc: victim@other.example\n\n<h1>body</h1>",
    "Ann\u2028X-Evil: yes\x00\x0b\x85",
    "Kim\u202egnp.exe\u2066 \u2069",
    "👩‍👩‍👧 Skole 🎉",
    "x" * 300,
    "Ærlig & sønn; " * 22,
    "{school} {stop} %(name)s {{ 7 * 7 }} {% include 'x' %}",
    '"quoted" <evil@other.example>, other@other.example',
    "=?utf-8?q?=0D=0ABcc:_victim@other.example?=",
    'a\\"b\\',
    ".\r\n.\r\nMAIL FROM:<evil@other.example>",
    "عربي עברית ไทย 日本語",
    "https://label.example.evil.example/ https://evil.example/",
    "",
]
GOOD = {
    "kari@school.example": "kari@school.example",
    '"kari nordmann"@school.example': '"kari nordmann"@school.example',
    "kari@skøyen.example": "kari@xn--skyen-wua.example",
    "o'neil+a@school.example": "o'neil+a@school.example",
}
BAD = [
    "kari@school.example\r\nRCPT TO:<victim@other.example>",
    "kari@school.example\nBcc: victim@other.example",
    "kari@school.example>\r\nDATA",
    "kari@school.example, victim@other.example",
    "kåre@school.example",
    "kari@\u202eelpmaxe.loohcs",
    "=HYPERLINK(1)",
    "a@" + "b" * 300,
]


class Tags(HTMLParser):
    """The elements of a page and the addresses that its links lead to."""

    def __init__(self):
        super().__init__()
        self.elements, self.links = set(), set()

    def handle_starttag(self, tag, attrs):
        self.elements.add(tag)
        self.links |= {value for name, value in attrs if name in {"href", "src"}}
        assert not [name for name, _ in attrs if name.startswith("on")]


@pytest.fixture
def sending(tmp_path):
    with mail_server() as server:
        settings = {"mail__server": "127.0.0.1", "mail__port": str(server.port), "mail__security": "none"}
        home = install(tmp_path, *SHIPPED)
        with running(home, base_url="https://label.example", mail__per_minute="1000000", **settings) as app:
            yield app, server


def queue_hostile(addresses):
    """An invitation for each text as the name of school, person and agency, to the addresses in turn."""
    number = agency("no", "NO")
    with database.write() as session:
        hostile = session.get_one(Agency, number)
        hostile.name, hostile.contact_email, hostile.contact_url = TEXTS[3], "post@agency.example", TEXTS[1]
    schools = []
    for at, text in enumerate(TEXTS):
        made = school(f"S{at}", "NO", number)
        with database.write() as session:
            session.get_one(School, made).name = text
        schools.append(made)
    kinds = ("invitation", "invitation_head", "reminder_start", "reminder_submit", "reminder_changed")
    with database.write() as session:
        for at, ((place, name), kind, address) in enumerate(
            zip(product(schools, TEXTS), cycle(kinds), cycle(addresses), strict=False)
        ):
            facts = {"agency_id": number, "school_id": place, "round_id": "2021-2022"}
            outbox.queue(session, kind, f"h{at}", address=address, name=name, language="en", **facts)


def test_every_mail_to_a_good_address_is_sent_and_nothing_in_it_lives(sending):
    _app, server = sending
    queue_hostile(list(GOOD))
    report = send_due()
    count = len(TEXTS) ** 2
    assert (report.sent, report.failed) == (count, 0)
    assert server.recipients == list(islice(cycle(GOOD.values()), count))
    allowed = {
        "from", "to", "reply-to", "subject", "date", "message-id", "auto-submitted", "list-unsubscribe",
        "list-unsubscribe-post", "mime-version", "content-type", "content-language", "x-peer",
    }  # fmt: skip
    for message in server.messages:
        assert {name.lower() for name in message} <= allowed
        assert len(message["To"].addresses) == 1
        assert len(message["From"].addresses) == 1
        assert message["Reply-To"].addresses[0].addr_spec == "post@agency.example"
        subject = str(make_header(decode_header(message["Subject"])))
        assert not re.search(r"[\r\n\u2028\u202a-\u202e\u2066-\u2069]", subject)
        page = Tags()
        page.feed(message.get_body(("html",)).get_content())
        assert page.elements <= {"html", "head", "meta", "title", "style", "body", "div", "p", "br", "a"}
        assert all(link.startswith("https://label.example/") for link in page.links)
        assert "{school}" not in message.get_body(("plain",)).get_content().replace(TEXTS[10], "")


def test_a_bad_address_is_marked_with_why_and_reaches_no_mail_server(sending):
    _app, server = sending
    queue_hostile([*BAD, "kari@school.example"])
    send_due()
    assert set(server.recipients) == {"kari@school.example"}
    for mail in database.read().scalars(select(Mail)):
        if mail.address in BAD:
            assert mail.state == FAILED
            assert re.search("no address that a mail can be sent to|no such domain", mail.error), mail.address
        else:
            assert mail.state == SENT


def test_files_of_an_installation_without_a_server_are_as_clean(tmp_path):
    from email import policy
    from email.message import EmailMessage
    from email.parser import BytesParser

    with running(install(tmp_path, *SHIPPED), base_url="https://label.example") as app:
        queue_hostile(list(GOOD))
        assert send_due().sent == len(TEXTS) ** 2
        for path in (app.extensions[config.EXTENSION].instance / "mail").glob("*.eml"):
            message = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(path.read_bytes())
            assert "Bcc" not in message
            assert "X-Evil" not in message

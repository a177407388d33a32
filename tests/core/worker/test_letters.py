"""The message that leaves: its headers hold whatever a text says, its parts say the same."""

from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest
from skolemerke import clock, config, database, look
from skolemerke.agencies.models import Agency
from skolemerke.outbox import Letter, Mail
from skolemerke.worker import letters
from skolemerke.worker.sending import SendReport, send_due
from sqlalchemy import select
from support.applied import agency

from .conftest import queue

HOSTILE = "Ann\r\nBcc: victim@other.example\u2028X-Evil: yes\x00"


def written(text="Dear Kari,\n\nwelcome.\n", subject="Hello", **facts):
    known = {"address": "kari@school.example", "name": "Kari", "language": "nb", "message_id": "abc"}
    mail = Mail(**{**known, **facts}, created_at=clock.now())
    return read(bytes(letters.message_of(mail, Letter(subject, text))))


def part(message, kind):
    """What a part of a message says; lines in mails end in two characters."""
    return message.get_body((kind,)).get_content().replace("\r\n", "\n")


def read(data):
    return BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(data)


def test_a_mail_of_an_agency_has_its_name_and_is_answered_to_its_contact(filing):
    number = agency("no", "NO")
    with database.write() as session:
        found = session.get_one(Agency, number)
        found.name, found.contact_email = "Skoleverket, Ærlig & sønn", "contact@agency.example"
    message = written(agency_id=number)
    sender = filing.extensions[config.EXTENSION].mail.sender
    assert [(a.display_name, a.addr_spec) for a in message["From"].addresses] == [("Skoleverket, Ærlig & sønn", sender)]
    assert [a.addr_spec for a in message["Reply-To"].addresses] == ["contact@agency.example"]


def test_headers_say_which_mail_it_is_to_whom_and_that_a_program_wrote_it(filing):
    message = written()
    assert (message["To"], message["Subject"], message["Message-ID"], message["Auto-Submitted"]) == (
        "Kari <kari@school.example>",
        "Hello",
        "<abc@label.example>",
        "auto-generated",
    )
    assert message["Content-Language"] == "nb"
    assert "Reply-To" not in message


def test_no_text_begins_a_header(filing):
    message = written(subject=HOSTILE, name=HOSTILE)
    assert message["Subject"] == "Ann Bcc: victim@other.example X-Evil: yes"
    assert [a.addr_spec for a in message["To"].addresses] == ["kari@school.example"]
    assert "Bcc" not in message
    assert "X-Evil" not in message


@pytest.mark.parametrize("address", ["", "kari", "kari@", "@a.example", "a b@c.example", "kåre@school.example"])
def test_what_is_no_address_is_refused(filing, address):
    with pytest.raises(ValueError, match="no address"):
        written(address=address)


def test_a_host_with_letters_of_its_own_is_written_as_hosts_are(filing):
    assert written(address="kari@skøyen.example")["To"].addresses[0].addr_spec == "kari@xn--skyen-wua.example"


def test_the_text_and_the_page_say_the_same_and_nothing_in_it_is_markup(filing):
    text = "Blåbær <script>alert(1)</script> & {{ 7 * 7 }}\nnext line\n\nhttps://label.example/x?a=1&b=2\n"
    message = written(text=text, subject="<b>")
    assert part(message, "plain") == text
    page = part(message, "html")
    assert "<p>Blåbær &lt;script&gt;alert(1)&lt;/script&gt; &amp; {{ 7 * 7 }}<br>\nnext line</p>" in page
    assert 'href="https://label.example/x?a=1&amp;b=2">https://label.example/x?a=1&amp;b=2</a>' in page
    assert "<title>&lt;b&gt;</title>" in page


def test_only_our_own_addresses_can_be_pressed(filing):
    message = written(text="https://evil.example/\n\nhttps://label.example.evil.example/\n")
    assert "href" not in part(message, "html")


def test_without_a_server_mails_are_files_that_sort_by_time_and_are_dated_by_the_rounds_clock(filing, time):
    queue("kari@school.example", "ola@school.example", text="Hei på deg")
    assert send_due() == SendReport(sent=2)
    folder = filing.extensions[config.EXTENSION].instance / "mail"
    files = sorted(path.name for path in folder.iterdir())
    numbers = database.read().scalars(select(Mail.id).order_by(Mail.id)).all()
    assert [name.rpartition("-")[2] for name in files] == [f"{number:08d}.eml" for number in numbers]
    message = read((folder / files[0]).read_bytes())
    assert message["To"] == "kari@school.example"
    assert message["Date"].datetime.date() == clock.now().date()
    assert part(message, "plain") == "Hei på deg\n"


def test_a_folder_that_can_not_be_written_to_lets_the_mail_wait(filing):
    folder = filing.extensions[config.EXTENSION].instance / "mail"
    folder.write_text("in the way", encoding="ascii")
    queue("kari@school.example", "ola@school.example")
    assert send_due() == SendReport(retried=1)
    assert database.read().scalars(select(Mail.error).order_by(Mail.id)).all()[0].startswith("instance/mail can't be")


def test_a_letter_has_the_accent_of_its_installation_wherever_it_has_one(filing):
    ours = part(written(), "html")
    assert ours.count(look.ACCENT) == 4
    before = letters.style_hash()
    filing.extensions[look.EXTENSION] = look.Look(accent="#5b2a86")
    assert part(written(), "html") == ours.replace(look.ACCENT, "#5b2a86")
    assert letters.style_hash() != before

import pytest
from skolemerke.mailing.addresses import BadAddress, address_of, one_line


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("kari@school.example", "kari@school.example"),
        (" kari@school.example ", "kari@school.example"),
        ("kari@SKØYEN.example", "kari@xn--skyen-wua.example"),
        ("a@straße.example", "a@xn--strae-oqa.example"),
        ("a@日本語.example", "a@xn--wgv71a119e.example"),
        ('"kari nordmann"@school.example', '"kari nordmann"@school.example'),
        ('"kari.nordmann"@school.example', "kari.nordmann@school.example"),
        ('"a@b"@school.example', '"a@b"@school.example'),
        ("o'neil+tag@school.example", "o'neil+tag@school.example"),
    ],
)
def test_an_address_is_written_as_mail_servers_take_it(given, written):
    assert address_of(given).addr_spec == written


@pytest.mark.parametrize(
    "given",
    [
        "", "kari", "kari@", "@school.example", "a b@school.example", "kåre@school.example", "a@b c.example",
        "a@b\r\nBcc: x@y.example", "a\r\n@b.example", "a@b.example\nRCPT TO:<x@y.example>", "a@-b.example",
        "a@b..example", "a@b_c.example", "a@b.example>", "<a@b.example", "a@b.example, c@d.example",
        '"unclosed@b.example', "a@\u202eelpmaxe.b", "a@💥.example", "x" * 65 + "@b.example",
        "a@" + "b." * 140 + "example",
    ],
)  # fmt: skip
def test_what_can_not_be_an_address_is_refused(given):
    with pytest.raises(BadAddress):
        address_of(given)


def test_a_name_is_one_line_that_turns_nothing_and_is_cut_at_a_word():
    assert one_line("Ann\r\nBcc: x\x00\u2028y\x85z") == "Ann Bcc: x y z"
    assert one_line("Kim\u202egnp.exe\u2066") == "Kimgnp.exe"
    assert one_line("a\ud800b") == "a\ufffdb"
    assert one_line("word " * 80, 30) == "word word word word word…"
    assert one_line("ñ" * 300, 30) == "ñ" * 29 + "…"
    assert one_line("=?utf-8?q?=0D=0ABcc:_x?=") == "= ?utf-8?q?=0D=0ABcc:_x?="
    assert one_line("👩‍👩‍👧 Kim") == "👩‍👩‍👧 Kim"

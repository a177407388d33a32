"""Small files that somebody may send, well meant or not, with what becomes of each."""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, PngImagePlugin

from support.applying import PDF, docx, odt, picture

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
HTML = b"<!doctype html><script>alert(document.domain)</script>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
SCRIPT = b"<script>alert(1)</script>"

CONTENT, KINDS, BENT = "The content of the file", "can't be added", "can't be opened"
TIGHT, HUGE, PHONE = "packed so tightly", "make it smaller", "add it as JPEG"


@dataclass(frozen=True)
class Sent:
    """A file as it is sent. It is refused in words that hold `refused`, or kept under `kept`; `gone` must then not be
    in it any more."""

    name: str
    content: bytes
    refused: str = ""
    kept: str = ""
    gone: bytes = b""


def corpus() -> list[Sent]:
    """All of them, each under another name."""
    return [*_names(), *_other_kinds(), *_both_kinds(), *_archives(), *_pictures()]


def _names() -> Iterator[Sent]:
    """A whole PDF under names that lead elsewhere, hide their ending, or are no names."""
    long = "x" * 300
    for name, kept in {
        "../../../../etc/cron.d/plan.pdf": "plan.pdf",
        "..\\..\\Windows\\plan.pdf": "plan.pdf",
        "C:\\fakepath\\plan.pdf": "plan.pdf",
        "/etc/passwd/.pdf.pdf": "pdf.pdf",
        "nul\x00.html\x00.pdf": "nul.html.pdf",
        "line\r\nSet-Cookie: a=b.pdf": "lineSet-Cookie: a=b.pdf",
        "turned\u202efdp.pdf": "turnedfdp.pdf",
        "unseen\u200b\ufeff.pdf": "unseen.pdf",
        f"{long}.pdf": f"{'x' * 116}.pdf",
        "æ" * 200 + ".pdf": "æ" * 116 + ".pdf",
        "e\u0301tude.pdf": "\u00e9tude.pdf",
        "🎒🏫.pdf": "🎒🏫.pdf",
        '"><img src=x onerror=alert(1)>.pdf': '"><img src=x onerror=alert(1)>.pdf',
        "{{ 7*7 }}${7*7}%s.pdf": "{{ 7*7 }}${7*7}%s.pdf",
        "=cmd|' C'!A0.pdf": "=cmd|' C'!A0.pdf",
        "CON.pdf": "CON.pdf",
        "plan.pdf. . .": "plan.pdf",
        "page.html.pdf": "page.html.pdf",
        "-rf.pdf": "-rf.pdf",
        "a%2f..%2fb.pdf": "a%2f..%2fb.pdf",
    }.items():
        yield Sent(name, PDF, kept=kept)
    for name in (
        "plan.pdf.exe",
        "turned\u202efdp.exe",
        "plan.pdf\u202e.svg",
        "plan",
        ".pdf",
        "",
        "..",
        "/",
        "\x00",
        "plan.pdf/",
    ):
        yield Sent(name, PDF, refused=KINDS)


def _other_kinds() -> Iterator[Sent]:
    """What is something else than its name says, or of a kind that is not taken."""
    for name, content in {
        "html.pdf": HTML,
        "svg.pdf": SVG,
        "xml.pdf": b"<?xml version='1.0'?><?xml-stylesheet href='x'?><a/>",
        "eicar.pdf": EICAR,
        "program.pdf": b"MZ" + bytes(64),
        "elf.pdf": b"\x7fELF" + bytes(64),
        "shell.pdf": b"#!/bin/sh\nrm -rf /\n",
        "zeros.pdf": bytes(2000),
        "mark.pdf": b"\xef\xbb\xbf" + PDF,
        "late.pdf": b"<html>" + PDF,
        "html.png": HTML,
        "svg.png": SVG,
        "gif.png": b"GIF89a/*" + bytes(40) + b"*/=1;" + SCRIPT,
        "webp.jpg": b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(40),
        "tiff.jpg": b"II*\x00" + bytes(40),
        "rtf.docx": rb"{\rtf1 old}",
        "doc.docx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    }.items():
        yield Sent(name, content, refused=CONTENT)
    for name in ("page.html", "drawing.svg", "page.xhtml", "macro.docm", "old.doc", "film.mp4", "all.zip", "a.exe"):
        yield Sent(name, PDF, refused=KINDS)
    for name in ("photo.heic", "PHOTO.HEIF", "photo.avif"):
        yield Sent(name, b"\x00\x00\x00\x18ftypheic" + bytes(40), refused=PHONE)
    yield Sent("empty.pdf", b"", refused="The file is empty")
    yield Sent("large.pdf", PDF + bytes(10 * 1024 * 1024), refused="larger than 10 MB")


def _both_kinds() -> Iterator[Sent]:
    """What is two kinds at once: what it is would depend on who reads it."""
    yield Sent("pdf-zip.pdf", PDF + docx(), refused=CONTENT)
    yield Sent("pdf-zip.docx", PDF + docx(), refused=CONTENT)
    yield Sent("jpeg-zip.jpg", picture() + docx(), refused=CONTENT)
    yield Sent("jpeg-as-pdf.pdf", picture() + PDF, refused=CONTENT)
    yield Sent("png-as-jpeg.jpg", picture("PNG"), refused=CONTENT)
    yield Sent("jpeg-html.jpg", picture() + SCRIPT, kept="jpeg-html.jpg", gone=b"script")
    yield Sent("png-html.png", picture("PNG") + SCRIPT, kept="png-html.png", gone=b"script")
    yield Sent("png-words.png", _worded(), kept="png-words.png", gone=b"script")
    # No look at a PDF or a document finds everything: they are given out as what can run nothing.
    yield Sent(
        "pdf-script.pdf", PDF.replace(b"<<", b"<</OpenAction<</S/JavaScript/JS(app.alert(1))>>"), kept="pdf-script.pdf"
    )
    yield Sent("pdf-eicar.pdf", PDF + EICAR, kept="pdf-eicar.pdf")


def _archives() -> Iterator[Sent]:
    """Documents that are archives, and do harm to whoever unpacks them."""
    yield Sent("plain.docx", docx(), kept="plain.docx")
    yield Sent("plain.odt", odt(), kept="plain.odt")
    yield Sent("bomb.docx", _packed(docx(), "word/media/zeros.bin", 60), refused=TIGHT)
    yield Sent("bomb.odt", _packed(odt(), "Pictures/zeros.bin", 60), refused=TIGHT)
    yield Sent("many.docx", docx({f"word/{at}": b"" for at in range(25_000)}), refused=TIGHT)
    yield Sent("claims.docx", _claims_more(docx()), refused=TIGHT)
    yield Sent("outward.docx", docx({"../../evil.sh": b"x"}), refused=CONTENT)
    yield Sent("rooted.odt", _with(odt(), "/etc/passwd"), refused=CONTENT)
    yield Sent("macro.docx", docx({"word/vbaProject.bin": b"x"}), refused=CONTENT)
    yield Sent("basic.odt", _with(odt(), "Basic/Standard/Module1.xml"), refused=CONTENT)
    yield Sent("sheet.odt", odt("application/vnd.oasis.opendocument.spreadsheet"), refused=CONTENT)
    yield Sent("cut.docx", docx()[:200], refused=CONTENT)
    yield Sent("bent.docx", docx().replace(b"PK\x01\x02", b"PK\x01\x03"), refused=CONTENT)


def _pictures() -> Iterator[Sent]:
    """Pictures that are bent, or are large when they are drawn."""
    yield Sent("cut.jpg", picture()[:200], refused=BENT)
    yield Sent("head.jpg", b"\xff\xd8\xff\xe0" + os.urandom(300), refused=BENT)
    yield Sent("noise.png", picture("PNG")[:33] + os.urandom(300), refused=BENT)
    yield Sent("huge.png", _png(30_000, 30_000), refused=HUGE)
    yield Sent("most.png", _png(2**31 - 1, 2**31 - 1), refused=HUGE)
    yield Sent("huge.jpg", _stated(picture(), 65_000, 65_000), refused=HUGE)
    yield Sent("none.png", _png(0, 0), refused=BENT)
    yield Sent("words.png", _png(2, 2, b"zTXt", b"a\x00\x00" + zlib.compress(bytes(80_000_000))), refused=BENT)


def _worded() -> bytes:
    made, words = io.BytesIO(), PngImagePlugin.PngInfo()
    words.add_text("Comment", SCRIPT.decode())
    Image.new("RGB", (20, 20)).save(made, "PNG", pnginfo=words)
    return made.getvalue()


def _packed(document: bytes, name: str, megabytes: int) -> bytes:
    made = io.BytesIO(document)
    with (
        zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as file,
        file.open(name, "w", force_zip64=True) as member,
    ):
        for _ in range(megabytes):
            member.write(bytes(1_000_000))
    return made.getvalue()


def _with(document: bytes, name: str) -> bytes:
    made = io.BytesIO(document)
    with zipfile.ZipFile(made, "a") as file:
        file.writestr(name, "x")
    return made.getvalue()


def _claims_more(document: bytes) -> bytes:
    """A directory that says of a member that it is four gigabytes."""
    at = document.index(b"PK\x01\x02")
    return document[: at + 24] + struct.pack("<I", 0xFFFFFFF0) + document[at + 28 :]


def _png(width: int, height: int, kind: bytes = b"", content: bytes = b"") -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    more = chunk(kind, content) if kind else b""
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + more
        + chunk(b"IDAT", zlib.compress(bytes(100)))
        + chunk(b"IEND", b"")
    )


def _stated(jpeg: bytes, width: int, height: int) -> bytes:
    """A picture whose head says another size."""
    at = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:at] + struct.pack(">HH", height, width) + jpeg[at + 4 :]

"""The words of a PDF that our typesetter made, read without a program that not every machine has.

It reads what that typesetter writes and nothing more: fonts with their own table of characters, pages in order.
"""

from __future__ import annotations

import re
import zlib

OBJECT = re.compile(rb"(\d+) 0 obj(.*?)endobj", re.DOTALL)
STREAM = re.compile(rb"stream\r?\n(.*)\r?\nendstream", re.DOTALL)
SHOWN = re.compile(rb"/(f\d+) [\d.]+ Tf|\(((?:\\.|[^\\()])*)\)|<([0-9A-Fa-f]+)>(?=[^>]*T[jJ])|\bET\b", re.DOTALL)
ESCAPED = re.compile(rb"\\([0-7]{1,3}|\r?\n|.)", re.DOTALL)
LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def words_of(made: bytes) -> str:
    """What stands on the pages, with one blank between words."""
    objects = {int(found[1]): found[2] for found in OBJECT.finditer(made)}
    said = []
    for page in objects.values():
        contents = re.search(rb"/Type/Page/.*?/Contents (\d+) 0 R", page, re.DOTALL)
        if contents:
            said += _runs(_stream(objects[int(contents[1])]), _fonts(objects, page))
    return " ".join(" ".join(said).split())


def _fonts(objects: dict[int, bytes], page: bytes) -> dict[bytes, dict[int, str]]:
    """The characters of each font of a page, by the number under which the page names them."""
    resources = _followed(objects, page, rb"/Resources ")
    named = re.search(rb"/Font<<(.*?)>>", resources, re.DOTALL)
    fonts = {}
    for name, number in re.findall(rb"/(f\d+) (\d+) 0 R", named[1] if named else b""):
        table = re.search(rb"/ToUnicode (\d+) 0 R", objects[int(number)])
        fonts[name] = _characters(_stream(objects[int(table[1])])) if table else {}
    return fonts


def _followed(objects: dict[int, bytes], holder: bytes, key: bytes) -> bytes:
    found = re.search(key + rb"(\d+) 0 R", holder)
    return objects[int(found[1])] if found else holder


def _characters(table: bytes) -> dict[int, str]:
    found = {}
    for part in re.findall(rb"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for number, text in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", part):
            found[int(number, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be")
    for part in re.findall(rb"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, text in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", part):
            begin = int(text, 16)
            found |= {n: chr(begin + n - int(first, 16)) for n in range(int(first, 16), int(last, 16) + 1)}
    return found


def _runs(content: bytes, fonts: dict[bytes, dict[int, str]]) -> list[str]:
    font: dict[int, str] = {}
    runs, run = [], ""
    for shown in SHOWN.finditer(content):
        if shown[1]:
            font = fonts.get(shown[1], {})
        elif shown[0] == b"ET":
            runs, run = [*runs, run], ""
        else:
            letters = bytes.fromhex(shown[3].decode()) if shown[3] else ESCAPED.sub(_letter, shown[2] or b"")
            pairs = zip(letters[::2], letters[1::2], strict=False)
            run += "".join(font.get(high * 256 + low, "") for high, low in pairs)
    return runs


def _letter(escaped: re.Match[bytes]) -> bytes:
    said = escaped[1]
    if said.isdigit():
        return bytes([int(said, 8)])
    return LETTERS.get(said, b"" if said.strip() == b"" and said != b" " else said)


def _stream(body: bytes) -> bytes:
    found = STREAM.search(body)
    data = found[1] if found else b""
    return zlib.decompress(data) if b"/FlateDecode" in body.split(b"stream", maxsplit=1)[0] else data

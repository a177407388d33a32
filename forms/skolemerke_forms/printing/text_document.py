"""A blank form as a text document that can be edited: headings, lists and lines to write on, no tables."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from skolemerke_forms.printing.paper import Paper, direction_of, printable

QUIET = RGBColor(0x4A, 0x55, 0x60)
ACCENT = RGBColor(0x12, 0x43, 0x6D)
WIDTH = Cm(16)
BOXES = {True: "\N{BALLOT BOX} ", False: "\N{WHITE CIRCLE} "}
NO_DAY = datetime(2000, 1, 1, tzinfo=UTC)
"""The day that stands as that of its making, so that the same form gives the same document."""


def docx_of(paper: Paper) -> bytes:
    """The text document of a paper (Office Open XML)."""
    writer = _Writer(paper)
    for block in paper.blocks:
        getattr(writer, block["kind"])(block)
    return writer.saved()


class _Writer:
    """Writes the blocks of a paper, each by the method of its kind."""

    def __init__(self, paper: Paper) -> None:
        self._frame, self._document = paper.frame, Document()
        self._properties(paper)
        self._styles()
        self._margins(paper)
        self._paragraph(paper.said(paper.title), "Title")
        for name, value in paper.frame.facts:
            self._paragraph(paper.said(f"{name}: {value}"))

    def heading(self, block: dict[str, Any]) -> None:
        """A heading."""
        self._paragraph(block["text"], f"Heading {block['level']}")

    def paragraphs(self, block: dict[str, Any]) -> None:
        """Paragraphs of a text."""
        for line in block["lines"]:
            run = self._paragraph(line).runs[0]
            run.italic = block["tone"] == "condition"
            if block["tone"] in {"help", "condition"}:
                run.font.size, run.font.color.rgb = Pt(10), QUIET

    def tag(self, block: dict[str, Any]) -> None:
        """A requirement."""
        run = self._paragraph(block["text"]).runs[0]
        run.bold, run.font.color.rgb = True, ACCENT

    def options(self, block: dict[str, Any]) -> None:
        """Boxes or circles, one on each line of a list."""
        for item in block["items"]:
            more = f" – {item['more']['text']}" if item["more"]["text"] else ""
            label = item["label"]
            self._paragraph({**label, "text": f"{BOXES[block['several']]}{label['text']}{more}"}, "List")

    def writing(self, block: dict[str, Any]) -> None:
        """Lines to write on, which are tabulators with a leader and give way to what is typed."""
        if block["label"]["text"]:
            self._paragraph(block["label"])
        for _line in range(block["lines"]):
            paragraph = self._document.add_paragraph()
            paragraph.paragraph_format.tab_stops.add_tab_stop(WIDTH, WD_TAB_ALIGNMENT.LEFT, WD_TAB_LEADER.LINES)
            paragraph.add_run("\t")

    def declared(self, block: dict[str, Any]) -> None:
        """A text that is signed or confirmed."""
        for line in block["lines"]:
            self._paragraph(line, "Quote")

    def signature(self, block: dict[str, Any]) -> None:
        """Places to sign."""
        for label in block["labels"]:
            self.writing({"label": {**label, "text": ""}, "lines": 1})
            self._paragraph(label).runs[0].font.size = Pt(9)

    def answer(self, block: dict[str, Any]) -> None:
        """An answer."""
        for line in block["lines"]:
            self._paragraph(line, "Quote")

    def evidence(self, block: dict[str, Any]) -> None:
        """The evidence by a question."""
        self._paragraph(block["label"])
        for item in block["items"]:
            self._paragraph(item, "List Bullet")

    def saved(self) -> bytes:
        """The document as bytes."""
        out = BytesIO()
        self._document.save(out)
        return _undated(out)

    def _paragraph(self, said: dict[str, str], style: str | None = None) -> Any:
        paragraph = self._document.add_paragraph(style=style)
        run = paragraph.add_run(_xml(said["text"]))
        _set_language(run._r.get_or_add_rPr(), said["lang"], said["dir"])  # noqa: SLF001 - the library's own way in
        if said["dir"] == "rtl":
            paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))  # noqa: SLF001 - the same
        return paragraph

    def _properties(self, paper: Paper) -> None:
        properties = self._document.core_properties
        properties.title = _xml(printable(paper.title))[:255]
        properties.language = paper.frame.language
        properties.author = properties.comments = properties.last_modified_by = ""
        properties.created = properties.modified = NO_DAY

    def _styles(self) -> None:
        styles = self._document.styles
        normal = styles["Normal"]
        normal.font.name, normal.font.size = "Calibri", Pt(11)
        _set_language(normal.element.get_or_add_rPr(), self._frame.language, direction_of(self._frame.language))
        for level in (1, 2, 3):
            styles[f"Heading {level}"].font.color.rgb = ACCENT if level == 1 else RGBColor(0, 0, 0)
            styles[f"Heading {level}"].paragraph_format.keep_with_next = True

    def _margins(self, paper: Paper) -> None:
        section = self._document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.5)
        header = " – ".join(part for part in (paper.frame.school, paper.frame.round) if part)
        section.header.paragraphs[0].text = _xml(printable(header))


def _undated(document: BytesIO) -> bytes:
    """The document with NO_DAY at each of its parts, on which the library puts the time of saving."""
    out = BytesIO()
    with ZipFile(document) as dated, ZipFile(out, "w", ZIP_DEFLATED) as undated:
        for part in dated.infolist():
            undated.writestr(ZipInfo(part.filename, NO_DAY.timetuple()[:6]), dated.read(part), ZIP_DEFLATED)
    return out.getvalue()


def _set_language(properties: Any, language: str, direction: str) -> None:
    for old in properties.findall(qn("w:lang")):
        properties.remove(old)
    tag = OxmlElement("w:lang")
    tag.set(qn("w:val"), language)
    if direction == "rtl":
        tag.set(qn("w:bidi"), language)
        properties.append(OxmlElement("w:rtl"))
    properties.append(tag)


def _xml(text: str) -> str:
    """Without the two characters that XML can't hold; all others that it can't were left out before."""
    return text.replace("\ufffe", "").replace("\uffff", "")

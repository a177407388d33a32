"""The controls of a page as a person meets them: what each is, its name and value, and what it is called."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Control:
    """One control. `value` is that of its attribute or its text; `label` is what stands in its label."""

    type: str
    name: str
    value: str
    is_checked: bool = False
    id: str = ""
    label: str = ""

    @property
    def key(self) -> tuple[str, str, str, bool, str]:
        """What two renderings must agree on."""
        return self.type, self.name, self.value, self.is_checked, self.label


@dataclass
class _Open:
    tag: str
    attributes: dict[str, str | None]
    text: list[str] = field(default_factory=list)


class Page(HTMLParser):
    """Reads a page."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.controls: list[Control] = []
        self.labels: dict[str, str] = {}
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.described: list[str] = []
        self.legends: list[str] = []
        self._open: list[_Open] = []
        self.feed(markup)
        self.close()
        for control in self.controls:
            control.label = self.labels.get(control.id, "")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        attributes = dict(attrs)
        self.tags.append(tag)
        if found := attributes.get("id"):
            self.ids.append(found)
        self.described += (attributes.get("aria-describedby") or "").split()
        self.described += (attributes.get("aria-labelledby") or "").split()
        if tag == "input":
            value = attributes.get("value") or ""
            self.controls.append(
                Control(
                    attributes.get("type") or "text",
                    attributes.get("name") or "",
                    value,
                    "checked" in attributes,
                    attributes.get("id") or "",
                )
            )
        if tag in {"label", "textarea", "legend", "button"}:
            self._open.append(_Open(tag, attributes))

    def handle_data(self, data: str) -> None:
        """Note text."""
        for one in self._open:
            one.text.append(data)

    def handle_endtag(self, tag: str) -> None:
        """Note what stood in an element."""
        if not self._open or self._open[-1].tag != tag:
            return
        ended = self._open.pop()
        text = "".join(ended.text)
        if tag == "label":
            self.labels[ended.attributes.get("for") or ""] = " ".join(text.split())
        elif tag == "legend":
            self.legends.append(" ".join(text.split()))
        elif tag == "textarea":
            # The first line break after the tag is no part of the text.
            value = text.removeprefix("\r").removeprefix("\n")
            self.controls.append(Control("textarea", ended.attributes.get("name") or "", value, False, _id(ended)))


def _id(part: _Open) -> str:
    return part.attributes.get("id") or ""

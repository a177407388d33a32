"""Pages of a long list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import request, url_for


@dataclass(frozen=True)
class Pager:
    """One page of a list of `total` rows, `size` on a page. A page that is asked for beyond the last is the last."""

    asked: int
    total: int
    size: int = 50

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // self.size))

    @property
    def page(self) -> int:
        """The number of this page, from 1."""
        return min(max(1, self.asked), self.pages)

    @property
    def offset(self) -> int:
        """How many rows stand before this page."""
        return (self.page - 1) * self.size

    @property
    def first(self) -> int:
        """The number of the first row of this page, from 1; 0 without rows."""
        return min(self.offset + 1, self.total)

    @property
    def last(self) -> int:
        """The number of the last row of this page."""
        return min(self.offset + self.size, self.total)

    def address(self, page: int) -> str:
        """The address of another page of the list that this request asks for."""
        kept = {name: value for name, value in request.args.items() if name not in {"page", "language"} and value}
        return url_for(str(request.endpoint), **{**(request.view_args or {}), **kept, "page": page})

    def near(self) -> Iterator[int | None]:
        """The numbers that are offered: the first, the last, those beside this page; none where some are left out."""
        before = 0
        for number in range(1, self.pages + 1):
            if number in {1, self.pages} or abs(number - self.page) <= 1:
                if number - before > 1:
                    yield None
                yield number
                before = number


def asked_page() -> int:
    """The page that the request asks for; the first when it asks for none, or for nonsense."""
    text = request.args.get("page", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1

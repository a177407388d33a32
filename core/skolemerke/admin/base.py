"""The base of every view under /admin: closed unless a right opens it.

Flask-Admin is open by default. Here each name of a view is mapped to a right, and the others do not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar, cast

from flask import abort, redirect, session, url_for
from flask.typing import ResponseReturnValue
from flask_admin import Admin, BaseView, expose
from sqlalchemy.orm import Session, scoped_session

from skolemerke.people.rights import may
from skolemerke.web import guard

SIGN_IN = "/sign-in"
LARGEST_ID = 2**31 - 1

Page = TypeVar("Page", bound=Callable[..., ResponseReturnValue])


def page(url: str, *methods: str) -> Callable[[Page], Page]:
    """Make a function of a view answer at an address below the view's own; with GET unless others are named."""
    made: Callable[[Page], Page] = expose(url, methods or ("GET",))
    return made


class Reading(scoped_session[Session]):
    """The reading sessions of an application, as Flask-Admin wants to be given a database."""

    def __init__(self, reads: scoped_session[Any]) -> None:
        super().__init__(reads.session_factory)
        self.registry = reads.registry

    @property
    def session(self) -> Reading:
        """Itself: Flask-Admin asks a database for its session."""
        return self


class Secured:
    """What makes a view safe to register. `rights` maps the name of each view function to the verb that opens it;
    a function that is not named there answers as if it did not exist."""

    rights: ClassVar[Mapping[str, str]] = {}
    _default_view: str
    endpoint: str

    def _handle_view(self, name: str, **_kwargs: Any) -> ResponseReturnValue | None:
        actor = guard.actor()
        if not actor.is_known:
            session[guard.WANTED] = url_for(f"{self.endpoint}.{self._default_view}")
            return redirect(SIGN_IN, 303)
        if name not in self.rights or not may(actor, self.rights[name]):
            abort(404)
        return None

    def is_accessible(self) -> bool:
        """Whether the view stands in the menu of the one who is asking."""
        verb = self.rights.get(self._default_view)
        return verb is not None and may(guard.actor(), verb)

    def draw(self, template: str, **facts: Any) -> str:
        """A page of the administration."""
        drawn: str = cast("Any", self).render(template, **facts)
        return drawn


class SecuredAdmin(Admin):  # type: ignore[misc] # Flask-Admin ships no types
    """The administration. A view that is not secured is refused when it is registered: the start fails."""

    def add_view(self, view: Any) -> None:
        """Register a secured view. Raises `TypeError` for any other."""
        if not isinstance(view, Secured):
            raise TypeError(f"{type(view).__name__} is not secured: derive it from RecordView or PageView")
        super().add_view(view)


class PageView(Secured, BaseView):  # type: ignore[misc] # Flask-Admin ships no types
    """A page of our own in the administration."""

"""`/sign-in/second-factor` and `/account/second-factor`: giving, setting up and renewing the second factor of staff."""

from __future__ import annotations

from contextlib import suppress

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skolemerke.config import current_config
from skolemerke.people import second_factor
from skolemerke.people.sessions import Standing
from skolemerke.web import guard, sign_in

blueprint = Blueprint("second_factor", __name__)


@blueprint.get("/sign-in/second-factor")
def ask() -> ResponseReturnValue:
    """Asks for a code of the app, after the address was proved."""
    if _held("second_factor") is None:
        return sign_in.go_on()
    return render_template("sign_in/second_factor.html", error="")


@blueprint.post("/sign-in/second-factor")
def give() -> ResponseReturnValue:
    """Take the code, and let the visitor in."""
    if _held("second_factor") is None:
        return sign_in.go_on()
    try:
        guard.renew(second_factor.give(_token(), _code()))
    except second_factor.WrongCode as wrong:
        return render_template("sign_in/second_factor.html", error=_said(wrong)), 422
    except second_factor.NotNow:
        return sign_in.go_on()
    return sign_in.go_on()


@blueprint.get("/account/second-factor")
def manage() -> ResponseReturnValue:
    """Where a second factor is set up, or its codes for the paper are renewed."""
    held = _held("set_up", "whole")
    return _to_sign_in() if held is None else _page(held)


@blueprint.post("/account/second-factor/begin")
def begin() -> ResponseReturnValue:
    """Make a secret, which the page then shows."""
    if _held("set_up", "whole") is None:
        return _to_sign_in()
    with suppress(second_factor.NotNow):
        second_factor.begin_set_up(_token())
    return redirect(url_for("second_factor.manage"), 303)


@blueprint.post("/account/second-factor")
def confirm() -> ResponseReturnValue:
    """Take the first code of the app; the answer shows the codes for the paper, this once."""
    return _told(second_factor.confirm, "confirm")


@blueprint.post("/account/second-factor/codes")
def renew() -> ResponseReturnValue:
    """Give new codes for the paper."""
    return _told(second_factor.renew_recovery_codes, "renew")


@blueprint.post("/account/second-factor/remove")
def remove() -> ResponseReturnValue:
    """Take the second factor off, such as before another telephone is used."""
    held = _held("whole")
    if held is None:
        return _to_sign_in()
    try:
        second_factor.remove(_token(), _code())
    except second_factor.WrongCode as wrong:
        return _page(held, "remove", _said(wrong))
    except second_factor.NotNow:
        abort(404)
    flash(_("The second factor was taken off."), "success")
    guard.forget_actor()
    return redirect(url_for("second_factor.manage"), 303)


@blueprint.after_request
def keep_nothing(response: Response) -> Response:
    """Let no cache keep a page with a secret."""
    response.headers["Cache-Control"] = "no-store"
    return response


def _told(change: second_factor.Telling, field: str) -> ResponseReturnValue:
    """Do what a right code allows, and show the codes for the paper."""
    held = _held("set_up", "whole")
    if held is None:
        return _to_sign_in()
    try:
        token, codes = change(_token(), _code())
    except second_factor.WrongCode as wrong:
        return _page(held, field, _said(wrong))
    except second_factor.NotNow:
        return redirect(url_for("second_factor.manage"), 303)
    guard.renew(token)
    return render_template("account/recovery_codes.html", codes=codes)


def _held(*steps: str) -> Standing | None:
    """The session of this browser where it stands at one of these steps; a page that is not for teachers is absent
    for them."""
    held = guard.standing()
    if held is None or held.step not in steps:
        return None
    if not held.has_role and not second_factor.is_set_up(_account_of(held)):
        abort(404)
    return held


def _account_of(held: Standing) -> int:
    # Whoever holds a session is known.
    return held.actor.account_id or 0


def _page(held: Standing, field: str = "", error: str = "") -> ResponseReturnValue:
    account = _account_of(held)
    secret = second_factor.secret_to_set_up(account)
    page = render_template(
        "account/second_factor.html",
        is_set_up=second_factor.is_set_up(account),
        left=second_factor.recovery_codes_left(account),
        is_required=current_config().second_factor_required,
        secret=secret,
        square=_square(second_factor.address_for_app(secret, held.actor.email)) if secret else "",
        field=field,
        error=error,
    )
    return page, 422 if error else 200


def _square(address: str) -> str:
    """A picture of an address that a telephone reads, as data that stands in the page itself."""
    import segno  # noqa: PLC0415 - drawn once in the life of a member of staff

    return segno.make(address, error="m", micro=False).svg_data_uri(scale=5, border=4, light="white")


def _to_sign_in() -> ResponseReturnValue:
    if request.method not in guard.SAFE_METHODS:
        abort(401)
    session[guard.WANTED] = url_for("second_factor.manage")
    return redirect(url_for("sign_in.form"), 303)


def _token() -> str:
    return str(session.get(guard.TOKEN, ""))


def _code() -> str:
    return request.form.get("code", "")[:100]


def _said(wrong: second_factor.WrongCode) -> str:
    if isinstance(wrong, second_factor.TooManyWrong):
        return str(_("Too many wrong codes came. Wait a quarter of an hour, then try again."))
    return str(_("This code is not right, or it was used already. Wait for the next one in the app and type that."))

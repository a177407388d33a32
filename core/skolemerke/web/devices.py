"""What a browser says of itself, roughly: enough for its owner to know it again, too little to follow anybody."""

from __future__ import annotations

import re

from flask import request
from flask_babel import gettext as _

BROWSERS = (
    ("edge", "Edge", re.compile(r"\bEdg(e|A|iOS)?/")),
    ("opera", "Opera", re.compile(r"\bOPR/|\bOpera\b")),
    ("samsung", "Samsung Internet", re.compile(r"\bSamsungBrowser/")),
    ("firefox", "Firefox", re.compile(r"\bFirefox/|\bFxiOS/")),
    ("chrome", "Chrome", re.compile(r"\bChrome/|\bCriOS/|\bChromium/")),
    ("safari", "Safari", re.compile(r"\bSafari/")),
)
SYSTEMS = (
    ("iphone", "iPhone", re.compile(r"\biPhone\b")),
    ("ipad", "iPad", re.compile(r"\biPad\b")),
    ("android", "Android", re.compile(r"\bAndroid\b")),
    ("windows", "Windows", re.compile(r"\bWindows\b")),
    ("chromeos", "ChromeOS", re.compile(r"\bCrOS\b")),
    ("mac", "Mac", re.compile(r"\bMacintosh\b")),
    ("linux", "Linux", re.compile(r"\bLinux\b")),
)


def device_of_request() -> str:
    """The browser and system that ask, such as `firefox/windows`; a half that is not known is empty."""
    said = request.headers.get("User-Agent", "")[:500]
    return f"{_found(BROWSERS, said)}/{_found(SYSTEMS, said)}"


def in_words(device: str) -> str:
    """A browser and system in the reader's words."""
    browser, _slash, system = device.partition("/")
    names = {key: name for key, name, _pattern in (*BROWSERS, *SYSTEMS)}
    if browser in names and system in names:
        return str(_("%(browser)s on %(system)s", browser=names[browser], system=names[system]))
    return names.get(browser) or names.get(system) or str(_("A browser that did not say which one it is"))


def _found(kinds: tuple[tuple[str, str, re.Pattern[str]], ...], said: str) -> str:
    return next((key for key, _name, pattern in kinds if pattern.search(said)), "")

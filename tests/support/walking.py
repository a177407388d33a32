"""A person with a browser in a served demo, and the steps that every round's way has."""

from __future__ import annotations

import os
import re
from pathlib import Path

from playwright.sync_api import Locator, Page

PATIENCE = 10_000


class Walk:
    """A person with a browser in a served demo."""

    def __init__(self, page: Page, address: str, language: str) -> None:
        self.page, self.address, self.language = page, address, language
        self.name, self.pictures = "", 0
        page.set_default_timeout(PATIENCE)
        self.troubles: list[str] = []
        page.on("console", lambda message: self.troubles.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("request", self._watch)
        page.on("response", lambda r: self.troubles.append(f"{r.status} {r.url}") if r.status >= 500 else None)

    def _watch(self, request) -> None:
        if not request.url.startswith((self.address, "data:", "about:")):
            self.troubles.append(f"asked another host: {request.url}")

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)
        assert self.page.locator("html").get_attribute("lang") == self.language
        # Nothing is wider than the window, on a phone either.
        assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        self.keep(path)

    def keep(self, name: str) -> None:
        """Keep a picture of the page in the folder that the environment names, to be looked at by people."""
        folder = os.environ.get("SCREENSHOTS")
        if folder:
            self.pictures += 1
            file = f"{self.name}-{self.pictures:02}-{re.sub(r'[^a-z0-9]+', '-', name.lower()).strip('-')}.png"
            self.page.screenshot(path=Path(folder) / file, full_page=True)

    def press(self, form: str) -> None:
        """Press the button of the form with that address; on a small screen it may stand in the menu."""
        found = self.page.locator(f'form[action$="{form}"] button')
        if self.page.locator("#menu").locator(found).count() and not found.first.is_visible():
            self.page.locator(".menu-button").first.click()
        arrive(found.locator("visible=true").first)

    def mail(self, words: str) -> None:
        """Open the newest mail in whose address or subject the words stand."""
        self.page.goto(f"{self.address}/demo/mails?q={words}")
        arrive(self.page.locator("main ul a").first)

    def follow_mail(self, words: str, path: str) -> None:
        """Wait for a mail that the worker sends, and follow its link to a path."""
        link = self.page.locator(f'main a[href*="{path}"]').first
        for _ in range(60):
            self.page.goto(f"{self.address}/demo/mails?q={words}")
            if self.page.locator("main ul a").count():
                arrive(self.page.locator("main ul a").first)
                if link.count():
                    self.keep(f"mail {path}")
                    arrive(link)
                    self.keep(f"followed {path}")
                    return
            self.page.wait_for_timeout(250)
        raise AssertionError(f"no mail to {words} with a link to {path}")

    def door(self, name: str) -> None:
        self.page.goto(f"{self.address}/demo/")
        self.press(f"/door/{name}")

    def clock(self, name: str) -> None:
        self.page.goto(f"{self.address}/demo/")
        arrive(self.page.locator(f'form:has(input[value="{name}"]) button'))


def arrive(control: Locator) -> None:
    """Press a link or a button, and wait until the page that it leads to is there.

    A press alone may come back before its post has left, and who goes elsewhere at once breaks it off.
    """
    with control.page.expect_navigation():
        control.click()


def begin(walk: Walk) -> str:
    """Begin the first application that is offered; gives its address."""
    walk.go("/applications")
    arrive(walk.page.locator("main form button").first)
    return walk.page.url.removeprefix(walk.address)


def add_link(page: Page, question: str) -> None:
    """Put a link by a question."""
    box = page.locator(f'[aria-labelledby="evidence-{question}"]')
    box.locator("summary").last.click()
    box.locator(f'[name="link_{question}"]').fill(f"https://www.example.org/{question}")
    arrive(box.locator(f'button[value="evidence:{question}"]'))


def consent(walk: Walk, application: str) -> None:
    """Agree to be published."""
    walk.go(f"{application}/consent")
    walk.page.locator('input[value="yes"]').check()
    arrive(walk.page.locator("main form .button").first)


def sign_as_principal(walk: Walk, application: str) -> None:
    """Ask the principal, and sign as one by the link of the mail."""
    walk.go(f"{application}/declaration")
    head = walk.page.locator('input[name="head_email"]')
    head.fill("rektor@school.example")
    walk.page.locator('input[name="head_name"]').fill("Rektor Hansen")
    walk.press("/declaration")
    walk.follow_mail("rektor@school.example", "/declarations/")
    walk.page.locator('input[name="name"]').fill("Rektor Hansen")
    walk.page.locator('input[name="role"][value="principal"]').check()
    arrive(walk.page.locator('button[value="sign"]'))
    walk.keep("signed")

"""What is looked for on every page in a browser."""

from __future__ import annotations

from functools import cache
from typing import Any

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Page

AXE = """only => axe.run(document, {resultTypes: ["violations"], preload: false, ...(only ? {runOnly: [only]} : {})})
  .then(found => found.violations.map(one => [one.id, one.nodes[0].html]))"""

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

# WCAG 2.2, 2.5.8: what is pressed is 24 pixels in both directions, or stands so far from the next that a circle of that
# size touches no other; links within a sentence are free.
SMALL = """() => {
  const inSentence = each => getComputedStyle(each).display === "inline";
  const all = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
    .map(each => {
      const label = each.labels && each.labels[0];
      const boxes = [each, label].filter(Boolean).map(one => one.getBoundingClientRect());
      return [each, each.getBoundingClientRect(), boxes];
    })
    .filter(([, at]) => at.width > 1 && at.height > 1)
    .filter(([each]) => each.checkVisibility() && !each.closest(".visually-hidden, .skip"));
  const wrong = [];
  for (const [each, at, boxes] of all) {
    if (inSentence(each) || boxes.some(box => box.width >= 24 && box.height >= 24)) continue;
    const x = at.left + at.width / 2, y = at.top + at.height / 2;
    const touched = all.some(([other, box]) => {
      if (other === each) return false;
      const dx = Math.max(box.left - x, 0, x - box.right), dy = Math.max(box.top - y, 0, y - box.bottom);
      return Math.hypot(dx, dy) < 12;
    });
    if (touched) wrong.push(each.outerHTML.slice(0, 120));
  }
  return wrong;
}"""

# WCAG 1.4.12: what a reader may set.
SPACED = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
p { margin-block-end: 2em !important }"""

# Text that a box of fixed size hides.
CUT = """() => [...document.querySelectorAll("main *, header *, footer *")]
  .filter(each => !["TEXTAREA", "INPUT", "SELECT", "OPTION", "svg"].includes(each.tagName)
    && !each.closest(".visually-hidden, svg, thead, .matrix .choice, .table-scroll, pre")
    && ["hidden", "clip"].includes(getComputedStyle(each).overflowY)
    && each.scrollHeight > each.clientHeight + 2 && each.clientHeight > 1 && each.innerText)
  .map(each => each.outerHTML.slice(0, 120))"""


# In the reader's own colours: what has the focus is marked by a line that stands out from the ground (WCAG 1.4.11), and
# what is pressed keeps an edge where it would lose its ground.
UNMARKED = """() => {
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = "Canvas";
  const light = colour => {
    const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3)
      .map(each => (each /= 255) <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = light(getComputedStyle(probe).color);
  const standsOut = (style, width, colour) => {
    const own = light(colour), [high, low] = [Math.max(own, ground), Math.min(own, ground)];
    return !["none", "hidden"].includes(style) && parseFloat(width) >= 1 && (high + 0.05) / (low + 0.05) >= 3;
  };
  probe.remove();
  const wrong = [], stops = [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")]
    .filter(each => !each.disabled && each.checkVisibility());
  for (const each of stops) {
    const own = getComputedStyle(each), words = each.outerHTML.slice(0, 120);
    if (each.matches(".button, input:not([type=radio], [type=checkbox], [type=file]), select, textarea")
      && !standsOut(own.borderBlockEndStyle, own.borderBlockEndWidth, own.borderBlockEndColor))
      wrong.push("no edge: " + words);
    each.focus({focusVisible: true, preventScroll: true});
    if (document.activeElement !== each) wrong.push("takes no focus: " + words);
    else if (parseFloat(own.outlineWidth) < 2 || !standsOut(own.outlineStyle, own.outlineWidth, own.outlineColor))
      wrong.push("no mark: " + words);
  }
  document.activeElement.blur();
  return stops.length ? wrong : ["the keyboard stops nowhere"];
}"""


@cache
def _axe() -> str:
    return AXE_FILE_PATH.read_text(encoding="utf-8")


def faults(page: Page, only: str = "") -> list[Any]:
    """What axe finds on the page with everything opened, by all its rules or one, and whether it is wider than the
    window."""
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    # What fades in has no contrast of its own until it is there.
    page.evaluate("document.getAnimations().forEach(each => each.finish())")
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    found: list[Any] = page.evaluate(AXE, only)
    sideways = page.evaluate(SIDEWAYS)
    return [*found, ["sideways", sideways]] if sideways > 0 else found


def restyle(page: Page, rules: str) -> None:
    """Let the page follow more rules, as those of a reader: a strict policy refuses a style sheet within the page."""
    page.evaluate(
        """rules => { const sheet = new CSSStyleSheet(); sheet.replaceSync(rules);
        document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]; }""",
        rules,
    )


def covered_stops(page: Page, most: int = 200) -> list[str]:
    """The stops of the keyboard on the page that are not seen: outside of the window, under something, or unmarked."""
    wrong = []
    seen = 0
    for _ in range(most):
        page.keyboard.press("Tab")
        told = page.evaluate(_STOP)
        if told is None:
            break
        seen += 1
        if told:
            wrong.append(told)
    assert seen, "the keyboard stops nowhere"
    return wrong


# Of what has the focus, some point must be seen, and the mark of the focus must be there.
_STOP = """() => {
  const each = document.activeElement;
  if (!each || each === document.body) return null;
  if (each.dataset.stopped) return null;
  each.dataset.stopped = "yes";
  const at = each.getBoundingClientRect();
  const style = getComputedStyle(each);
  const words = each.outerHTML.slice(0, 120);
  if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) return "no mark: " + words;
  const label = each.labels && each.labels[0];
  const xs = [at.left + 2, at.left + at.width / 2, at.right - 2];
  const inWindow = [Math.min(at.bottom, innerHeight) - 4, Math.max(at.top, 0) + 4];
  const ys = [at.top + 2, at.top + at.height / 2, at.bottom - 2, ...inWindow];
  for (const x of xs) for (const y of ys) {
    const there = x >= 0 && y >= 0 && document.elementFromPoint(x, y);
    if (there && (each.contains(there) || (label && label.contains(there)))) return "";
  }
  return "covered: " + words + JSON.stringify(at);
}"""

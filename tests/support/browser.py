"""Chromium for journeys: pages as our users have them, and the checks every page must pass."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    expect,
    sync_playwright,
)

from tests.support.processes import ROOT

DESKTOP = (1280, 860)
PHONE = (390, 844)
#: Pixels, of a window and of a phone: the end of a long list shows nothing new.
HIGHEST_PICTURE = (1100, 1700)
SCREENSHOTS = ROOT / "docs" / "screenshots"
FAILURES = ROOT / "build" / "test-failures"

_ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    # No host but this one has an address. Not by Playwright's routes: they switch the browser's cache off, and each
    # page then fetches and reads its styles and scripts anew, through the process of the tests.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
_PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser")
_LOCALES = {"pl": "pl-PL", "en": "en-GB"}

#: Chromium and Playwright act on a page as soon as it is drawn, faster than its scripts are there and than any person:
#: until they are, every control counts as disabled, so that Playwright waits as it does for any other.
_WAIT_FOR_SCRIPTS = """
(() => {
  const close = () => document.documentElement.setAttribute("aria-disabled", "true");
  const open = () => document.documentElement.removeAttribute("aria-disabled");
  if (document.documentElement) close();
  else new MutationObserver((_, watch) => { watch.disconnect(); if (document.readyState === "loading") close(); })
    .observe(document, { childList: true });
  document.addEventListener("DOMContentLoaded", () => setTimeout(open));
})();
"""
#: Milliseconds: how long a page may take on a busy machine before a journey calls it broken.
_PATIENCE = 15_000
#: What Chromium shows a PDF with comes out of itself, never from a host.
_VIEWER = ("chrome://resources/", "chrome-extension://mhjfbmdgcfjbbpaeojofohoefgiehjai/")

_AXE = Axe().axe_script
#: Only what is wrong: to gather, too, what is right, and to carry it out of the browser, takes as long as the looking.
_VIOLATIONS = """() => axe.run(document, { resultTypes: ["violations"] }).then(found => found.violations)"""

OpenPage = Callable[..., Page]


def launch(playwright: Playwright) -> Browser:
    """Start Debian's Chromium, without its windows where that is here; never a downloaded one."""
    chosen = os.environ.get("AKCEPT_CHROMIUM") or next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if chosen is None:
        raise RuntimeError("Chromium is not installed: apt-get install chromium-headless-shell")
    expect.set_options(timeout=_PATIENCE)
    return playwright.chromium.launch(executable_path=chosen, args=[*_ARGUMENTS, "--disable-sync"])


def opens_a_page() -> None:
    """Open an empty page, or fail with what this machine lacks for it."""
    with sync_playwright() as playwright:
        launched = launch(playwright)
        launched.new_page().goto("about:blank")
        launched.close()


class Visitors:
    """Opens pages for one test, one browser context (one person) each, and keeps what went wrong in them."""

    def __init__(self, browser: Browser, *, base_url: str) -> None:
        self._browser = browser
        self._base_url = base_url
        self._contexts: list[BrowserContext] = []
        #: What a page logged as an error (a CSP refusal, a script's exception) or asked of another host.
        self.complaints: list[str] = []

    def open(self, *, language: str = "pl", size: tuple[int, int] = DESKTOP) -> Page:
        """Return an empty page of a new visitor: not signed in, in Warsaw, with the given language and window."""
        context = self._browser.new_context(
            base_url=self._base_url,
            locale=_LOCALES[language],
            timezone_id="Europe/Warsaw",
            viewport={"width": size[0], "height": size[1]},
            has_touch=size == PHONE,
            is_mobile=size == PHONE,
            reduced_motion="reduce",
        )
        context.set_default_timeout(_PATIENCE)
        context.add_init_script(_WAIT_FOR_SCRIPTS)
        context.on("request", self._watch)
        page = context.new_page()
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        self._contexts.append(context)
        return page

    def _watch(self, request: Request) -> None:
        if not request.url.startswith((self._base_url, "data:", "blob:", *_VIEWER)):
            self.complaints.append(f"asked another host: {request.url}")

    def _listen(self, message: ConsoleMessage) -> None:
        # A refused form answers 4xx, which Chromium reports as an error although it is the page's job.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(f"{message.text} ({message.location.get('url', '')})")

    def photograph_failure(self, name: str) -> None:
        """Keep a picture of every open page for whoever reads the failed test."""
        FAILURES.mkdir(parents=True, exist_ok=True)
        for person, context in enumerate(self._contexts):
            for number, page in enumerate(context.pages):
                page.screenshot(path=FAILURES / f"{name}-{person}-{number}.png", full_page=True)

    def close(self) -> None:
        """Forget every visitor."""
        for context in self._contexts:
            context.close()


def assert_accessible(page: Page) -> None:
    """Fail with the violating nodes unless axe finds nothing at all, best practices included."""
    page.wait_for_load_state("load")
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_AXE)
    violations = page.evaluate(_VIOLATIONS)
    if violations:
        raise AssertionError(f"{page.url}\n{_describe(violations)}")


#: Words count by being there; names, of which no two landmarks may have the same, by which of them are the same.
_SHAPE = """() => {
    const names = [];
    const named = text => {
        const name = text.trim().replace(/\\s+/g, " ");
        if (name && !names.includes(name)) names.push(name);
        return names.indexOf(name);
    };
    const spoken = new Set(["alt", "aria-label", "aria-description", "label", "placeholder", "title", "value"]);
    const passed = new Set(["action", "content", "href", "hreflang", "nonce", "src", "srcset", "datetime"]);
    const attribute = ({ name, value }) => {
        if (name === "lang" && ["pl", "en"].includes(value)) return name;
        if (name === "aria-label") return `${name}=${named(value)}`;
        if (spoken.has(name)) return `${name}=${value.trim() !== ""}`;
        return passed.has(name) || name.startsWith("data-") ? name : `${name}=${value}`;
    };
    // A form answers with its field where one is called like a property: "attributes", "childNodes".
    const own = (kind, name) => Object.getOwnPropertyDescriptor(kind.prototype, name).get;
    const attributesOf = own(Element, "attributes"), childrenOf = own(Node, "childNodes");
    const shape = node => {
        if (node.nodeType === 3) return node.data.trim() ? "." : "";
        if (node.nodeType !== 1) return "";
        if (["SCRIPT", "STYLE", "TEMPLATE"].includes(node.tagName)) return node.tagName;
        const name = /^(H[1-6]|LEGEND|CAPTION|LABEL)$/.test(node.tagName) ? named(node.textContent) : "";
        const attributes = [...attributesOf.call(node)].map(attribute).sort().join(" ");
        return `<${node.tagName}${name} ${attributes}>${[...childrenOf.call(node)].map(shape).join("")}`;
    };
    return shape(document.body);
}"""


def shape_of(page: Page) -> str:
    """Return what a page is built of, whatever its words say: the same for one page in two languages."""
    page.wait_for_load_state("load")
    return str(page.evaluate(_SHAPE))


def _describe(violations: list[dict[str, Any]]) -> str:
    lines = []
    for violation in violations:
        lines.append(f"{violation['id']} ({violation['impact']}): {violation['help']}")
        for node in violation["nodes"]:
            lines.append(f"    {' '.join(map(str, node['target']))}  {node['html'][:200]}")
            lines += [f"        {check['message']}" for check in [*node["any"], *node["all"], *node["none"]]]
    return "\n".join(lines)


def assert_fits(page: Page) -> None:
    """Fail when something is wider than the window, so that the page scrolls sideways or a phone shrinks it."""
    page.wait_for_load_state("load")  # without its styles no page fits
    width = page.viewport_size["width"] if page.viewport_size else DESKTOP[0]
    wide = page.evaluate(
        """width => document.documentElement.scrollWidth <= width ? [] :
            [...document.querySelectorAll("body *")]
                .filter(node => Math.max(node.getBoundingClientRect().right, node.scrollWidth) > width)
                .slice(0, 5)
                .map(node => node.outerHTML.slice(0, 120))
                .concat(`${document.documentElement.scrollWidth} px`)""",
        width,
    )
    if wide:
        raise AssertionError(f"{page.url} is wider than the window:\n" + "\n".join(wide))


def assert_focus_shows(page: Page) -> None:
    """Fail with what whoever uses the keyboard could stand on without seeing where they are."""
    page.wait_for_load_state("load")
    page.keyboard.press("Tab")  # from now on Chromium shows where the focus is
    unseen = page.evaluate(
        """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
            .filter(node => {
                if (!node.checkVisibility({ visibilityProperty: true })) return false;
                node.focus({ preventScroll: true });
                const style = getComputedStyle(node);
                return document.activeElement === node && style.boxShadow === "none" &&
                    (style.outlineStyle === "none" || style.outlineWidth === "0px");
            })
            .slice(0, 5)
            .map(node => node.outerHTML.slice(0, 160))"""
    )
    if unseen:
        raise AssertionError(f"{page.url}: the focus cannot be seen on\n" + "\n".join(unseen))


def screenshot(page: Page, name: str) -> Path | None:
    """Save the page for the documentation, named by the window's width, when AKCEPT_SCREENSHOTS=1."""
    if os.environ.get("AKCEPT_SCREENSHOTS") != "1":
        return None
    width = page.viewport_size["width"] if page.viewport_size else DESKTOP[0]
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    path = SCREENSHOTS / f"{name}-{width}.png"
    page.evaluate("document.fonts.ready.then(() => true)")
    height = min(int(page.evaluate("document.documentElement.scrollHeight")), HIGHEST_PICTURE[width < DESKTOP[0]])
    taken = page.screenshot(
        full_page=True,
        clip={"x": 0, "y": 0, "width": width, "height": height},
        animations="disabled",
        caret="hide",
    )
    # A palette makes the pictures a third of their size; this one keeps rare colours (a single red word) and pale ones.
    picture = Image.open(io.BytesIO(taken)).convert("RGB")
    small = picture.quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE)
    small.save(path, optimize=True)
    return path


if __name__ == "__main__":
    opens_a_page()

"""Walks the shop as somebody would who follows every link and presses every control; one page of each kind."""

from __future__ import annotations

import re
from collections import Counter, deque
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urldefrag, urlsplit

import oscar
from babel.messages.pofile import read_po
from django.contrib.flatpages.models import FlatPage
from django.urls import Resolver404, resolve
from playwright.sync_api import Error, Page

from tests.support.processes import ROOT

_PRESS = (Path(__file__).parent / "press.js").read_text()
#: How many pages of one kind are looked at, where one does not show everything.
_MORE = {"akcept:order": 5, "dashboard:catalogue-product": 2, "akcept_panel:order": 2}
#: Addresses that end the visit, or are not the shop's pages.
_NOT_OURS = re.compile(r"^/(admin|media|static|accounts/logout|demo)")
_LINKS = """() => [...document.querySelectorAll("a[href], link[rel=next]")]
    .map(link => link.href).filter(href => href.startsWith(location.origin))"""
#: Names of languages, each in its own, and of units in the tests' company: they are the same for every reader.
_DATA = {"polski", "English", "Centrala"}
#: What names controls and columns: none of it is data.
_NAMING = (
    "option:not([lang]), button, summary, th, label, legend, caption, h1, h2, h3, h4, nav a, .btn, "
    "[role=tab], .breadcrumb-item, dt"
)
_TEXTS = """naming => [...document.querySelectorAll(naming)].filter(node => !node.closest("[lang]:not(html), template"))
    .map(node => [...node.childNodes].filter(one => one.nodeType === 3).map(one => one.data).join(" "))
    .map(text => text.replace(/\\s+/g, " ").trim()).filter(Boolean)"""
_TEXTS_THERE = """async ([url, naming]) => {
    const answer = await fetch(url);
    const there = new DOMParser().parseFromString(await answer.text(), "text/html");
    return [answer.status, there.documentElement.lang, [...there.querySelectorAll(naming)]
        .filter(node => !node.closest("[lang]:not(html), template"))
        .map(node => [...node.childNodes].filter(one => one.nodeType === 3).map(one => one.data).join(" "))
        .map(text => text.replace(/\\s+/g, " ").trim()).filter(Boolean)];
}"""


class Crawl:
    """One person's walk; `wrong` says what is amiss, `visited` the address of each page seen."""

    def __init__(self, window: Page, *, language: str) -> None:
        self._window = window
        self._language = language
        self._seen: Counter[str] = Counter()
        self._queue: deque[tuple[str, str]] = deque()
        self._known: set[str] = set()
        self.visited: list[str] = []
        self.wrong: list[str] = []
        self.pressed = 0

    def walk(self, *starts: str) -> None:
        """Start at the given addresses and go on until there is no page of a new kind."""
        for start in starts:
            self._found(start, by="start")
        while self._queue:
            path, by = self._queue.popleft()
            self._visit(path, by)

    def _found(self, url: str, *, by: str) -> None:
        parts = urlsplit(urldefrag(url).url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        if path in self._known or _NOT_OURS.match(parts.path):
            return
        self._known.add(path)
        kind = self._kind(parts.path, parts.query)
        if kind is None:
            self.wrong.append(f"{by} leads to {path}, which is no page")
        elif self._seen[kind] < _MORE.get(kind, 1):
            self._seen[kind] += 1
            self._queue.append((path, by))

    def _kind(self, path: str, query: str) -> str | None:
        try:
            match = resolve(path)
        except Resolver404:
            return "a page that the merchant wrote" if FlatPage.objects.filter(url=path).exists() else None
        told = [key for key, _ in parse_qsl(query) if key in {"show", "tab", "q"}]
        return match.view_name + "".join(f"?{key}" for key in told)

    def _visit(self, path: str, by: str) -> None:
        try:
            answer = self._window.goto(path)
        except Error as error:
            if "Download is starting" not in str(error) and "ERR_ABORTED" not in str(error):
                raise
            return  # a file
        assert answer is not None
        if answer.status >= 400:
            self.wrong.append(f"{path} (from {by}) answers {answer.status}")
            return
        if "text/html" not in (answer.headers.get("content-type") or ""):
            return
        self.visited.append(path)
        where = urlsplit(self._window.url).path
        lang = self._window.locator("html").get_attribute("lang")
        texts = self._window.evaluate(_TEXTS, _NAMING)
        self._check_language(path, lang, texts, language=self._language)
        links = self._window.evaluate(_LINKS)
        told = self._window.evaluate(_PRESS)
        self.pressed += told["pressed"]
        self.wrong += [f"{where}: without effect: {dead}" for dead in told["dead"]]
        self.wrong += [f"{where}: without a name: {node}" for node in told["nameless"]]
        self.wrong += [f"{where}: a mistake that nobody sees: {field}" for field in told["hiddenErrors"]]
        for link in links:
            self._found(link, by=where)
        for sent in told["sent"]:
            self._check_sent(sent, by=where)

    def _check_sent(self, sent: dict[str, str], *, by: str) -> None:
        path = urlsplit(sent["url"]).path
        if sent["method"] == "GET":
            self._found(sent["url"].split("?")[0], by=by)
            return
        try:
            view: Any = resolve(path).func
        except Resolver404:
            self.wrong.append(f"{by} sends to {path}, which is no address")
            return
        view_class = getattr(view, "view_class", None)
        if view_class is not None and not hasattr(view_class, "post"):
            self.wrong.append(f"{by} sends to {path}, which takes nothing")

    def compare(self, other: Page, *, language: str) -> None:
        """Ask for the same pages in another language."""
        other.goto("/accounts/password/reset/")
        for path in self.visited:
            status, lang, texts = other.evaluate(_TEXTS_THERE, [path, _NAMING])
            if status >= 400:
                self.wrong.append(f"{path} answers {status} in {language}")
            else:
                self._check_language(path, lang, texts, language=language)

    def _check_language(self, path: str, lang: str | None, texts: list[str], *, language: str) -> None:
        if lang != language:
            self.wrong.append(f"{path}: its language is {lang}, not {language}")
        for text in sorted((set(texts) & foreign_texts(language)) - _DATA):
            self.wrong.append(f"{path}: not in {language}: {text}")


def _plain(text: str) -> str:
    return " ".join(text.split())


@cache
def _catalogue() -> dict[str, str]:
    """Return Oscar's and our texts: English -> Polish, "" where nobody has translated it."""
    package = Path(oscar.__file__).parent / "locale"
    ours = [ROOT / "src/akcept/locale/pl/LC_MESSAGES/django.po", ROOT / "shop/locale/pl/LC_MESSAGES/django.po"]
    sources = [package / "en/LC_MESSAGES/django.po", package / "pl/LC_MESSAGES/django.po", *ours]
    every: dict[str, str] = {}
    for source in sources:
        with source.open("rb") as file:
            read = read_po(file)
        is_polish = source.parts[-3] == "pl"
        for message in read:
            if message.context or not message.id or message.fuzzy:
                continue
            pairs = zip(_each(message.id), _each(message.string), strict=False)
            for english, polish in pairs:
                if "%" in english or "{" in english or not any(sign.isalpha() for sign in english):
                    continue
                known = every.get(_plain(english), "")
                every[_plain(english)] = _plain(polish) if is_polish and polish else known
    return every


def _each(text: Any) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


@cache
def foreign_texts(language: str) -> frozenset[str]:
    """Return what stands on a page of `language` only when somebody forgot to translate it.

    A word that is the same in both languages says so by standing in our catalogue, translated as itself.
    """
    every = _catalogue()
    if language == "pl":
        return frozenset(english for english, polish in every.items() if english != polish) - frozenset(
            polish for polish in every.values()
        )
    return frozenset(polish for english, polish in every.items() if polish and english != polish) - frozenset(every)

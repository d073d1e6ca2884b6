"""Every text is translated, and the catalogues hold exactly the texts of code and templates."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import allauth
import django
import oscar
import pytest
from babel.messages.pofile import read_po

from shop.theme.oscar_texts import TEXTS
from tools import messages

_GETTEXT = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext"}
_DJANGOS = Path(django.__file__).parent / "conf" / "locale"
_CATALOGUES = {f"{po.parents[3].name}-{po.parts[-3]}": po for po in messages.catalogues()}


def test_package_and_shop_have_a_catalogue_in_each_language() -> None:
    made = [f"{home.name}-{lang}" for home in messages.HOMES for lang in messages.LANGUAGES]
    assert sorted(_CATALOGUES) == sorted([*made, *messages.BY_HAND])


@pytest.mark.parametrize("name", messages.BY_HAND)
def test_what_is_kept_by_hand_only_puts_other_words_for_others(name: str) -> None:
    language = name.rpartition("-")[2]
    others = {(None, text) for text in TEXTS}
    for locale in (*(Path(package.__file__).parent / "locale" for package in (oscar, allauth)), _DJANGOS):
        for spoken in ("en", "pl"):
            others |= _ids(locale / spoken / "LC_MESSAGES" / "django.po")
    assert _ids(_CATALOGUES[name]) - others == set()
    assert language not in messages.LANGUAGES


def _ids(path: Path) -> set[tuple[str | None, str]]:
    with path.open("rb") as source:
        return {(message.context, str(message.id)) for message in read_po(source)}


@pytest.mark.parametrize("name", sorted(_CATALOGUES))
def test_every_text_is_translated_with_its_placeholders(name: str) -> None:
    with _CATALOGUES[name].open("rb") as source:
        catalogue = read_po(source, locale=name.rpartition("-")[2])
    entries = [message for message in catalogue if message.id]
    assert entries
    assert [message.id for message in entries if message.fuzzy] == []
    assert [message.id for message in entries if not all(_strings(message.string))] == []
    assert [(message.id, errors) for message in entries if (errors := list(message.check(catalogue)))] == []


def _strings(string: str | Sequence[str] | None) -> tuple[str, ...]:
    return (string or "",) if string is None or isinstance(string, str) else tuple(string)


@pytest.mark.parametrize("home", messages.HOMES, ids=lambda home: home.name)
def test_catalogues_are_up_to_date(home: Path, tmp_path: Path) -> None:
    copy = tmp_path / home.name
    shutil.copytree(home, copy, ignore=shutil.ignore_patterns("static", "__pycache__", "*.mo"))
    messages.make_all((copy,))
    for language in messages.LANGUAGES:
        path = Path("locale") / language / "LC_MESSAGES" / "django.po"
        assert (copy / path).read_text().strip() == (home / path).read_text().strip(), "run: make messages"


def test_no_text_is_inside_an_f_string_where_the_catalogues_do_not_find_it() -> None:
    hidden = [
        f"{path}:{node.lineno}"
        for home in messages.HOMES
        for path in sorted(home.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.JoinedStr) and any(map(_is_gettext, ast.walk(node)))
    ]
    assert hidden == []


def _is_gettext(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _GETTEXT


def test_package_and_shop_say_the_same_for_the_same_text() -> None:
    """Django knows one translation of a text for the whole shop: where they differ, one stands in the other's place."""
    for language in messages.LANGUAGES:
        said: dict[tuple[str, str], set[tuple[str, ...]]] = {}
        for name, path in _CATALOGUES.items():
            if name.endswith(f"-{language}"):
                with path.open("rb") as source:
                    for message in read_po(source, locale=language):
                        if message.id:
                            key = (message.context or "", str(message.id))
                            said.setdefault(key, set()).add(_strings(message.string))
        assert {text: words for text, words in said.items() if len(words) > 1} == {}


def test_polish_has_one_word_for_whoever_places_an_order() -> None:
    """The house's word is „zamawiający”; „składający” beside it reads like somebody else."""
    for name, path in _CATALOGUES.items():
        if name.endswith("-pl"):
            with path.open("rb") as source:
                texts = [text for message in read_po(source) if message.id for text in _strings(message.string)]
            assert [text for text in texts if re.search("składając(y|ego|emu|ych|ym)", text.casefold())] == []

"""F9: Oscar's own texts in the reader's language: missing, misspelt and American ones."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import oscar
import pytest
from babel.messages.pofile import read_po
from django.utils.translation import gettext, override

from akcept.testing.cast import Cast
from shop.theme.oscar_texts import TEXTS
from tests.conftest import Visit

_LOCALE = Path(oscar.__file__).parent / "locale"


def test_f9_misspelt_polish_is_corrected() -> None:
    with override("pl"):
        said = " ".join(gettext(text) for text in TEXTS)
    for wrong in ("serwsie", "proukt", "produtów", "Będzie wyświetlane się"):
        assert wrong not in said
    with override("pl"):
        assert gettext("View on site") == "Pokaż w sklepie"


def test_f9_every_text_we_take_over_has_polish() -> None:
    with override("pl"):
        missing = [text for text in TEXTS if gettext(text) == text]
    assert missing == []


def test_f9_no_american_word_reaches_an_english_page() -> None:
    with (_LOCALE / "en_US/LC_MESSAGES/django.po").open("rb") as source:
        american = [m for m in read_po(source) if m.id and isinstance(m.id, str) and m.string and not m.fuzzy]
    with override("en"):
        wrong = [m.id for m in american if gettext(m.id) == m.string != m.id]
        assert gettext("Voucher '%(code)s' added to basket") == "Voucher '%(code)s' added to basket"
    assert wrong == []


@pytest.mark.parametrize(("language", "yes"), [("pl", "Tak"), ("en", "Yes")])
def test_f9_yes_and_no_of_oscars_filters_follow_the_reader(cast: Cast, visit: Visit, language: str, yes: str) -> None:
    told = visit(cast.mia, superuser=True, language=language).get("/dashboard/offers/").content.decode()
    assert f">{yes}</option>" in told


#: The same in both languages, or no words at all.
_SAME = {"Admin", "CSV", "HTML", "Partner", "SKU", "Status", "URL"}


def test_f9_every_text_of_oscars_pages_and_forms_has_polish() -> None:
    """Its catalogues leave out what it learnt since they were made."""
    with override("pl"):
        missing = [
            text for text in _said_by_oscar() if gettext(text) == text and not text.startswith("%(main_filter)s")
        ]
    assert sorted(set(missing) - _SAME) == []


def _said_by_oscar() -> set[str]:
    """Return what its templates and Python name as to be translated, where it is said in one plain string."""
    root, found = Path(oscar.__file__).parent, set()
    for source in sorted(root.rglob("*.html")):
        found |= {
            first or second
            for first, second in re.findall(r"""{%\s*trans(?:late)?\s+(?:"([^"]+)"|'([^']+)')""", source.read_text())
        }
    for source in sorted(root.rglob("*.py")):
        if "migrations" not in source.parts:
            found |= {
                call.args[0].value
                for call in ast.walk(ast.parse(source.read_text()))
                if isinstance(call, ast.Call)
                and isinstance(call.func, ast.Name)
                and call.func.id == "_"
                and call.args
                and isinstance(call.args[0], ast.Constant)
            }
    assert len(found) > 1000
    return {text for text in found if re.search(r"[A-Za-z]{3}", text)}

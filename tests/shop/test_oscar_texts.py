"""F9: Oscar's own texts in the reader's language: missing, misspelt and American ones."""

from __future__ import annotations

import ast
import re
from datetime import date
from pathlib import Path

import oscar
import pytest
from babel.messages.pofile import read_po
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext, override

from akcept.testing.cast import Cast
from shop.theme.oscar_texts import TEXTS
from tests.conftest import Visit
from tests.support import offers
from tests.support.processes import ROOT

_LOCALE = Path(oscar.__file__).parent / "locale"


def test_f9_misspelt_polish_is_corrected() -> None:
    with override("pl"):
        said = " ".join(gettext(text) for text in TEXTS)
    for wrong in ("serwsie", "proukt", "produtów", "Będzie wyświetlane się", "przychodządze"):
        assert wrong not in said
    with override("pl"):
        assert gettext("View on site") == "Pokaż w sklepie"


def test_f9_every_text_we_take_over_has_polish() -> None:
    with override("pl"):
        missing = [text for text in TEXTS if gettext(text) == text]
    assert missing == []


def test_f9_words_to_choose_between_are_as_many_in_polish() -> None:
    """Django shows `True` and `False` to every reader where "yes,no" is translated into one word."""
    templates = Path(oscar.__file__).parent.glob("templates/**/*.html")
    found = {text for one in templates for text in re.findall(r"""\|yesno:_\(["'](.*?)["']\)""", one.read_text())}
    assert "True,False" in found
    with override("pl"):
        assert {text: gettext(text) for text in found if gettext(text).count(",") != text.count(",")} == {}
        assert ngettext("%s Option", "%s Options", 5) == "%s opcji"


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


@pytest.mark.parametrize(
    ("language", "filters", "kinds", "cost"),
    [
        ("pl", "Filtry:", ("dla wszystkich", "z kodem rabatowym"), "0,00\xa0zł"),
        ("en", "Filters:", ("for everybody", "with a voucher"), "PLN\xa00.00"),
    ],
)
def test_f9_the_panels_lists_of_offers_and_vouchers_are_in_the_readers_language(
    cast: Cast, visit: Visit, language: str, filters: str, kinds: tuple[str, str], cost: str
) -> None:
    """What Oscar's templates say outside of any translation, show as the database has it, or write as Babel does."""
    offers.make("Percentage", "10")
    offers.make("Percentage", "10", voucher=True)
    client = visit(cast.mia, superuser=True, language=language)
    listed = client.get("/dashboard/offers/?is_active=true").content.decode()
    for said in (filters, *(f"<td>{kind}</td>" for kind in kinds), cost):
        assert said in listed, said
    assert filters in client.get("/dashboard/vouchers/").content.decode()
    for raw in ("<td>Site</td>", "<td>Voucher</td>", "PLN0.00", 'aria-label="breadcrumb"'):
        assert raw not in listed, raw


def test_f9_no_template_of_oscars_says_more_in_english_than_we_know_of() -> None:
    """Words that stand in no translation tag reach every reader; `reworded` knows those of pages we show."""
    root, ours, found = Path(oscar.__file__).parent / "templates/oscar", ROOT / "shop/theme/templates/oscar", set()
    for page in sorted((root / "dashboard").rglob("*.html")):
        name = str(page.relative_to(root))
        if (ours / name).exists() and f'extends "oscar/{name}"' not in (ours / name).read_text():
            continue  # ours takes its place
        found |= {(page.name, words) for words in _bare_words(page.read_text())}
    known = {(f"{page}.html", "Filters:") for page in ("offer_list", "voucher_list", "voucher_set_detail")}
    names = {"user.get_full_name", "user.email", "site.name", "order.number"}  # of a mail's template, as it is typed
    assert {(page, words) for page, words in found if words not in names} == known


def _bare_words(source: str) -> set[str]:
    """Return the texts of a template between tags that no template tag says."""
    for pattern in (
        r"{#.*?#}",
        r"{%\s*block (onbodyload|extrascripts|body_class|extrahead|extra_js)\b.*?{%\s*endblock.*?%}",
        r"{%\s*comment.*?endcomment\s*%}",
        r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}",
        r"<script.*?</script>|<style.*?</style>|<!--.*?-->",
    ):
        source = re.sub(pattern, "", source, flags=re.DOTALL)
    source = re.sub(r"{%.*?%}|{{.*?}}|&\w+;", "", source, flags=re.DOTALL)
    lines = re.sub(r"<[^>]*>", "\n", source, flags=re.DOTALL).split("\n")
    return {line.strip() for line in lines if re.search(r"[A-Za-z]{3}", line)}


@pytest.mark.parametrize(("language", "day"), [("pl", "30 listopada 2026"), ("en", "30 November 2026")])
def test_f9_days_oscar_writes_are_british_in_english(language: str, day: str) -> None:
    with override(language):
        assert date_format(date(2026, 11, 30), "DATE_FORMAT") == day
        assert "11/30" not in date_format(date(2026, 11, 30), "SHORT_DATE_FORMAT")


@pytest.mark.parametrize("language", ["pl", "en"])
def test_f9_the_accounts_menu_is_a_named_list(cast: Cast, visit: Visit, language: str) -> None:
    page = visit(cast.anna, language=language).get("/accounts/profile/").content.decode()
    name = {"pl": "Konto", "en": "Account"}[language]
    assert f'<nav class="account-menu" aria-label="{name}"><ul class="nav nav-pills">' in page


@pytest.mark.parametrize(("language", "said"), [("pl", "Uwagi do dostawy"), ("en", "Delivery notes")])
def test_f9_what_a_courier_is_to_know_is_called_so(cast: Cast, visit: Visit, language: str, said: str) -> None:
    """“Instructions” above a field of an address tell nobody whose, or about what."""
    page = visit(cast.paul, language=language).get("/accounts/addresses/add/").content.decode()
    assert said in page
    assert "Instrukcje" not in page
    assert "Instructions" not in page

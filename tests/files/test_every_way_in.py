"""Every door a table or a list comes in by is in the registry, and says the same of the same faults (issue 9, point 5).

What each reading makes of each cell is `test_every_importer`; here are the pages, commands and operations around them.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from akcept.agreements import actions as agreeing
from akcept.agreements import price_files
from akcept.agreements.inputs import ListInput
from akcept.api.routes import price_lists
from akcept.handover import actions as handing
from akcept.handover.actions.supplying import PriceRow, StockRow
from akcept.kernel.errors import InvalidLines
from akcept.ordering.ports import WantedLine, assortment
from akcept.organizations.models import Unit
from akcept.oscar_edge.basket import filling, lists, reading
from akcept.oscar_edge.counter import OscarCounter
from akcept.panel.agreement_forms import AgreementForm, products_of
from akcept.testing import carts
from akcept.testing.cast import Cast
from tests.conftest import Visit
from tests.files.importers import IMPORTERS, csv_of

ROOT = Path(__file__).parents[2]
#: What lets a table or a list in: a reader called, an upload taken, codes looked up, text taken apart by its lines.
_READS = re.compile(
    r"\bread_table\(|\bsheets\.read\(|(?<![\w.])(?<!def )tables\(|\bcsv\.reader\(|\bload_workbook\(|\bnbp\.read\("
    r"|\breading\.read\(|\bprice_files\.read\(|\bfilling\.(?:named|check)\(|\.splitlines\(|forms\.FileField"
    r"|request\.FILES|assortment\(\)\.products\(|warehouse\(\)\.lock\("
)
#: Modules that are what all of them read by, or take in nothing of their own; with the reason.
_NONE_OF_THEM = {
    "akcept.kernel.spreadsheets": "the reading itself",
    "akcept.kernel.tables": "the reading itself",
    "akcept.organizations.bulk.sheets": "the reading itself",
    "akcept.ui.database_trouble": "passes uploads on",
    "shop.demo.agreed": "codes of the demo's own",
}
#: Whatever takes codes alone: held against `FOUND` below.
_CODES_ALONE = {
    "akcept.api.routes.price_lists",
    "akcept.api.routes.rules",
    "akcept.handover.actions.supplying",
    "akcept.oscar_edge.basket.lists",
    "akcept.panel.in_place",
    "akcept.panel.price_lists",
    "akcept.storefront.rules.forms.conditions",
    "akcept.storefront.rules.views.editor",
}


def test_no_module_reads_a_table_that_the_registry_does_not_know() -> None:
    """Point 5: an importer that is added joins the table of inputs, or says why it is none."""
    found = set()
    for path in [*(ROOT / "src").rglob("*.py"), *(ROOT / "shop").rglob("*.py")]:
        if _READS.search(path.read_text(encoding="utf-8")):
            found.add(".".join(path.relative_to(ROOT / "src" if "src" in path.parts else ROOT).with_suffix("").parts))
    known = {door for importer in IMPORTERS for door in importer.doors}
    assert found == known | _CODES_ALONE | set(_NONE_OF_THEM)


# --- codes, however they are written ---

#: What is typed, and whether it means the product PAP-a4 with the EAN 5901234123457.
FOUND = [
    ("PAP-a4", True),
    ("PAP-A4", True),  # E8
    ("pap-A4", True),  # E8
    ("  PAP-a4\u00a0", True),
    ("PAP\u200b-a4", True),
    ("PAP\u00ad-a4\ufeff", True),
    ('="PAP-a4"', True),
    ("5901234123457", True),
    ("5 901234 123457", True),  # E3
    ("590-1234-123457", True),  # E3
    ("05901234123457", True),  # E3: fourteen digits of the same article
    ("5901234123457.0", True),
    ("Z\u0307O\u0301\u0141W", True),  # E9: the second product, Żółw, its letters taken apart
    ("PAP", False),
    ("PAP-a40", False),
    ("5901234123458", False),
    ("5,90123E+12", False),
    ("#N/A", False),
]


def _quick(cast: Cast, code: str) -> bool:
    [(_line, product, _why)] = filling.named(reading.read(f"{code};1"))
    return product is not None


def _counter(cast: Cast, code: str) -> bool:
    return bool(OscarCounter().offered(f"{code};1", unit_ids=[None], day=date(2026, 11, 30)).lines)


def _box(cast: Cast, code: str) -> bool:
    try:
        return bool(products_of(code))
    except ValidationError:
        return False


def _pack(cast: Cast, code: str) -> bool:
    form = AgreementForm(units=None)
    form.cleaned_data = {"packs": f"{code}\t12"}
    try:
        return [each.multiple for each in form.clean_packs()] == [12]
    except ValidationError:
        return False


def _file(cast: Cast, code: str) -> bool:
    content = csv_of([["sku", "net_price"], [code, "1"]]).encode()
    return bool(price_files.read(content, find=assortment().products).rows)


def _rules(cast: Cast, code: str) -> bool:
    return code in assortment().products([code])


def _order(cast: Cast, code: str) -> bool:
    try:
        lists.fill_new([WantedLine(code=code, quantity=1)], buyer=cast.anna.user, member_id=None)
    except InvalidLines:
        return False
    return True


def _stock(cast: Cast, code: str) -> bool:
    done = handing.set_stock([StockRow(code=code, in_stock=7)], actor=cast.mia.actor, skip_unknown=True)
    return done.changed + done.unchanged == 1


def _price(cast: Cast, code: str) -> bool:
    row = PriceRow(code=code, price=Decimal("1.00"), currency="PLN")
    done = handing.set_prices([row], actor=cast.mia.actor, skip_unknown=True)
    return done.changed + done.unchanged == 1


def _agreed(cast: Cast, code: str) -> bool:
    return code in price_lists.products_of([code])


@pytest.mark.django_db
@pytest.mark.parametrize(
    "finds",
    [_quick, _counter, _box, _pack, _file, _rules, _order, _stock, _price, _agreed],
    ids=[
        *("quick order", "price preview", "boxes", "packs", "price file", "rules", "API orders", "stock", "prices"),
        "API agreements",
    ],
)
def test_e3_e8_e9_a_code_means_the_same_product_everywhere(cast: Cast, finds: Callable[[Cast, str], bool]) -> None:
    """E3, E8 and E9 in every list, box, file and operation that takes codes."""
    for sku, ean in (("PAP-a4", "5901234123457"), ("Żółw", None)):
        product = carts.stock(sku).product
        product.upc = ean
        product.save()
    wrong = [(typed, means) for typed, means in FOUND if finds(cast, typed) is not means]
    assert wrong == []


@pytest.mark.django_db
def test_a_code_is_a_sku_before_an_ean_and_both_before_other_capitals(cast: Cast) -> None:
    first, second, third = (carts.stock(sku) for sku in ("abc", "ABC", "x1"))
    third.product.upc = "abc"
    third.product.save()
    assert assortment().products(["abc"])["abc"].id == first.product_id
    assert assortment().products(["ABC"])["ABC"].id == second.product_id
    handing.set_stock([StockRow(code="x1", in_stock=3)], actor=cast.mia.actor)
    with pytest.raises(InvalidLines) as refused:
        handing.set_stock([StockRow(code="Abc", in_stock=3)], actor=cast.mia.actor)
    assert refused.value.problems == ((0, "Several products have the code “Abc”."),)


# --- pages and commands around the readings ---

#: What is said of a file, and where: whether it was taken, and the words.
Said = tuple[bool, str]


def _text(answer: Any) -> str:
    return " ".join(str(answer.content.decode()).split())


def _page(cast: Cast, visit: Visit, name: str, content: bytes, _folder: Path) -> Said:
    dora = visit(cast.dora)
    answer = dora.post(f"/organization/files/{name}/", {"file": SimpleUploadedFile("a.csv", content)}, follow=True)
    said = _text(answer)
    plan = answer.context.get("plan")
    return plan is not None and not any(one.errors for one in plan.outcomes), said


def _budgets(cast: Cast, visit: Visit, _name: str, content: bytes, _folder: Path) -> Said:
    answer = visit(cast.dora).post("/organization/budgets/import/", {"file": SimpleUploadedFile("a.csv", content)})
    plan = answer.context.get("plan")
    return plan is not None and not any(one.errors for one in plan.outcomes), _text(answer)


def _prices_page(cast: Cast, visit: Visit, name: str, content: bytes, _folder: Path) -> Said:
    row = agreeing.add_list(ListInput(name="Zima", currency="PLN"), actor=cast.mia.actor)
    sent = {"file": SimpleUploadedFile("a.csv", content)} if name == "file" else {"text": content.decode("utf-16")}
    path = f"/dashboard/price-lists/{row.pk}/prices/"
    answer = visit(cast.mia, superuser=True).post(path, {"version": "1", "look": "1", **sent})
    return answer.status_code == 200, _text(answer)


def _command(cast: Cast, _visit: Visit, name: str, content: bytes, folder: Path) -> Said:
    file, said = folder / "table.csv", io.StringIO()
    file.write_bytes(content)
    options = {"list": "Zima", "new": "PLN", "by": cast.mia.user.email} if name == "import_prices" else {}
    try:
        call_command(name, str(file), "--language=en", stdout=said, stderr=said, **options)
    except CommandError as error:
        return False, f"{said.getvalue()}{error}"
    return True, said.getvalue()


WAYS = [
    ("units", _page, "units"),
    ("members", _page, "members"),
    ("budgets", _budgets, ""),
    ("prices", _prices_page, "file"),
    ("prices", _prices_page, "pasted"),
    ("prices", _command, "import_prices"),
    ("products", _command, "import_catalogue"),
    ("rates", _command, "import_rates"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("importer", "take", "name"), WAYS, ids=lambda value: getattr(value, "__name__", str(value)))
def test_pages_and_commands_say_what_is_wrong_and_take_what_is_right(
    cast: Cast, visit: Visit, tmp_path: Path, importer: str, take: Any, name: str
) -> None:
    Unit.objects.filter(pk=cast.head_office.pk).update(code="HQ")
    carts.stock("S-1")
    meant = next(one for one in IMPORTERS if one.name == importer)
    head = [unicodedata.normalize("NFD", each) for each in meant.head]
    row = [str(cell).format(1) for cell in meant.row]
    table: list[tuple[list[list[str]], str]] = [
        ([], "empty|no columns|paste rows"),
        ([head], "no row below|no exchange rates in it"),
        ([[*head, head[0]], [*row, row[0]]], "there twice|appears twice"),
        ([head[1:], row[1:]], "are missing|no columns"),
        ([head, ["#N/A", *row[1:]]], "could not be calculated"),
        (
            [head, [*row[:-1], "1/0", "?"]],
            "more cells than headings|is not a date|is no number|is not a number|is not an amount",
        ),
    ]
    for rows, says in table:
        content = csv_of(rows).encode("utf-16")
        taken, said = take(cast, visit, name, content if rows else (b"" if name != "pasted" else content), tmp_path)
        assert not taken, rows
        assert re.search(says, said), (rows, said[-1500:])
        apps.get_model("akcept_agreements.PriceList").objects.all().delete()
    right = csv_of([[], head, [], row, ["", ""]]).encode("utf-16")
    taken, said = take(cast, visit, name, right, tmp_path)
    assert taken, said[-1500:]

"""Issue 12, point 7: files an ERP books from. Rows add up to the order to the grosz; nothing held is in them."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.utils import translation
from lxml import etree
from openpyxl import load_workbook

from akcept.fulfilment import sheets, ubl
from akcept.fulfilment.booked import rows_of
from akcept.kernel.errors import NotAllowed, NotFound
from akcept.ordering import actions
from akcept.ordering.queries import whole
from akcept.ordering.queries.whole import WholeOrder, WorkFilter
from akcept.testing import carts, orders
from akcept.testing.cast import Cast
from tests.conftest import Visit
from tests.fulfilment.schemas import order_schema
from tests.support import offers
from tests.support.statements import statements

FILES = "/dashboard/order-files/"
D = Decimal


@pytest.fixture
def mia(cast: Cast, visit: Visit) -> Client:
    return visit(cast.mia, superuser=True, language="pl")


def _accepted(cast: Cast, **terms: Any) -> str:
    placed = orders.place(cast.anna, **terms)
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    return placed.order_number


def _whole(cast: Cast, number: str) -> WholeOrder:
    return whole.whole_order_for_staff(cast.mia.actor, number)


def _bytes(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def _table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def _mixed(cast: Cast) -> str:
    """Three rates, ten per cent off everything: 13 x 3.33, 7 x 1.01 and 3 x 99.99, by courier."""
    offers.percent("10")
    records = [
        carts.stock("0012", price="3.33", rate=23),
        carts.stock("R8", price="1.01", rate=8),
        carts.stock("R5", price="99.99", rate=5),
    ]
    cart = carts.fill(cast.anna, records=records, quantity=1)
    Line = apps.get_model("basket.Line")
    for record, pieces in zip(records, (13, 7, 3), strict=True):
        Line.objects.filter(basket_id=cart, stockrecord=record).update(quantity=pieces)
    placed = orders.place_cart(cast.anna, cart, po_number="PO/007")
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    return placed.order_number


def test_rows_are_the_orders_sums_to_the_grosz_with_discounts_and_mixed_rates(cast: Cast) -> None:
    order = _whole(cast, _mixed(cast))
    rows = list(rows_of(order))
    goods = [(row.sku, row.quantity, row.unit_net, row.discount, row.net, row.rate) for row in rows[:3]]
    assert goods == [
        ("0012", 13, D("3.33"), D("4.33"), D("38.96"), D("0.23")),
        ("R8", 7, D("1.01"), D("0.71"), D("6.36"), D("0.08")),
        ("R5", 3, D("99.99"), D("30.00"), D("269.97"), D("0.05")),
    ]
    assert [row.unit_gross for row in rows[:3]] == [D("4.0959"), D("1.0908"), D("104.9895")]
    # 38.96 + 6.36 + 269.97 = 315.29 of goods; VAT once per rate on its sum.
    assert sum(row.net for row in rows if row.kind == "line") == D("315.29")
    assert [row.vat for row in rows[1:3]] == [D("0.51"), D("13.50")]
    assert sum(row.net for row in rows) == order.document.total_net
    assert sum(row.gross for row in rows) == order.document.total_gross
    for row in rows:
        assert (row.unit_net * row.quantity).quantize(D("0.01")) - row.discount == row.net


def test_three_hundred_lines_add_up(cast: Cast) -> None:
    offers.percent("7")
    rates = (23, 8, 5)
    records = [carts.stock(f"M{n}", price=f"{n % 17}.{n % 89 + 10}", rate=rates[n % 3]) for n in range(1, 301)]
    order = _whole(cast, _accepted(cast, records=records, quantity=3))
    rows = list(rows_of(order))
    assert len([row for row in rows if row.kind == "line"]) == 300
    assert sum(row.net for row in rows) == order.document.total_net
    assert sum(row.gross for row in rows) == order.document.total_gross
    assert order_schema().validate(etree.fromstring(ubl.xml_of(order)))


#: 13 x 3.33 less 10 %, 100 x 0.02 less 10 %, the courier; in euro, and VAT once per rate on its sum, by hand.
EURO = [
    ("0012", 13, D("3.33"), D("4.0959"), D("4.33"), D("38.96"), D("23"), D("8.96"), D("47.92")),
    ("R8", 100, D("0.02"), D("0.0216"), D("0.20"), D("1.80"), D("8"), D("0.14"), D("1.94")),
    ("courier", 1, D("4.50"), D("5.54"), D("0"), D("4.50"), D("23"), D("1.04"), D("5.54")),
]


def _in_euro(cast: Cast) -> str:
    """38.96 + 4.50 at 23 %: 10.00 of VAT; 1.80 at 8 %: 0.14; 45.26 net, 55.40 gross."""
    offers.percent("10")
    records = [carts.stock("0012", price="3.33"), carts.stock("R8", price="0.02", rate=8)]
    apps.get_model("partner.StockRecord").objects.update(price_currency="EUR")
    for record in records:
        record.refresh_from_db()
    cart = carts.fill(cast.anna, records=records, quantity=13)
    apps.get_model("basket.Line").objects.filter(basket_id=cart, stockrecord=records[1]).update(quantity=100)
    placed = orders.place_cart(cast.anna, cart)
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    return placed.order_number


def test_a4_an_order_in_euro_is_in_every_file_what_it_costs(cast: Cast, visit: Visit) -> None:
    number, mia = _in_euro(cast), visit(cast.mia, superuser=True)
    names = (
        "SKU",
        "Quantity",
        "Unit price, net",
        "Unit price, gross",
        "Discount of the row, net",
        "Net",
        "VAT rate, %",
        "VAT",
        "Gross",
    )
    totals = ("Currency", "Order total, net", "Order total, gross")
    by_csv = _table(_bytes(mia.get(f"{FILES}download/csv/")))
    assert [tuple(row[name] if name == "SKU" else D(row[name]) for name in names) for row in by_csv] == EURO
    assert {tuple(row[name] for name in totals) for row in by_csv} == {("EUR", "45.26", "55.40")}
    head, *cells = load_workbook(io.BytesIO(_bytes(mia.get(f"{FILES}download/xlsx/")))).active.iter_rows(
        values_only=True
    )
    by_xlsx = [dict(zip(head, row, strict=True)) for row in cells]
    assert [tuple(row[n] if n == "SKU" else D(str(row[n])) for n in names) for row in by_xlsx] == EURO
    assert {tuple(row[name] for name in totals) for row in by_xlsx} == {("EUR", 45.26, 55.4)}
    (told,) = json.loads(_bytes(mia.get(f"{FILES}download/json/")))["orders"]
    fields = ("sku", "quantity", "unit_net", "unit_gross", "discount_net", "net", "vat_rate", "vat", "gross")
    assert [tuple(row[n] if n == "sku" else D(row[n]) for n in fields) for row in told["rows"]] == EURO
    assert (told["currency"], told["order_net"], told["order_gross"]) == ("EUR", "45.26", "55.40")
    assert told["vat"] == [
        {"vat_rate": "23", "net": "43.46", "vat": "10.00"},
        {"vat_rate": "8", "net": "1.80", "vat": "0.14"},
    ]
    ubl_told = mia.get(f"{FILES}order/{number}.xml").content.decode()
    assert "PLN" not in ubl_told
    for amount in (
        'TaxAmount currencyID="EUR">10.14',
        'TaxSubtotal><cbc:TaxableAmount currencyID="EUR">43.46',
        'LineExtensionAmount currencyID="EUR">40.76',
        'TaxExclusiveAmount currencyID="EUR">45.26',
        'PayableAmount currencyID="EUR">55.40',
        'PriceAmount currencyID="EUR">0.02',
    ):
        assert amount in "".join(line.strip() for line in ubl_told.splitlines()), amount


def test_csv_opens_right_in_a_polish_spreadsheet_with_all_an_erp_books(cast: Cast, mia: Client) -> None:
    cast.krakow.code, cast.krakow.cost_centre = "KRK", "0042"
    cast.krakow.save()
    number = _mixed(cast)
    content = _bytes(mia.get(f"{FILES}download/csv/"))
    assert content.startswith(b"\xef\xbb\xbf")
    first = _table(content)[0]
    assert first["Zamówienie"] == number
    assert (first["SKU"], first["EAN"], first["Ilość"]) == ("0012", "5900012", "13")
    assert (first["NIP"], first["Kod jednostki"], first["Centrum kosztów"]) == ("6762435805", "KRK", "0042")
    assert (first["Netto"], first["Stawka VAT, %"], first["Waluta"]) == ("38,96", "23", "PLN")
    assert first["Rabat wiersza, netto"] == "4,33"
    assert first["Numer własny klienta"] == "PO/007"
    assert first["Kto zaakceptował"] == "Ben Nowak"
    assert first["Zaakceptowano"][-6:] in {"+01:00", "+02:00"}


def test_xlsx_has_numbers_as_numbers_and_codes_as_text(cast: Cast, mia: Client) -> None:
    _mixed(cast)
    book = load_workbook(io.BytesIO(_bytes(mia.get(f"{FILES}download/xlsx/"))))
    head, first, *_rest = list(book.active.iter_rows())
    by_name = {cell.value: found for cell, found in zip(head, first, strict=True)}
    assert by_name["Netto"].value == 38.96
    assert by_name["Netto"].data_type == "n"
    assert (by_name["SKU"].value, by_name["SKU"].data_type) == ("0012", "s")
    assert by_name["NIP"].value == "6762435805"


@pytest.mark.parametrize("name", ["=1+1", "+SUM(A1)", "-2", "@cmd", "\t=1", "＝1"])
def test_nothing_a_customer_typed_runs_as_a_formula(cast: Cast, mia: Client, name: str) -> None:
    number = _accepted(cast, lines=1)
    apps.get_model("order.Line").objects.filter(order__number=number).update(title=name)
    assert _table(_bytes(mia.get(f"{FILES}download/csv/")))[0]["Produkt"] == f"'{name}"
    book = load_workbook(io.BytesIO(_bytes(mia.get(f"{FILES}download/xlsx/"))))
    cell = book.active["F2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (name, "s", True)


def test_controls_do_not_break_a_file(cast: Cast) -> None:
    number = _accepted(cast, lines=1)
    apps.get_model("order.Line").objects.filter(order__number=number).update(title="A\x0bB\x1f <&>")
    order = _whole(cast, number)
    sheets.write_xlsx([order], io.BytesIO())
    assert order_schema().validate(etree.fromstring(ubl.xml_of(order)))


def test_a_workbook_goes_on_in_another_sheet_and_tears_no_order_apart(cast: Cast) -> None:
    found = [_whole(cast, _accepted(cast, lines=2)) for _n in range(3)]
    file = io.BytesIO()
    sheets.write_xlsx(found, file, sheet_rows=5)
    assert [sheet.max_row for sheet in load_workbook(file)] == [4, 4, 4]


def test_json_is_one_document_with_money_as_text_and_the_branch_for_ksef(cast: Cast, mia: Client) -> None:
    number = _mixed(cast)
    _accepted(cast, lines=1)
    found = json.loads(_bytes(mia.get(f"{FILES}download/json/")))["orders"]
    assert found[0]["order_number"] == number
    assert len(found) == 2
    first = found[0]
    assert first["rows"][0]["net"] == "38.96"
    assert first["ksef"] == {"podmiot3": {"nazwa": "Oddział Kraków", "rola": "2", "id_wew": None}}
    assert first["acceptances"][0]["by"] == "Ben Nowak"
    assert sum(D(row["gross"]) for row in first["rows"]) == D(first["order_gross"])
    assert json.loads("".join(sheets.json_parts([]))) == {"orders": []}


@pytest.mark.parametrize("kind", ["csv", "json", "xlsx", "zip"])
def test_a_held_order_is_in_no_file_and_an_ended_one_neither(cast: Cast, mia: Client, kind: str) -> None:
    held, ended = orders.place(cast.anna).order_number, orders.place(cast.anna).order_number
    actions.reject(ended, actor=cast.ben.actor, version=1, reason="nie")
    work = _accepted(cast)
    content = _bytes(mia.get(f"{FILES}download/{kind}/"))
    if kind in {"xlsx", "zip"}:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            content = b"".join(name.encode() + packed.read(name) for name in packed.namelist())
    assert work.encode() in content
    assert held.encode() not in content
    assert ended.encode() not in content


def test_ubl_of_a_held_order_is_refused_with_the_reason(cast: Cast, mia: Client) -> None:
    held = orders.place(cast.anna).order_number
    answer = mia.get(f"{FILES}order/{held}.xml")
    assert answer.status_code == 403
    assert held in answer.content.decode()
    actions.accept(held, actor=cast.ben.actor, version=1)
    answer = mia.get(f"{FILES}order/{held}.xml")
    assert order_schema().validate(etree.fromstring(answer.content))
    assert mia.get(f"{FILES}order/no-such.xml").status_code == 404


def test_ubl_holds_against_the_schemas_of_oasis(cast: Cast) -> None:
    order = _whole(cast, _mixed(cast))
    schema = order_schema()
    assert schema.validate(etree.fromstring(ubl.xml_of(order))), schema.error_log
    assert ubl.xml_of(order) == ubl.xml_of(order)
    broken = ubl.xml_of(order).replace(b"cbc:IssueDate", b"cbc:Issued")
    assert not schema.validate(etree.fromstring(broken))


def test_ubl_of_a_private_order_and_of_nasty_names(cast: Cast) -> None:
    number = orders.place(cast.paul, lines=1).order_number
    apps.get_model("order.Line").objects.filter(order__number=number).update(
        title="<![CDATA[ ]]> & 'a\u0301' \ud83d"[:-1]
    )
    order = _whole(cast, number)
    schema = order_schema()
    assert schema.validate(etree.fromstring(ubl.xml_of(order))), schema.error_log


def test_orders_are_chosen_by_day_status_and_customer(cast: Cast) -> None:
    first, second = _accepted(cast), orders.place(cast.paul, lines=1).order_number
    apps.get_model("order.Order").objects.filter(number=second).update(status="packed")

    def chosen(**wanted: Any) -> list[str]:
        found = whole.work_orders(cast.mia.actor, WorkFilter(**wanted))
        return [order.number for chunk in whole.in_chunks(found) for order in chunk]

    day = _whole(cast, first).given_at.date()
    assert chosen() == [first, second]
    assert chosen(statuses=("packed",)) == [second]
    assert chosen(organization_text="acme") == [first]
    assert chosen(organization_text="676-243") == [first]
    assert chosen(organization_text="umbra") == []
    assert chosen(since=day, until=day) == [first, second]
    assert chosen(since=day.replace(year=day.year + 1)) == []


def test_a_chunk_takes_five_statements_whatever_is_in_it(cast: Cast) -> None:
    for expected in (1, 3):
        while apps.get_model("order.Order").objects.count() < expected:
            _accepted(cast)
        found = whole.work_orders(cast.mia.actor, WorkFilter())
        assert len(statements(lambda: [list(rows_of(order)) for order in next(whole.in_chunks(found))])) == 5  # noqa: B023


def test_many_orders_come_chunk_by_chunk_each_once(cast: Cast) -> None:
    numbers = [_accepted(cast, lines=1) for _n in range(5)]
    found = whole.work_orders(cast.mia.actor, WorkFilter())
    assert [[order.number for order in chunk] for chunk in whole.in_chunks(found, size=2)] == [
        numbers[:2],
        numbers[2:4],
        numbers[4:],
    ]


def test_files_are_for_the_shops_people_only(cast: Cast, visit: Visit) -> None:
    number = _accepted(cast)
    for path in (FILES, f"{FILES}download/csv/", f"{FILES}order/{number}.xml"):
        for who in (cast.otto, cast.anna, cast.dora):
            assert visit(who).get(path).status_code in {302, 403, 404}
    for who in (cast.otto, cast.anna):
        with pytest.raises(NotAllowed):
            whole.work_orders(who.actor, WorkFilter())


def test_whole_orders_are_seen_by_whom_the_order_is_seen(cast: Cast) -> None:
    number = _accepted(cast)
    assert whole.whole_order(cast.anna.actor, number).number == number
    for who in (cast.otto, cast.jan, cast.paul):
        with pytest.raises(NotFound):
            whole.whole_order(who.actor, number)


def test_the_page_says_how_many_and_loses_nothing_typed(cast: Cast, mia: Client) -> None:
    _accepted(cast)
    page = mia.get(FILES).content.decode()
    assert "1 zamówienie" in page
    wrong = mia.get(f"{FILES}?since=2026-05-02&until=2026-05-01")
    assert wrong.status_code == 422
    assert 'value="2026-05-02"' in wrong.content.decode()
    assert mia.get(f"{FILES}download/csv/?since=2026-05-02&until=2026-05-01").status_code == 302
    assert mia.get(f"{FILES}download/doc/").status_code == 404


def test_a_made_file_is_bounded_and_says_what_to_do(cast: Cast, mia: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from akcept.panel import files

    monkeypatch.setattr(files, "MOST_MADE", 1)
    for _n in range(2):
        _accepted(cast, lines=1)
    answer = mia.get(f"{FILES}download/xlsx/")
    assert answer.status_code == 422
    assert "CSV" in answer.content.decode()
    assert mia.get(f"{FILES}download/csv/").status_code == 200


def test_english_files_have_a_point(cast: Cast) -> None:
    number = _accepted(cast, lines=1)
    with translation.override("en"):
        first = _table("".join(sheets.csv_lines([_whole(cast, number)])).encode())[0]
    assert (first["Net"], first["Unit price, net"]) == ("22.00", "11.00")

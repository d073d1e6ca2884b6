"""What every surface says an order costs, read the way whoever uses it does: pages, mails, files, API, columns, budget.

A reading is text by text what is shown, so that it is compared with literals, never with another figure of the shop.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.core import mail
from django.utils import translation
from lxml import etree
from openpyxl import load_workbook
from pypdf import PdfReader

from akcept.budgets.models import LedgerRow
from akcept.fulfilment import papers
from akcept.ordering.models import Placement
from akcept.ordering.ports import order_reader
from akcept.ordering.queries import whole
from akcept.testing.cast import Cast
from akcept.testing.relays import deliver
from tests.support.api import system_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What an order comes to: VAT by rate in per cent, without rates of which there is none."""

    goods: str
    delivery: str
    vat: Mapping[str, str]
    gross: str

    @property
    def net(self) -> str:
        return str(Decimal(self.goods) + Decimal(self.delivery))


def _sums(goods: Any, delivery: Any, vat: Mapping[Any, Any], gross: Any) -> Sums:
    """Return figures as texts with two decimals; a rate without VAT is left out."""
    written = {f"{Decimal(rate):.0f}": _money(tax) for rate, tax in vat.items()}
    taxed = {rate: tax for rate, tax in written.items() if tax != "0.00"}
    return Sums(goods=_money(goods), delivery=_money(delivery), vat=taxed, gross=_money(gross))


def _money(value: Any) -> str:
    found = Decimal(str(value))
    assert found == found.quantize(Decimal("0.01")), f"{value} has more than cents"
    return str(found.quantize(Decimal("0.01")))


# --- pages and mails, in English ---


def on_page(page: Any) -> Sums:
    """Read the sums of a page of the shop or of its panel."""
    assert page.status_code == 200
    return of_text(seen(page.content.decode()))


def seen(html: str) -> str:
    """Return the text of a page, a line for each part of it."""
    html = re.sub(r"<(script|style)\b.*?</\1>", "", html, flags=re.DOTALL).replace("\u00a0", " ")
    return "\n".join(part.strip() for part in re.sub(r"<[^>]+>", "\n", html).splitlines() if part.strip())


_NUMBER = r"\s*(?:PLN |€)?([\d,]+\.\d\d)$"


def of_text(text: str) -> Sums:
    """Read the sums under a text's list of lines; of a page that has them twice, both have to be the same."""
    text = text.replace("\u00a0", " ")

    def only(label: str) -> str:
        found = set(re.findall(rf"^{label}:?{_NUMBER}", text, re.MULTILINE))
        assert len(found) == 1, f"{label}: {found or 'not told'}"
        return str(found.pop()).replace(",", "")

    vat = re.findall(rf"^VAT (\d+) ?%:?{_NUMBER}", text, re.MULTILINE)
    told = {rate: tax.replace(",", "") for rate, tax in vat}
    assert len(told) == len(set(vat)), f"a rate has two sums: {vat}"
    return _sums(only("Products, net"), only("Delivery, net"), told, only("Total, gross"))


def in_mails(cast: Cast) -> dict[str, Sums]:
    """Read the sums in the mail to the approver who reads English, both forms."""
    return {name: of_text(text) for name, text in mailed(cast).items()}


def mailed(cast: Cast) -> dict[str, str]:
    """Return the mail that is due to the approver who reads English, both forms."""
    deliver()
    sent: Any
    (sent,) = [message for message in mail.outbox if message.to == [cast.cora.user.email]]
    return {"mail, text": str(sent.body), "mail, html": seen(str(sent.alternatives[0][0]))}


def before(cast: Cast, visit: Any) -> dict[str, Sums]:
    """Read what is in Anna's basket."""
    anna = visit(cast.anna)
    return {page: on_page(anna.get(page)) for page in ("/basket/", "/checkout/")}


def held(cast: Cast, visit: Any, number: str) -> dict[str, Sums]:
    """Read an order of Anna's that waits."""
    found = {
        "order's page": on_page(visit(cast.anna).get(f"/orders/{number}/")),
        "approver's page": on_page(visit(cast.ben).get(f"/orders/{number}/")),
        "panel": on_page(visit(cast.mia, superuser=True).get(f"/dashboard/acceptance/{number}/")),
    }
    return {**found, **_kept(number), "API": _by_api(cast, number)}


def held_totals(cast: Cast, visit: Any, number: str) -> dict[str, tuple[str, str]]:
    """Read net and gross where only these are told of an order that waits."""
    mia, api = visit(cast.mia, superuser=True), system_of(cast.anna)
    (row,) = [row for row in _table(mia.get("/dashboard/acceptance/export.csv")) if row["Order"] == number]
    (told,) = [row for row in api.get("/orders").json()["items"] if row["number"] == number]
    return {
        "panel's CSV": (row["Net"].replace(",", "."), row["Gross"].replace(",", ".")),
        "panel's list": _totals(mia.get("/dashboard/acceptance/")),
        "API's list": (told["total_net"]["amount"], told["total_gross"]["amount"]),
    }


def _totals(page: Any) -> tuple[str, str]:
    net, gross = re.findall(r"^(?:PLN |€)([\d,]+\.\d\d)(?: gross)?$", seen(page.content.decode()), re.MULTILINE)
    return net.replace(",", ""), gross.replace(",", "")


# --- what is kept, and what is told to programs ---


def _kept(number: str) -> dict[str, Sums]:
    order = apps.get_model("order.Order").objects.get(number=number)
    document, placement = order_reader().document(order.pk), Placement.objects.get(pk=order.pk)
    vat = {(row.rate or 0) * 100: row.vat for row in document.vat}
    lines = list(order.lines.all())
    assert sum(row.line_price_incl_tax for row in lines) + order.shipping_incl_tax == order.total_incl_tax
    net = sum(row.line_price_excl_tax for row in lines)
    assert (placement.total_net, placement.goods_net) == (order.total_excl_tax, net)
    return {
        "columns": _sums(net, order.shipping_excl_tax, vat, order.total_incl_tax),
        "document": _sums(document.goods_net, document.delivery_net, vat, document.total_gross),
        "rules": _sums(placement.goods_net, placement.total_net - placement.goods_net, vat, placement.total_gross),
    }


def _by_api(cast: Cast, number: str) -> Sums:
    told = system_of(cast.anna).get(f"/orders/{number}").json()
    vat = {row["rate"] or "0": row["vat"]["amount"] for row in told["vat"]}
    goods = sum((Decimal(line["net"]["amount"]) for line in told["lines"]), Decimal(0))
    return _sums(goods, told["delivery_net"]["amount"], vat, told["total_gross"]["amount"])


def booked(number: str) -> str:
    """Read what an order takes of budgets that count its gross total."""
    rows = LedgerRow.objects.filter(order__number=number).values_list("amount", flat=True)
    return _money(-sum(rows, Decimal(0)))


# --- what is the shop's work ---


def released(cast: Cast, visit: Any, number: str) -> dict[str, Sums]:
    """Read an order that is the shop's work: its page in the panel, every file, the API."""
    mia = visit(cast.mia, superuser=True)
    files = "/dashboard/order-files"
    work = system_of(cast.mia).get(f"/work/orders/{number}").json()
    goods = sum((Decimal(line["net"]["amount"]) for line in work["lines"]), Decimal(0))
    vat = {row["rate"] or "0": row["vat"]["amount"] for row in work["vat"]}
    return {
        "panel": on_page(mia.get(f"/dashboard/orders/{number}/")),
        "CSV": _of_rows(_rows_of_csv(mia.get(f"{files}/download/csv/"), number)),
        "XLSX": _of_rows(_rows_of_xlsx(mia.get(f"{files}/download/xlsx/"), number)),
        "JSON": of_json(_content(mia.get(f"{files}/download/json/")), number),
        "UBL": of_ubl(_content(mia.get(f"{files}/order/{number}.xml"))),
        "PDF": _of_pdf(cast, number),
        "API of the work": _sums(goods, work["delivery_net"]["amount"], vat, work["total_gross"]["amount"]),
        **_kept(number),
        "API": _by_api(cast, number),
    }


def _content(answer: Any) -> bytes:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content) if answer.streaming else bytes(answer.content)


def _table(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(_content(answer).decode("utf-8-sig")), delimiter=";"))


_PIECES, _UNIT, _OFF, _NET = "Quantity", "Unit price, net", "Discount of the row, net", "Net"
_FIGURES = (_PIECES, _UNIT, _OFF, _NET, "VAT", "Gross", "Order total, net", "Order total, gross")


def _rows_of_csv(answer: Any, number: str) -> list[dict[str, Any]]:
    rows = [row for row in _table(answer) if row["Order"] == number]
    return [dict(row) | {name: Decimal(row[name]) for name in _FIGURES} for row in rows]


def _rows_of_xlsx(answer: Any, number: str) -> list[dict[str, Any]]:
    head, *rows = load_workbook(io.BytesIO(_content(answer))).active.iter_rows(values_only=True)
    found = [dict(zip(head, row, strict=True)) for row in rows]
    return [row | {name: Decimal(str(row[name])) for name in _FIGURES} for row in found if row["Order"] == number]


def _of_rows(rows: list[dict[str, Any]]) -> Sums:
    """Add up what an ERP books; every row adds up in itself."""
    vat: dict[str, Decimal] = {}
    for row in rows:
        assert (row[_PIECES] * row[_UNIT]).quantize(Decimal("0.01"), "ROUND_HALF_UP") - row[_OFF] == row[_NET], row
        assert row[_NET] + row["VAT"] == row["Gross"], row
        rate = str(row["VAT rate, %"])
        vat[rate] = vat.get(rate, Decimal(0)) + row["VAT"]
    goods = sum((row[_NET] for row in rows if row["Kind of row"] == "goods"), Decimal(0))
    carried = sum((row[_NET] for row in rows if row["Kind of row"] == "delivery"), Decimal(0))
    (total,) = {(row["Order total, net"], row["Order total, gross"]) for row in rows}
    assert total == (goods + carried, sum(row["Gross"] for row in rows))
    return _sums(goods, carried, vat, total[1])


def of_json(content: bytes, number: str) -> Sums:
    """Read an order of a file in JSON; every row adds up in itself."""
    (order,) = [each for each in json.loads(content)["orders"] if each["order_number"] == number]
    names = {"quantity": _PIECES, "unit_net": _UNIT, "discount_net": _OFF, "net": _NET, "vat": "VAT", "gross": "Gross"}
    rows = []
    for row in order["rows"]:
        figures = {heading: Decimal(str(row[name])) for name, heading in names.items()}
        kind = {"line": "goods"}.get(row["kind"], row["kind"])
        totals = {f"Order total, {side}": Decimal(order[f"order_{side}"]) for side in ("net", "gross")}
        rows.append({**figures, **totals, "VAT rate, %": row["vat_rate"], "Kind of row": kind})
    found = _of_rows(rows)
    told = {row["vat_rate"]: row["vat"] for row in order["vat"]}
    assert _sums(found.goods, found.delivery, told, order["order_gross"]) == found
    return found


_CBC, _CAC = (
    f"{{urn:oasis:names:specification:ubl:schema:xsd:{name}-2}}"
    for name in ("CommonBasicComponents", "CommonAggregateComponents")
)


def of_ubl(content: bytes) -> Sums:
    """Read an order in UBL; its lines, its charge and its taxes add up to its totals."""
    root = etree.fromstring(content)

    def amount(parent: Any, name: str) -> Decimal:
        return Decimal(parent.findtext(f"{_CBC}{name}", "0.00"))

    total = root.find(f"{_CAC}AnticipatedMonetaryTotal")
    goods, carried = amount(total, "LineExtensionAmount"), amount(total, "ChargeTotalAmount")
    items = root.findall(f"{_CAC}OrderLine/{_CAC}LineItem")
    for item in items:
        off = sum((amount(each, "Amount") for each in item.findall(f"{_CAC}AllowanceCharge")), Decimal(0))
        full = amount(item, "Quantity") * amount(item.find(f"{_CAC}Price"), "PriceAmount")
        assert full.quantize(Decimal("0.01"), "ROUND_HALF_UP") - off == amount(item, "LineExtensionAmount")
    assert sum(amount(item, "LineExtensionAmount") for item in items) == goods
    assert amount(total, "TaxExclusiveAmount") == goods + carried
    taxes = root.find(f"{_CAC}TaxTotal")
    parts = taxes.findall(f"{_CAC}TaxSubtotal")
    vat = {part.findtext(f"{_CAC}TaxCategory/{_CBC}Percent"): amount(part, "TaxAmount") for part in parts}
    assert sum(vat.values()) == amount(taxes, "TaxAmount")
    assert sum(amount(part, "TaxableAmount") for part in parts) == goods + carried
    gross = amount(total, "PayableAmount")
    assert gross == amount(total, "TaxInclusiveAmount") == goods + carried + amount(taxes, "TaxAmount")
    return _sums(goods, carried, vat, gross)


def _of_pdf(cast: Cast, number: str) -> Sums:
    """Read an order's paper: the table of VAT and the totals under it; of goods the rest of the delivery's row."""
    order = whole.whole_order_for_staff(cast.mia.actor, number)
    with translation.override("en"):
        pages = PdfReader(io.BytesIO(papers.pdf_of(order))).pages
    text = " ".join("\n".join(page.extract_text() for page in pages).replace("\u00a0", " ").split())
    figure = r"(-?[\d,]+\.\d\d)"
    table = text.partition("VAT by rate")[2]
    vat = {
        rate: tax.replace(",", "")
        for rate, _net, tax, _gross in re.findall(rf"(\d+) ?% {figure} {figure} {figure}", table)
    }
    net, gross = (re.findall(rf"{name} (?:PLN |€){figure}", table)[0].replace(",", "") for name in ("Net", "Gross"))
    delivered = re.findall(rf"{order.document.delivery_name} {order.document.delivery_code} 1 {figure}", text)
    delivered = delivered or re.findall(rf"{order.document.delivery_name} 1 {figure}", text) or ["0.00"]
    return _sums(Decimal(net) - Decimal(delivered[0]), delivered[0], vat, gross)

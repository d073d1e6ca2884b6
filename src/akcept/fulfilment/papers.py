"""An order as a document in PDF: seller and buyer, lines, VAT by rate, who accepted it and by what right.

Typst sets it, from a template without any text: every word comes as data (`sys.inputs`), so that nothing somebody
typed is ever read as markup. Without system fonts and with the order's own time in it, the same order makes the same
file.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from babel.numbers import format_decimal
from django.utils import timezone
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from akcept.approvals.models import Decision
from akcept.fulfilment.booked import Row, customer_of, nip_of, payment_of, percent, rows_of, unit_code_of, unit_of
from akcept.fulfilment.seller import seller
from akcept.kernel import price_sight
from akcept.kernel.errors import NotFound
from akcept.ordering import status
from akcept.ordering.ports import Address
from akcept.ordering.queries.whole import DecisionRow, WholeOrder
from akcept.organizations import queries as organizations
from akcept.organizations.pseudonyms import shown
from akcept.organizations.wording import money, with_percent

_TEMPLATE: Final = Path(__file__).with_name("order.typ")
#: Of one text in the document; a name of a product may be as long as Oscar's column.
_LONGEST: Final = 400
#: So many decisions are told, the latest ones.
_ACTS: Final = 100
_CONTROLS: Final = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]+")
#: A word without a place to break runs out of its column.
_UNBROKEN: Final = re.compile(r"(\S{18})(?=\S)")


def available() -> bool:
    """Whether what sets papers, the extra `akcept[papers]`, is installed: what links ask."""
    return find_spec("typst") is not None


def pdf_of(order: WholeOrder) -> bytes:
    """Return an order as PDF in the active language; the same order is the same bytes. Raises NotFound.

    What is not accepted says on every page that it is no order yet.
    """
    if not available():
        raise NotFound(_("This shop makes no PDFs: “akcept[papers]” is not installed."))
    import typst

    content: bytes = typst.compile(
        str(_TEMPLATE),
        root=str(_TEMPLATE.parent),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"order": json.dumps(_told(order), ensure_ascii=False)},
        timestamp=int(order.placement.placed_at.timestamp()),
    )
    return content


def _told(order: WholeOrder) -> dict[str, Any]:
    document, placement, currency = order.document, order.placement, order.document.currency
    rows = list(rows_of(order))
    with_discount = any(row.discount for row in rows)
    return {
        "lang": (get_language() or "en")[:2],
        "title": _("Order %(number)s") % {"number": order.number},
        "page": _("page"),
        "banner": _banner(order),
        "facts": _pairs(
            (_("Placed"), _moment(placement.placed_at)),
            (_("Status"), str(status.CUSTOMER_LABELS.get(order.status, order.status))),
            (_("Customer's own number"), placement.po_number),
            (_("Unit"), _with_code(order)),
            (_("Cost centre"), placement.cost_centre),
            (_("Ordered by"), order.requester),
            (_("Delivery"), document.delivery_name),
            (_("Payment"), payment_of(order)),
        ),
        "parties": [
            {"head": _("Seller"), "lines": _seller()},
            {"head": _("Buyer"), "lines": _buyer(order)},
            {"head": _("Delivery address"), "lines": _address(document.delivery_address)},
        ],
        "discounts": with_discount,
        "columns": [
            _("No."),
            _("Product"),
            _("Quantity"),
            _("Unit price, net"),
            *([_("Discount, net")] if with_discount else []),
            _("Net"),
            _("VAT"),
            _("Gross"),
        ],
        "rows": [
            [
                str(row.position),
                {"title": _text(row.title), "code": _text(_codes(row))},
                format_decimal(row.quantity, locale=_locale()),
                _figure(row.unit_net),
                *([_figure(row.discount) if row.discount else ""] if with_discount else []),
                _figure(row.net),
                _rate(row.rate),
                _figure(row.gross),
            ]
            for row in rows
        ],
        "vat_head": _("VAT by rate"),
        "vat_columns": [_("VAT"), _("Net"), _("VAT amount"), _("Gross")],
        "vat": [
            [_rate(rate.rate), _figure(rate.net), _figure(rate.vat), _figure(rate.net + rate.vat)]
            for rate in document.vat
        ],
        "totals": _pairs(
            (_("Net"), money(document.total_net, currency)),
            (_("VAT"), money(document.total_gross - document.total_net, currency)),
            (_("Gross"), money(document.total_gross, currency)),
        ),
        "acts_head": _("Acceptance"),
        "acts": [_decision(each) for each in order.decisions[-_ACTS:]],
        "no_acts": _("Nobody has decided on it yet.") if order.is_held else _("Nobody had to accept this order."),
        "foot": _("This is an order, not an invoice."),
    }


def _codes(row: Row) -> str:
    return " · ".join(part for part in (row.sku, row.ean) if part) if row.kind == "line" else ""


def _banner(order: WholeOrder) -> str:
    if order.is_held:
        return _("UNCONFIRMED: the customer has not accepted this order. Do not process it.")
    if not order.is_work:
        return _("This order ended without acceptance. Do not process it.")
    return ""


def _decision(decision: DecisionRow) -> dict[str, Any]:
    right = _("in their own right")
    if decision.stood_for:
        right = _("in place of %(absent)s") % {"absent": shown(decision.stood_for)}
    if decision.rule:
        right = _("%(right)s, rule “%(rule)s”") % {"right": right, "rule": decision.rule}
    return {
        "at": _moment(decision.at),
        "who": _text(organizations.acting_name(decision.by, "")),
        "what": str(Decision.Kind(decision.kind).label),
        "right": _text(right),
        "voided": _("no longer counted") if decision.voided else "",
    }


def _with_code(order: WholeOrder) -> str:
    code = unit_code_of(order)
    return f"{unit_of(order)} ({code})" if code else unit_of(order)


def _seller() -> list[str]:
    sells = seller()
    place = f"{sells.postcode} {sells.city}".strip()
    return _texts(sells.name, sells.line1, place, f"NIP {sells.nip}" if sells.nip else "", sells.email)


def _buyer(order: WholeOrder) -> list[str]:
    organization = order.placement.organization
    if organization is None:
        return [*_address(order.document.invoice_address)] or _texts(customer_of(order))
    place = f"{organization.postcode} {organization.city}".strip()
    return _texts(organization.name, organization.line1, place, f"NIP {nip_of(order)}")


def _address(found: Address | None) -> list[str]:
    if found is None:
        return []
    return _texts(found.name, found.line1, f"{found.postcode} {found.city}".strip(), found.phone, found.notes)


def _pairs(*pairs: tuple[str, str]) -> list[list[str]]:
    return [[label, _text(value)] for label, value in pairs if value]


def _texts(*texts: str) -> list[str]:
    return [_text(text) for text in texts if text]


def _text(text: str) -> str:
    """Return a text as the document holds it: bounded, on one line, with places to break."""
    clean = " ".join(_CONTROLS.sub(" ", text).split())
    clean = f"{clean[:_LONGEST]}…" if len(clean) > _LONGEST else clean
    return _UNBROKEN.sub("\\1\u200b", clean)


def _locale() -> str:
    return to_locale(get_language() or "en")


def _figure(value: Decimal) -> str:
    if not price_sight.are_seen():
        return price_sight.UNTOLD
    return str(format_decimal(value, format="#,##0.00######", locale=_locale()))


def _rate(rate: Decimal | None) -> str:
    found = percent(rate)
    return "–" if found is None else with_percent(str(format_decimal(found, locale=_locale())))


def _moment(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{local:%Y-%m-%d %H:%M} {local.tzname()}"

"""An order as UBL 2.1 `Order`, the XML that purchasing and ERP systems exchange."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Final
from xml.etree import ElementTree as Xml

from django.utils import timezone

from akcept.fulfilment.booked import Row, customer_of, nip_of, payment_of, percent, rows_of, unit_code_of, unit_of
from akcept.fulfilment.seller import Seller, seller
from akcept.ordering.ports import Address, VatRow
from akcept.ordering.queries.whole import WholeOrder

_ORDER: Final = "urn:oasis:names:specification:ubl:schema:xsd:Order-2"
_CAC: Final = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
_CBC: Final = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
#: What XML cannot hold, whatever is done to it.
_NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: One piece, in the list of units of UN/ECE recommendation 20.
_PIECE: Final = "C62"


def xml_of(order: WholeOrder) -> bytes:
    """Return one order as an XML document in UTF-8; the same order is the same bytes."""
    document, placement, currency = order.document, order.placement, order.document.currency
    root = Xml.Element(f"{{{_ORDER}}}Order")
    placed = timezone.localtime(placement.placed_at)
    _basic(root, "UBLVersionID", "2.1")
    _basic(root, "ID", order.number)
    _basic(root, "IssueDate", placed.date().isoformat())
    _basic(root, "IssueTime", placed.timetz().isoformat(timespec="seconds"))
    for note in _notes(order):
        _basic(root, "Note", note)
    _basic(root, "DocumentCurrencyCode", currency)
    if placement.po_number:
        _basic(root, "CustomerReference", placement.po_number)
    if placement.cost_centre:
        _basic(root, "AccountingCost", placement.cost_centre)
    _buyer(root, order)
    _seller(root, seller())
    _originator(root, order)
    _delivery(root, order)
    _payment(root, order)
    rows = list(rows_of(order))
    charges = [row for row in rows if row.kind == "delivery"]
    for row in charges:
        _charge(root, row, currency)
    _tax(root, document.vat, document.total_gross - document.total_net, currency)
    _totals(root, order, charges)
    for row in rows:
        if row.kind == "line":
            _line(root, row, currency)
    for prefix, space in (("", _ORDER), ("cac", _CAC), ("cbc", _CBC)):
        Xml.register_namespace(prefix, space)
    Xml.indent(root)
    content: bytes = Xml.tostring(root, encoding="UTF-8", xml_declaration=True)
    return content + b"\n"


def _notes(order: WholeOrder) -> Iterable[str]:
    """Yield what a receiver has to know first: an order that is not accepted is no order yet."""
    if order.is_held:
        yield "UNCONFIRMED: the customer has not accepted this order."
    for given in order.acceptances:
        for_whom = f" for {given.stood_for}" if given.stood_for else ""
        yield f"Accepted by {given.by}{for_whom} at {timezone.localtime(given.at).isoformat(timespec='seconds')}"


def _basic(parent: Xml.Element, name: str, text: str, **attributes: str) -> Xml.Element:
    found = Xml.SubElement(parent, f"{{{_CBC}}}{name}", attributes)
    found.text = _NO_XML.sub("", text)
    return found


def _part(parent: Xml.Element, name: str) -> Xml.Element:
    return Xml.SubElement(parent, f"{{{_CAC}}}{name}")


def _amount(parent: Xml.Element, name: str, value: Decimal, currency: str) -> None:
    _basic(parent, name, format(value, "f"), currencyID=currency)


def _buyer(root: Xml.Element, order: WholeOrder) -> None:
    organization = order.placement.organization
    party = _part(_part(root, "BuyerCustomerParty"), "Party")
    if nip_of(order):
        _basic(_part(party, "PartyIdentification"), "ID", nip_of(order), schemeID="PL:NIP")
    _basic(_part(party, "PartyName"), "Name", customer_of(order))
    if organization is not None:
        home = Address(
            name="",
            line1=organization.line1,
            postcode=organization.postcode,
            city=organization.city,
            country=organization.country,
        )
        _address(_part(party, "PostalAddress"), home)
        _tax_number(party, organization.country, organization.nip)
    _basic(_part(party, "PartyLegalEntity"), "RegistrationName", customer_of(order))
    contact = _part(party, "Contact")
    _basic(contact, "Name", order.requester)


def _originator(root: Xml.Element, order: WholeOrder) -> None:
    """Write the unit that ordered; it is no buyer in the sense of the tax."""
    if not (unit := unit_of(order)):
        return
    party = _part(_part(root, "OriginatorCustomerParty"), "Party")
    if code := unit_code_of(order):
        _basic(_part(party, "PartyIdentification"), "ID", code)
    _basic(_part(party, "PartyName"), "Name", unit)


def _seller(root: Xml.Element, sells: Seller) -> None:
    party = _part(_part(root, "SellerSupplierParty"), "Party")
    if sells.nip:
        _basic(_part(party, "PartyIdentification"), "ID", sells.nip, schemeID="PL:NIP")
    _basic(_part(party, "PartyName"), "Name", sells.name or "-")
    if sells.line1 or sells.city:
        home = Address(name="", line1=sells.line1, postcode=sells.postcode, city=sells.city, country=sells.country)
        _address(_part(party, "PostalAddress"), home)
    if sells.nip:
        _tax_number(party, sells.country, sells.nip)


def _tax_number(party: Xml.Element, country: str, nip: str) -> None:
    scheme = _part(party, "PartyTaxScheme")
    _basic(scheme, "CompanyID", f"{country}{nip}")
    _basic(_part(scheme, "TaxScheme"), "ID", "VAT")


def _address(parent: Xml.Element, found: Address) -> None:
    for name, text in (("StreetName", found.line1), ("CityName", found.city), ("PostalZone", found.postcode)):
        if text:
            _basic(parent, name, text)
    if found.country:
        _basic(_part(parent, "Country"), "IdentificationCode", found.country)


def _delivery(root: Xml.Element, order: WholeOrder) -> None:
    to = order.document.delivery_address
    if to is not None:
        delivery = _part(root, "Delivery")
        _address(_part(delivery, "DeliveryAddress"), to)
        party = _part(delivery, "DeliveryParty")
        _basic(_part(party, "PartyName"), "Name", to.name or customer_of(order))
        if to.phone:
            _basic(_part(party, "Contact"), "Telephone", to.phone)
    if order.document.delivery_name:
        terms = _part(root, "DeliveryTerms")
        _basic(terms, "ID", order.document.delivery_code or "-")
        _basic(terms, "SpecialTerms", order.document.delivery_name)


def _payment(root: Xml.Element, order: WholeOrder) -> None:
    terms = _part(root, "PaymentTerms")
    _basic(terms, "ID", order.placement.payment_code)
    _basic(terms, "Note", payment_of(order))


def _charge(root: Xml.Element, row: Row, currency: str) -> None:
    charge = _part(root, "AllowanceCharge")
    _basic(charge, "ChargeIndicator", "true")
    _basic(charge, "AllowanceChargeReason", row.title or "Delivery")
    _amount(charge, "Amount", row.net, currency)
    _category(charge, "TaxCategory", row.rate)


def _category(parent: Xml.Element, name: str, rate: Decimal | None) -> None:
    """Write a rate as the category of UN/ECE 5305: standard, or zero; none where nobody knows the rate."""
    if (found := percent(rate)) is None:
        return
    category = _part(parent, name)
    _basic(category, "ID", "S" if found else "Z")
    _basic(category, "Percent", format(found, "f"))
    _basic(_part(category, "TaxScheme"), "ID", "VAT")


def _tax(root: Xml.Element, rows: Iterable[VatRow], vat: Decimal, currency: str) -> None:
    total = _part(root, "TaxTotal")
    _amount(total, "TaxAmount", vat, currency)
    for row in rows:
        if row.rate is None:
            continue  # a part of a tax total has a category, and nobody knows this one's
        part = _part(total, "TaxSubtotal")
        _amount(part, "TaxableAmount", row.net, currency)
        _amount(part, "TaxAmount", row.vat, currency)
        _category(part, "TaxCategory", row.rate)


def _totals(root: Xml.Element, order: WholeOrder, charges: list[Row]) -> None:
    document, currency = order.document, order.document.currency
    total = _part(root, "AnticipatedMonetaryTotal")
    _amount(total, "LineExtensionAmount", document.goods_net, currency)
    _amount(total, "TaxExclusiveAmount", document.total_net, currency)
    _amount(total, "TaxInclusiveAmount", document.total_gross, currency)
    if charges:
        _amount(total, "ChargeTotalAmount", sum((row.net for row in charges), Decimal(0)), currency)
    _amount(total, "PayableAmount", document.total_gross, currency)


def _line(root: Xml.Element, row: Row, currency: str) -> None:
    item = _part(_part(root, "OrderLine"), "LineItem")
    _basic(item, "ID", str(row.position))
    _basic(item, "Quantity", str(row.quantity), unitCode=_PIECE)
    _amount(item, "LineExtensionAmount", row.net, currency)
    _amount(item, "TotalTaxAmount", row.vat, currency)
    if row.discount:
        allowance = _part(item, "AllowanceCharge")
        _basic(allowance, "ChargeIndicator", "false" if row.discount > 0 else "true")
        _amount(allowance, "Amount", abs(row.discount), currency)
    _amount(_part(item, "Price"), "PriceAmount", row.unit_net, currency)
    goods = _part(item, "Item")
    _basic(goods, "Name", row.title or row.sku or "-")
    if row.sku:
        _basic(_part(goods, "SellersItemIdentification"), "ID", row.sku)
    if row.ean:
        scheme = {"schemeID": "0160"} if row.ean.isdigit() and len(row.ean) in {8, 12, 13, 14} else {}
        _basic(_part(goods, "StandardItemIdentification"), "ID", row.ean, **scheme)
    _category(goods, "ClassifiedTaxCategory", row.rate)

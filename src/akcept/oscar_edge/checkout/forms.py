"""What is typed at checkout. Whether it can be ordered so is decided by `akcept.ordering.actions.place`."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from akcept.ordering import actions, payments
from akcept.ordering.ports import Address
from akcept.organizations import checks
from akcept.organizations.models import Organization, UnitAddress
from akcept.organizations.permissions import Permission
from akcept.organizations.seats import Seat
from akcept.ui.forms import checked


class CheckoutForm(forms.Form):
    """Common to everybody: how it is delivered and paid."""

    delivery = forms.ChoiceField(label=_("Delivery method"))
    payment = forms.ChoiceField(label=_("Payment"))
    po_number = forms.CharField(label=_("Your order number"), required=False, max_length=actions.PO_NUMBER_LIMIT)
    note = forms.CharField(
        label=_("Note to the approver"),
        required=False,
        max_length=actions.NOTE_LIMIT,
        widget=forms.Textarea({"rows": 2}),
    )
    cart = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def offer(self, *, delivery: list[tuple[str, Any]], has_organization: bool) -> None:
        """Set what can be chosen."""
        self.fields["delivery"].choices = delivery  # type: ignore[attr-defined]
        self.fields["payment"].choices = [  # type: ignore[attr-defined]
            (code, str(payments.LABELS[code]).capitalize())
            for code in payments.choices_for(has_organization=has_organization)
        ]


class TypedAddress(CheckoutForm):
    """A delivery address that is typed."""

    name = forms.CharField(label=_("Recipient"), max_length=200)
    line1 = forms.CharField(label=_("Street and number"), max_length=255)
    postcode = forms.CharField(label=_("Postcode"), max_length=12)
    city = forms.CharField(label=_("Town"), max_length=120)
    phone = forms.CharField(label=_("Phone for the courier"), max_length=30, required=False)

    def clean_postcode(self) -> str:
        """Return the postcode in its usual form."""
        typed = self.cleaned_data["postcode"]
        return checked(checks.postcode, typed) if typed or self.fields["postcode"].required else ""

    def delivery_address(self) -> Address:
        """Return the typed address."""
        data = self.cleaned_data
        return Address(
            name=data["name"],
            line1=data["line1"],
            postcode=data["postcode"],
            city=data["city"],
            phone=data["phone"],
        )


#: The choice of a delivery address that is none of the unit's.
ELSEWHERE = "elsewhere"
_TYPED = ("name", "line1", "postcode", "city", "phone")


class MemberCheckoutForm(TypedAddress):
    """For a member: goods go to one of his unit's addresses, or to a typed one where he may use that."""

    address = forms.ChoiceField(label=_("Delivery address"))
    field_order = ("address", *_TYPED, "delivery", "payment", "po_number", "note")

    def offer_addresses(self, seat: Seat, addresses: list[UnitAddress]) -> None:
        """Set the unit's addresses, its default first; whoever may have goods sent anywhere may type one."""
        self._addresses = {str(address.pk): address for address in addresses}
        choices: list[tuple[str, Any]] = [
            (key, f"{seat.unit_name}, {address.line1}, {address.city}") for key, address in self._addresses.items()
        ]
        chosen = (self.data if self.is_bound else self.initial).get("address")
        if seat.holds(Permission.USE_FREE_ADDRESS):
            choices.append((ELSEWHERE, _("another address, typed below")))
            for name in _TYPED[:-1]:
                self.fields[name].required = chosen == ELSEWHERE
        else:
            for name in _TYPED:
                del self.fields[name]
        self.types_address = chosen == ELSEWHERE
        self.fields["address"].choices = choices  # type: ignore[attr-defined]
        gone = _("This is no delivery address of %(unit)s (any more). Choose one of those here.")
        self.fields["address"].error_messages["invalid_choice"] = gone % {"unit": seat.unit_name.replace("%", "%%")}

    def delivery_address(self) -> Address:
        """Return the chosen or typed address."""
        if self.cleaned_data["address"] == ELSEWHERE:
            return super().delivery_address()
        row = self._addresses[self.cleaned_data["address"]]
        return Address(
            name=row.recipient,
            line1=row.line1,
            postcode=row.postcode,
            city=row.city,
            country=row.country,
            phone=row.phone,
        )


class PrivateCheckoutForm(TypedAddress):
    """For a customer without an organisation: the address is typed."""

    field_order = (*_TYPED, "delivery", "payment", "po_number")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["note"]  # there is nobody to write it to


def invoiced(seat: Seat) -> Organization:
    """Return the organisation a member's invoices are made out to."""
    return Organization.objects.get(pk=seat.organization_id)


def invoice_address(row: Organization) -> Address:
    """Return an organisation's own address, to which invoices are made out."""
    return Address(name=row.name, line1=row.line1, postcode=row.postcode, city=row.city, country=row.country)

"""What is typed at checkout. Whether it can be ordered so is decided by `akcept.ordering.actions.place`."""

from __future__ import annotations

from functools import cache, partial
from typing import Any, cast

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from oscar.apps.checkout.forms import GatewayForm as OscarGatewayForm
from oscar.apps.checkout.forms import ShippingAddressForm as OscarShippingAddressForm

from akcept.ordering import actions, payments
from akcept.ordering.ports import Address
from akcept.organizations import checks
from akcept.organizations.models import Organization
from akcept.organizations.queries import delivery_addresses
from akcept.organizations.seats import Seat
from akcept.ui.forms import CountryMixin, LineField, ProseField, checked


class GatewayForm(OscarGatewayForm):
    """Who orders, where guests may: a guest's browser asks for no password, with a script or without."""

    use_required_attribute = False


class ShippingAddressForm(OscarShippingAddressForm):
    """Where a guest's order goes. Somebody has to take it there, and what is wrong is told at its field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Keep the box for remarks as small as what is typed into it."""
        super().__init__(*args, **kwargs)
        self.fields["notes"].widget.attrs["rows"] = 3

    def clean(self) -> dict[str, Any]:
        """Ask for a name; read the postcode as everywhere else in the shop."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not (data.get("first_name") or data.get("last_name")):
            self.add_error("last_name", _("Say who receives the delivery."))
        country = data["country"].pk if data.get("country") else self.instance.country_id or ""
        if data.get("postcode"):
            try:
                data["postcode"] = checked(partial(checks.postcode, country=country), data["postcode"])
            except forms.ValidationError as error:
                self.add_error("postcode", error)
        return data

    def _post_clean(self) -> None:
        """Say once what is wrong with the postcode: Oscar's address says it of the whole form."""
        super()._post_clean()
        if self.has_error("postcode"):
            self.errors.pop(NON_FIELD_ERRORS, None)


class CheckoutForm(forms.Form):
    """Common to everybody: how it is delivered and paid."""

    delivery = forms.ChoiceField(label=_("Delivery method"))
    payment = forms.ChoiceField(label=_("Payment"))
    po_number = LineField(label=_("Your order number"), required=False, max_length=actions.PO_NUMBER_LIMIT)
    note = ProseField(label=_("Note to the approver"), required=False, max_length=actions.NOTE_LIMIT, rows=2)
    cart = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    #: The delivery method `seen` was priced with: without script another one may be chosen and sent at once.
    seen_delivery = forms.CharField(widget=forms.HiddenInput, max_length=128, required=False)

    def offer(self, *, delivery: list[tuple[str, Any]], has_organization: bool, agreed: tuple[str, ...] = ()) -> None:
        """Set what can be chosen; of the ways to pay those that were `agreed`, where any were."""
        self.fields["delivery"].choices = delivery  # type: ignore[attr-defined]
        self.fields["payment"].choices = [  # type: ignore[attr-defined]
            (code, str(payments.LABELS[code]).capitalize())
            for code in payments.choices_for(has_organization=has_organization)
            if not agreed or code in agreed
        ]


class TypedAddress(CountryMixin, CheckoutForm):
    """A delivery address that is typed."""

    name = LineField(label=_("Recipient"), max_length=200)
    line1 = LineField(label=_("Street and number"), max_length=255)
    postcode = LineField(label=_("Postcode"), max_length=12)
    city = LineField(label=_("Town"), max_length=120)
    phone = LineField(label=_("Phone for the courier"), max_length=30, required=False)

    def clean_postcode(self) -> str:
        """Return the postcode in its usual form."""
        typed = self.cleaned_data["postcode"]
        if not typed and not self.fields["postcode"].required:
            return ""
        return checked(partial(checks.postcode, country=self.chosen_country()), typed)

    def delivery_address(self) -> Address | int:
        """Return the typed address."""
        data = self.cleaned_data
        return Address(
            name=data["name"],
            line1=data["line1"],
            postcode=data["postcode"],
            city=data["city"],
            phone=data["phone"],
            country=self.chosen_country(),
        )


#: The choice of a delivery address that is none of the unit's.
ELSEWHERE = "elsewhere"
_TYPED = ("name", "line1", "postcode", "city", "country", "phone")


class _AddressField(forms.ChoiceField):
    """One of the unit's addresses, by its id, or a typed one where that is allowed.

    Choices are read when they are shown. Whether an id is one of them, the action says in its transaction.
    """

    may_type = False

    def valid_value(self, value: str) -> bool:
        is_an_id = value.isdecimal() and len(value) < 19
        return is_an_id or (value == ELSEWHERE and self.may_type)


class MemberCheckoutForm(TypedAddress):
    """For members: goods go to one of their unit's addresses, or to a typed one where they may use that."""

    address = _AddressField(label=_("Delivery address"))
    field_order = ("address", *_TYPED, "delivery", "payment", "po_number", "note")

    def take_any_address(self) -> None:
        """Take the id of any address, and a typed one where that was chosen."""
        cast(_AddressField, self.fields["address"]).may_type = True
        if self.data.get("address") != ELSEWHERE:
            for name in _TYPED:
                self.fields.pop(name, None)

    def offer_addresses(self, seat: Seat, *, anywhere: bool) -> None:
        """Set the unit's addresses, its default first; whoever may have goods sent `anywhere` may type one."""
        field = cast(_AddressField, self.fields["address"])
        field.may_type = anywhere
        chosen = (self.data if self.is_bound else self.initial).get("address")
        self.types_address = chosen == ELSEWHERE
        if field.may_type:
            for name in self.fields.keys() & _TYPED[:-1]:
                self.fields[name].required = self.types_address
        else:
            for name in _TYPED:
                self.fields.pop(name, None)
        if not seat.module_enabled:
            del self.fields["note"]  # nobody will be asked
        gone = _("This is not, or no longer, a delivery address of %(unit)s. Choose one of those listed here.")
        if self.types_address and not field.may_type:
            gone = _(
                "Choose one of the delivery addresses of %(unit)s; delivery elsewhere needs a separate permission."
            )
        field.error_messages["invalid_choice"] = gone % {"unit": seat.unit_name.replace("%", "%%")}

        @cache
        def choices() -> list[tuple[str, Any]]:
            own = [
                (str(address.pk), f"{seat.unit_name}, {address.line1}, {address.city}")
                for address in delivery_addresses(seat)
            ]
            return [*own, (ELSEWHERE, _("another address, typed below"))] if field.may_type else own

        field.choices = choices

    def delivery_address(self) -> Address | int:
        """Return the typed address, or the id of the chosen one."""
        chosen = self.cleaned_data["address"]
        return super().delivery_address() if chosen == ELSEWHERE else int(chosen)


class PrivateCheckoutForm(TypedAddress):
    """For a customer without an organisation: the address is typed."""

    field_order = (*_TYPED, "delivery", "payment", "po_number")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["note"]  # there is nobody to write it to


def submitted_form(data: QueryDict, *, delivery: list[tuple[str, Any]]) -> TypedAddress:
    """Return what was submitted, read without knowing by whom: what they may choose, the action says."""
    form: TypedAddress = MemberCheckoutForm(data) if "address" in data else PrivateCheckoutForm(data)
    if isinstance(form, MemberCheckoutForm):
        form.take_any_address()
    form.offer(delivery=delivery, has_organization=True)
    return form


def invoiced(seat: Seat) -> Organization:
    """Return the organisation a member's invoices are made out to."""
    return Organization.objects.get(pk=seat.organization_id)

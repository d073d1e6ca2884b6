"""Forms of the panel: the filter of the held orders, and what the merchant does with organisations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.apps import apps
from django.utils.translation import gettext_lazy as _

from akcept.ordering import status
from akcept.ordering.actions import ShopTermsInput
from akcept.ordering.queries.merchant import HeldChoices, HeldFilter
from akcept.ordering.queries.whole import WorkFilter
from akcept.organizations.actions.merchant import REASON_LIMIT
from akcept.organizations.gate import Gate, Shown
from akcept.organizations.models import OpenTo, ShownPrices
from akcept.ui.choosing import Narrowed, NarrowingField, chosen
from akcept.ui.forms import (
    AmountField,
    CompanyMixin,
    CountField,
    DayField,
    LineField,
    PercentField,
    ProseField,
    compare_days,
    compare_sums,
    languages,
)


class HeldFilterForm(forms.Form):
    """What the merchant narrows the list by; every field may stay empty."""

    text = forms.CharField(label=_("Search"), required=False, max_length=100)
    organization = NarrowingField(_("Organisation"), nothing=_("all"))
    unit = NarrowingField(_("Unit"), nothing=_("all"))
    requester = NarrowingField(_("Ordered by"), nothing=_("everybody"))
    days = CountField(label=_("Waiting for at least (days)"), required=False, min_value=0, max_value=3650)
    net_from = AmountField(label=_("Net from"), required=False, min_value=0, max_digits=12, decimal_places=2)
    net_to = AmountField(label=_("Net to"), required=False, min_value=0, max_digits=12, decimal_places=2)
    stuck = forms.BooleanField(label=_("Only orders nobody may decide on"), required=False)

    #: The one organisation that what is typed means.
    meant: int | None = None

    def offer(self, choices: HeldChoices) -> None:
        """Set what can be chosen."""
        within = choices.within
        for name, offered, whole in (
            ("organization", choices.organizations, choices.whole),
            ("unit", within.units, within.whole),
            ("requester", within.requesters, within.whole),
        ):
            self.fields[name].offer(offered, whole=whole)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Compare the two ends of the value."""
        super().clean()
        compare_sums(self, "net_from", "net_to")
        return self.cleaned_data

    def wanted(self) -> HeldFilter:
        """Return the filter; what was typed wrongly does not narrow."""
        data = getattr(self, "cleaned_data", {})
        organization = data.get("organization", Narrowed())
        return HeldFilter(
            organization_id=organization.id or self.meant,
            organization_text="" if self.meant else organization.text,
            **chosen(data, "unit", "requester"),
            older_than_days=data.get("days"),
            net_from=data.get("net_from"),
            net_to=data.get("net_to"),
            text=data.get("text", ""),
            stuck=data.get("stuck", False),
        )


class OrderFilesForm(forms.Form):
    """Which orders a file has; every field may stay empty."""

    since = DayField(label=_("From day"), required=False)
    until = DayField(label=_("To day"), required=False)
    status = forms.ChoiceField(label=_("Status"), required=False)
    customer = LineField(label=_("Organisation or NIP"), required=False, max_length=100)
    exported = forms.ChoiceField(
        label=_("Exported"), required=False, choices=[("", _("all")), ("no", _("not yet")), ("yes", _("already"))]
    )
    export = forms.IntegerField(required=False, min_value=1, max_value=2**53, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not apps.is_installed("akcept.handover"):
            del self.fields["exported"], self.fields["export"]
        offered = [(code, label) for code, label in status.LABELS.items() if code not in status.NOT_WORK]
        self.fields["status"].choices = [("", _("all")), *offered]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Compare the two days."""
        super().clean()
        compare_days(self, "since", "until")
        return self.cleaned_data

    def is_exported(self) -> bool | None:
        """Return whether orders have to bear the mark of an export; None for either."""
        return {"yes": True, "no": False}.get(getattr(self, "cleaned_data", {}).get("exported") or "")

    def export_id(self) -> int | None:
        """Return the one export whose orders are wanted."""
        return getattr(self, "cleaned_data", {}).get("export")

    def wanted(self) -> WorkFilter:
        """Return the filter; what was typed wrongly does not narrow."""
        data = getattr(self, "cleaned_data", {})
        chosen = data.get("status")
        return WorkFilter(
            since=data.get("since"),
            until=data.get("until"),
            statuses=(chosen,) if chosen else (),
            organization_text=data.get("customer") or "",
        )


class PersonMixin(forms.Form):
    """Somebody to be invited."""

    email = forms.EmailField(label=_("Administrator's e-mail"))
    first_name = LineField(label=_("First name"), max_length=150, required=False)
    last_name = LineField(label=_("Last name"), max_length=150, required=False)
    language = forms.ChoiceField(label=_("E-mail language"), choices=languages)

    def person(self) -> dict[str, Any]:
        """Return what the actions take of a person."""
        return {name: self.cleaned_data[name] for name in ("email", "first_name", "last_name", "language")}


class ReasonMixin(forms.Form):
    """A reason the customer reads."""

    reason = ProseField(label=_("Reason"), max_length=REASON_LIMIT, help_text=_("The customer reads it."))


class OrganizationForm(CompanyMixin, PersonMixin):
    """A new organisation and whom to invite as its administrator."""

    field_order = (
        "name",
        "country",
        "nip",
        "line1",
        "postcode",
        "city",
        "email",
        "first_name",
        "last_name",
        "language",
    )


class AdministratorForm(ReasonMixin, PersonMixin):
    """Whom to invite as an administrator of a customer, and why the shop does it."""

    field_order = ("email", "first_name", "last_name", "language", "reason")


class BlockForm(ReasonMixin):
    """Why an organisation is blocked."""


def _amount(label: Any, help_text: Any = "") -> forms.DecimalField:
    return AmountField(label=label, required=False, max_digits=12, decimal_places=2, help_text=help_text)


class CreditLimitForm(forms.Form):
    """How much an organisation may owe for orders on account."""

    amount = _amount(
        _("Credit limit, gross"),
        _(
            "Of all orders on account that are the shop's work and not settled yet, delivery included. "
            "Empty: no limit. 0: nothing on account."
        ),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class UnitCreditLimitForm(forms.Form):
    """How much of its organisation's credit a unit and those below it may use."""

    amount = _amount(
        _("Credit limit of the unit, gross"),
        _(
            "Of its orders on account that are the shop's work and not settled yet, delivery included. "
            "Empty: no limit of its own. 0: nothing on account."
        ),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class GateForm(forms.Form):
    """Whom the shop is open to, and which prices it shows; the field names are those the core refuses by."""

    gate = forms.ChoiceField(
        label=_("The shop is"),
        choices=OpenTo.choices,
        help_text=_(
            "For visitors: everybody but members of organisations you have confirmed, and your staff. Without prices, "
            "or closed, visitors cannot order either."
        ),
    )
    shown = forms.ChoiceField(
        label=_("Prices of products"),
        choices=ShownPrices.choices,
        help_text=_(
            "Each organisation can have another choice, on its own page. Totals always show net, VAT and gross."
        ),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def typed(self) -> dict[str, Any]:
        """Return what was chosen, as the action takes it."""
        data = self.cleaned_data
        return {"gate": Gate(data["gate"]), "shown": Shown(data["shown"]), "version": data["version"]}


class PricesForm(forms.Form):
    """Which prices a customer is shown, and whether to all of its members."""

    shown = forms.ChoiceField(
        label=_("Prices of products"), required=False, choices=[("", _("as the whole shop")), *ShownPrices.choices]
    )
    by_right = forms.BooleanField(
        label=_("Only members with the permission “seeing prices” see prices"),
        required=False,
        help_text=_("Others see no price anywhere: pages, e-mails, files, other systems. They can still order."),
    )

    def typed(self) -> dict[str, Any]:
        """Return what was chosen, as the action takes it."""
        shown = self.cleaned_data["shown"]
        return {"shown": Shown(shown) if shown else None, "by_right": self.cleaned_data["by_right"]}


class ShopTermsForm(forms.Form):
    """What holds for orders that wait; the field names are those the core refuses by."""

    price_days = CountField(
        label=_("Prices stay for (days)"),
        required=False,
        help_text=_(
            "Counted from the day the order is placed. After that, prices are updated to today's when somebody is "
            "about to accept it, and each difference is shown. Leave empty to keep prices for as long as the order "
            "is pending."
        ),
    )
    price_tolerance = PercentField(
        label=_("Tolerance (per cent)"),
        max_digits=5,
        help_text=_(
            "If the total, net with delivery, has risen by more, everybody is asked again; otherwise only the "
            "person deciding sees the new prices first. A lower price asks nobody."
        ),
    )
    order_from = _amount(
        _("Smallest order, net"),
        _("Products without delivery, per order of an organisation. Leave empty for no limit."),
    )
    order_up_to = _amount(_("Largest order, net"))
    mails = forms.BooleanField(
        label=_("Send e-mails about orders"),
        required=False,
        help_text=_("E-mails about signing in, invitations and the organisation itself are always sent."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def typed(self) -> ShopTermsInput:
        """Return the terms as typed."""
        return ShopTermsInput(**{name: self.cleaned_data[name] for name in ShopTermsInput.__dataclass_fields__})

"""Forms of the organisation's own pages: what may be typed. What it means is decided by the actions."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from copy import copy
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from akcept.kernel.amounts import Basis, Limit
from akcept.ordering.queries.narrowing import midnight
from akcept.organizations import checks
from akcept.organizations.actions import AddressInput
from akcept.organizations.grants import Effective
from akcept.organizations.labels import BASIS_LABELS, LABELS, role_name
from akcept.organizations.models import Member, Role, Unit
from akcept.organizations.permissions import Permission
from akcept.organizations.queries import name_of
from akcept.storefront.unit_field import UnitField
from akcept.ui.forms import (
    AmountField,
    CompanyMixin,
    CountryMixin,
    DayField,
    LineField,
    SuggestInput,
    checked,
    currencies,
    home_currency,
    languages,
)


class AddressMixin(CountryMixin):
    """A postal address; the field names are those the core refuses by."""

    recipient = LineField(label=_("Recipient"), max_length=200)
    line1 = LineField(label=_("Street and number"), max_length=255)
    postcode = LineField(label=_("Postcode"), max_length=12)
    city = LineField(label=_("Town"), max_length=120)
    phone = LineField(label=_("Phone for the courier"), max_length=30, required=False)
    field_order: tuple[str, ...] = ("recipient", "line1", "postcode", "city", "country", "phone")

    def clean_postcode(self) -> str:
        """Return the postcode in its usual form."""
        return checked(partial(checks.postcode, country=self.chosen_country()), self.cleaned_data["postcode"])

    def address(self) -> AddressInput:
        """Return the address as the actions take it."""
        data = self.cleaned_data
        return AddressInput(
            recipient=data["recipient"],
            line1=data["line1"],
            postcode=data["postcode"],
            city=data["city"],
            phone=data["phone"],
            country=self.chosen_country(),
        )


class PricesForm(forms.Form):
    """Whether prices are for every member."""

    by_right = forms.BooleanField(
        label=_("Only members with the permission “seeing prices” see prices"),
        required=False,
        help_text=_(
            "Others see no price anywhere: pages, e-mails, files, other systems. They can still order. Accepting "
            "orders, budgets and rules include the permission."
        ),
    )


class PermissionsField(forms.MultipleChoiceField):
    """Permissions, one by one."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, label: Any = _("Permissions")) -> None:
        super().__init__(label=label, required=False, choices=[(p.value, LABELS[p]) for p in Permission])

    def clean(self, value: Any) -> frozenset[Permission]:
        """Return them as the core knows them."""
        return frozenset(Permission(code) for code in super().clean(value))


class LimitMixin(forms.Form):
    """Up to how much acceptance reaches; nothing typed means without limit."""

    amount = AmountField(
        label=_("Accepts up to"),
        required=False,
        help_text=_("Up to and including this amount. Empty: without limit. 0: only what costs nothing."),
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=currencies, initial=home_currency)
    basis = forms.ChoiceField(label=_("Value"), choices=[(b.value, text) for b, text in BASIS_LABELS.items()])

    def limit(self) -> Limit | None:
        """Return the limit as the core knows it."""
        data = self.cleaned_data
        if data["amount"] is None:
            return None
        return Limit(amount=data["amount"], currency=data["currency"], basis=Basis(data["basis"]))


def limit_initial(limit: Limit | None) -> dict[str, Any]:
    """Return what the limit's fields show."""
    if limit is None:
        return {}
    return {"amount": limit.amount, "currency": limit.currency, "basis": limit.basis.value}


class GrantMixin(LimitMixin):
    """Roles, permissions beside them, and the limit of a directly given acceptance."""

    roles = forms.TypedMultipleChoiceField(
        label=_("Roles"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    permissions = PermissionsField(_("Additional permissions"))

    def offer(self, *, units: Sequence[Unit], roles: Sequence[Role], most: Effective | None) -> None:
        """Set what this manager may choose; `most` None offers every permission."""
        self.fields["unit"].offer(units)  # type: ignore[attr-defined]
        self.fields["roles"].choices = [(role.pk, role_name(role.name)) for role in roles]  # type: ignore[attr-defined]
        self._administer = {role.pk for role in roles if Permission.MANAGE_MEMBERS in role.grant.permissions}
        self._places_only = [role.pk for role in roles if role.permissions == [Permission.PLACE_ORDERS.value]]
        if most is not None:
            self.fields["permissions"].choices = [  # type: ignore[attr-defined]
                (p.value, LABELS[p]) for p in Permission if p in most.permissions
            ]

    def administers(self) -> bool:
        """Whether what was chosen makes somebody an administrator: whoever manages members can give every right."""
        direct = Permission.MANAGE_MEMBERS in self.cleaned_data["permissions"]
        return direct or not self._administer.isdisjoint(self.cleaned_data["roles"])

    def usual_role(self) -> list[int]:
        """Return the role most people get, ticked beforehand: one that places orders and nothing else."""
        return self._places_only[:1]


class InvitationForm(GrantMixin):
    """Somebody who is to get a sub-account."""

    email = forms.EmailField(label=_("E-mail"))
    first_name = LineField(label=_("First name"), max_length=150, required=False)
    last_name = LineField(label=_("Last name"), max_length=150, required=False)
    unit = UnitField()
    language = forms.ChoiceField(label=_("E-mail language"), choices=languages)
    field_order = ("email", "first_name", "last_name", "language", "unit", "roles", "permissions")


def _as_text(value: Any) -> str:
    """Return a value as text that is the same in every process: sets have no order of their own."""
    several = isinstance(value, list | set | frozenset)
    return repr(sorted(str(each) for each in value)) if several else str(value)


class MemberForm(GrantMixin):
    """A member's unit, roles, permissions and whether they are active."""

    unit = UnitField()
    active = forms.BooleanField(label=_("Active: may log in to the organisation"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    field_order = ("unit", "roles", "permissions", "amount", "currency", "basis", "active")

    @property
    def fingerprint(self) -> str:
        """What stands for everything chosen, so that what is saved is what was shown."""
        chosen = [(name, _as_text(value)) for name, value in sorted(self.cleaned_data.items()) if name != "seen"]
        return hashlib.sha256(repr(chosen).encode()).hexdigest()[:24]

    def is_seen(self) -> bool:
        """Whether what this very change does to open orders was shown."""
        return bool(self.cleaned_data["seen"] == self.fingerprint)

    def show(self) -> None:
        """Let the form, shown again, be about the change as it stands."""
        shown: Any = copy(self.data)  # a POST has several values of a name
        shown["seen"] = self.fingerprint
        self.data = shown


class RemoveMemberForm(forms.Form):
    """That somebody is to be removed; `seen` once it was shown what that does to open orders."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.BooleanField(widget=forms.HiddenInput, required=False)


class RoleForm(LimitMixin):
    """A role: its name and what it gives."""

    name = LineField(label=_("Role's name"), max_length=80)
    permissions = PermissionsField()
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    field_order = ("name", "permissions", "amount", "currency", "basis")


_CODE_HELP = _("A short name for your files and other systems.")
_CENTRE_HELP = _("Several units may share one: a budget of the cost centre then counts the orders of all of them.")


class AddUnitForm(AddressMixin):
    """A new branch: its name, what it belongs to, where goods go."""

    name = LineField(label=_("Unit's name"), max_length=120)
    parent = UnitField(_("Belongs to"))
    code = LineField(label=_("Code"), max_length=40, required=False, help_text=_CODE_HELP)
    cost_centre = LineField(label=_("Cost centre"), max_length=40, required=False, help_text=_CENTRE_HELP)
    field_order = (
        "name",
        "parent",
        "code",
        "cost_centre",
        "recipient",
        "line1",
        "postcode",
        "city",
        "country",
        "phone",
    )


class UnitForm(forms.Form):
    """A branch's name, code and cost centre."""

    name = LineField(label=_("Unit's name"), max_length=120)
    code = LineField(label=_("Code"), max_length=40, required=False, help_text=_CODE_HELP)
    cost_centre = LineField(label=_("Cost centre"), max_length=40, required=False, help_text=_CENTRE_HELP)
    version = forms.IntegerField(widget=forms.HiddenInput)


class ForeseenForm(forms.Form):
    """A choice whose consequences are shown before it is carried out: `seen` is the choice they were shown for."""

    #: The field that is chosen.
    choice = ""
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def is_seen(self) -> bool:
        """Whether the consequences of this very choice were shown."""
        return bool(self.cleaned_data["seen"]) and self.cleaned_data["seen"] == str(self.cleaned_data[self.choice])

    def show(self) -> None:
        """Let the form, shown again, be about the choice as it stands."""
        self.data = dict(self.data.items()) | {"seen": str(self.cleaned_data[self.choice])}


class MoveUnitForm(ForeseenForm):
    """Where a branch is to hang."""

    choice = "parent"
    parent = UnitField(_("Belongs to"))
    version = forms.IntegerField(widget=forms.HiddenInput)


class CloseUnitForm(ForeseenForm):
    """Where the people of a closed branch go."""

    choice = "members_to"
    members_to = UnitField(_("Members and open invitations move to"))
    version = forms.IntegerField(widget=forms.HiddenInput)


class ReopenUnitForm(ForeseenForm):
    """Where a closed branch is to hang, and what it is called there."""

    choice = "parent"
    parent = UnitField(_("Belongs to"))
    name = LineField(label=_("Unit's name"), max_length=120)
    code = LineField(label=_("Code"), max_length=40, required=False, help_text=_CODE_HELP)
    version = forms.IntegerField(widget=forms.HiddenInput)


class CompanyForm(CompanyMixin):
    """An organisation's own data; its NIP is the shop's to change."""

    invoice_email = forms.EmailField(label=_("E-mail for invoices"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["nip"]


class AddressForm(AddressMixin):
    """One delivery address of a unit."""

    is_default = forms.BooleanField(label=_("The unit's default address"), required=False)


class SubstituteForm(forms.Form):
    """Who decides for whom, from which day to which, both included, in local time."""

    absent = LineField(label=_("Who is away"), max_length=254)
    substitute = LineField(label=_("Who decides in the meantime"), max_length=254)
    starts = DayField(label=_("From"))
    ends = DayField(label=_("To and including"))

    def offer(self, *, absent: Sequence[Member], substitutes: Sequence[Member], manages: bool) -> None:
        """Set who is suggested; whoever manages nobody names a substitute of their own only."""
        if not manages:
            del self.fields["absent"]
        for name, people in (("absent", absent), ("substitute", substitutes)):
            if name not in self.fields:
                continue
            suggestions = [(member.user.email, f"{name_of(member.user)}, {member.unit.name}") for member in people]
            field = self.fields[name]
            field.widget = SuggestInput(suggestions=suggestions)
            field.help_text = _("A name or an e-mail address.")

    def period(self) -> tuple[datetime, datetime]:
        """Return begin and end (exclusive): local midnights, so that a day of daylight saving is a day too."""
        data = self.cleaned_data
        return midnight(data["starts"]), midnight(data["ends"] + timedelta(days=1))

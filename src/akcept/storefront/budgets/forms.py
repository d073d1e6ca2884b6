"""Forms of budgets: what may be typed. What it means is decided by the actions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from akcept.budgets.inputs import BudgetChange, BudgetInput
from akcept.budgets.labels import CARRY_LABELS, EFFECT_LABELS, PERIOD_LABELS, SCOPE_LABELS, STATE_LABELS
from akcept.budgets.models import Budget
from akcept.budgets.periods import PeriodKind
from akcept.budgets.scope import Scope
from akcept.budgets.standing import Carry, Effect
from akcept.budgets.states import State
from akcept.kernel.amounts import Basis
from akcept.kernel.errors import Invalid
from akcept.organizations import figures
from akcept.organizations.labels import BASIS_LABELS
from akcept.organizations.models import Member, Unit
from akcept.organizations.queries import name_of
from akcept.storefront.unit_field import UnitField
from akcept.ui.forms import (
    AmountField,
    CountField,
    DayField,
    LineField,
    PercentField,
    ProseField,
    SuggestInput,
    currencies,
    home_currency,
)

FindMember = Callable[[str], int | None]


def _choices(labels: dict[Any, Any]) -> list[tuple[str, Any]]:
    return [(key.value, capfirst(text)) for key, text in labels.items()]


def _money(label: Any, *, required: bool = True, help_text: Any = "") -> AmountField:
    return AmountField(label=label, required=required, help_text=help_text)


def _day(label: Any, *, required: bool = True, help_text: Any = "") -> DayField:
    return DayField(label=label, required=required, help_text=help_text)


class GrantForm(forms.Form):
    """What may change in a budget."""

    name = LineField(label=_("Name"), max_length=120)
    amount = _money(_("Amount for each period"), help_text=_("0 blocks every order that costs money."))
    ends = _day(_("Last day"), required=False, help_text=_("Leave empty for no end date."))
    carry = forms.ChoiceField(label=_("When a period ends"), choices=_choices(CARRY_LABELS))
    carry_most = _money(_("At most"), required=False)
    effect = forms.ChoiceField(label=_("When an order exceeds it"), choices=_choices(EFFECT_LABELS))
    owner = forms.EmailField(
        label=_("Owner"),
        required=False,
        help_text=_("The e-mail address of the person notified and asked; type a name to find it."),
    )
    thresholds = forms.CharField(
        label=_("Tell the owner at (per cent)"),
        required=False,
        help_text=_("Each of them once in a period, for example 80, 100. Leave empty for never."),
    )
    max_orders = CountField(
        label=_("Orders a period, at most"), required=False, min_value=0, help_text=_("Empty: any number.")
    )
    max_single = _money(_("One order, at most"), required=False, help_text=_("Empty: any value."))

    def __init__(self, *args: Any, find: FindMember, people: Sequence[Member], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._find = find
        self.people = [(member.user.email, f"{name_of(member.user)}, {member.unit.name}") for member in people]
        for name in ("owner", "member"):
            if name in self.fields:
                self.fields[name].widget.attrs |= {"list": "people", "autocomplete": "off"}

    def _member_id(self, name: str) -> int | None:
        typed = self.cleaned_data.get(name, "")
        if not typed:
            return None
        found = self._find(typed)
        if found is None:
            raise ValidationError(_now("No active member of your organisation has this e-mail address."))
        return found

    def clean_owner(self) -> int | None:
        """Return the owner's membership."""
        return self._member_id("owner")

    def clean_thresholds(self) -> list[int]:
        """Return the numbers typed with whatever between them."""
        typed = self.cleaned_data["thresholds"]
        try:
            return figures.wholes(typed)
        except Invalid:
            raise ValidationError(_now("Enter up to five numbers from 1 to 200, for example 80, 100.")) from None

    @property
    def asks_nobody_in_particular(self) -> bool:
        """Whether its owner is to accept what exceeds it, and it has none."""
        return bool(self.cleaned_data["effect"] == Effect.ASK.value and self.cleaned_data["owner"] is None)

    def grants(self) -> dict[str, Any]:
        """Return what both kinds of input have in common."""
        data = self.cleaned_data
        return {
            "name": data["name"],
            "amount": data["amount"],
            "ends": data["ends"],
            "carry": Carry(data["carry"]),
            "carry_most": data["carry_most"] or Decimal(0),
            "effect": Effect(data["effect"]),
            "owner_id": data["owner"],
            "thresholds": data["thresholds"],
            "max_orders": data["max_orders"],
            "max_single": data["max_single"],
        }


class ChangeForm(GrantForm):
    """A budget that is there."""

    state = forms.ChoiceField(label=_("State"), choices=_choices(STATE_LABELS))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def change(self) -> BudgetChange:
        """Return the change as the core knows it."""
        return BudgetChange(**self.grants(), state=State(self.cleaned_data["state"]))


class AddForm(GrantForm):
    """A new budget: also whom it is for, and its periods."""

    scope = forms.ChoiceField(label=_("For"), choices=_choices(SCOPE_LABELS))
    unit = UnitField()
    member = forms.EmailField(
        label=_("Member"), required=False, help_text=_("The e-mail address; type a name to find it.")
    )
    cost_centre = LineField(
        label=_("Cost centre"),
        max_length=40,
        required=False,
        help_text=_("As entered with the units it belongs to."),
        widget=SuggestInput,
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=currencies, initial=home_currency)
    basis = forms.ChoiceField(label=_("Value"), choices=[(b.value, text) for b, text in BASIS_LABELS.items()])
    period_kind = forms.ChoiceField(label=_("Repeats every"), choices=_choices(PERIOD_LABELS))
    period_days = CountField(label=_("Days"), required=False, min_value=1, initial=30)
    starts = _day(_("First day"))

    def offer(self, units: Sequence[Unit], *, centres: bool) -> None:
        """Set which units there are to choose from, and whether a cost centre of theirs may be chosen."""
        names: dict[str, list[str]] = {}
        for unit in units:
            names.setdefault(unit.cost_centre, []).append(unit.name)
        names.pop("", None)
        suggestions = [(centre, ", ".join(names[centre][:5])) for centre in sorted(names)]
        self.fields["cost_centre"].widget.suggestions = suggestions
        self.fields["unit"].required = False
        self.fields["unit"].offer(units, chosen=bool(self.initial.get("unit")))  # type: ignore[attr-defined]
        if not centres:
            offered = [choice for choice in _choices(SCOPE_LABELS) if choice[0] != Scope.COST_CENTRE.value]
            self.fields["scope"].choices = offered  # type: ignore[attr-defined]
            del self.fields["cost_centre"]

    def clean_member(self) -> int | None:
        """Return the membership."""
        return self._member_id("member")

    def clean(self) -> dict[str, Any] | None:
        """Want a unit where the budget is for one."""
        data = super().clean()
        of_unit = self.cleaned_data.get("scope") in (Scope.UNIT.value, Scope.BELOW.value)
        if of_unit and not self.cleaned_data.get("unit") and "unit" not in self.errors:
            self.add_error("unit", _("Choose the unit it is for."))
        return data

    def budget(self) -> BudgetInput:
        """Return the budget as the core knows it; what belongs to another scope is left out."""
        data = self.cleaned_data
        scope = Scope(data["scope"])
        return BudgetInput(
            **self.grants(),
            scope=scope,
            unit_id=(data["unit"] or None) if scope in (Scope.UNIT, Scope.BELOW) else None,
            member_id=data["member"] if scope is Scope.MEMBER else None,
            cost_centre=data.get("cost_centre", "") if scope is Scope.COST_CENTRE else "",
            currency=data["currency"],
            basis=Basis(data["basis"]),
            period_kind=PeriodKind(data["period_kind"]),
            period_days=data["period_days"] or 30,
            starts=data["starts"],
        )


def initial_of(budget: Budget) -> dict[str, Any]:
    """Return what a budget's fields show."""
    return {
        "name": budget.name,
        "amount": Decimal(budget.amounts[-1][1]),
        "ends": budget.ends,
        "carry": budget.carry,
        "carry_most": budget.carry_most or None,
        "effect": budget.effect,
        "owner": budget.owner.user.email if budget.owner else "",
        "thresholds": ", ".join(map(str, budget.thresholds)),
        "max_orders": budget.max_orders,
        "max_single": budget.max_single,
        "state": budget.state,
        "version": budget.version,
    }


class BookingForm(forms.Form):
    """What a correction and a transfer have in common."""

    amount = _money(_("Amount"))
    reason = ProseField(label=_("Reason"), max_length=300, rows=2, help_text=_("Others read it in the ledger."))
    on = _day(_("Balance on"))


class CorrectionForm(BookingForm):
    """Money given or taken by hand."""

    direction = forms.ChoiceField(
        label=_("The correction"),
        choices=[("take", _("takes money: something was spent elsewhere")), ("give", _("gives money back"))],
        widget=forms.RadioSelect,
        initial="take",
    )
    field_order = ("direction", "amount", "reason", "on")

    def signed(self) -> Decimal:
        """Return the amount as the ledger knows it: negative when it takes money."""
        value: Decimal = self.cleaned_data["amount"]
        return abs(value) if self.cleaned_data["direction"] == "give" else -abs(value)


class TransferForm(BookingForm):
    """Money moved to another budget of the same currency."""

    to = forms.TypedChoiceField(label=_("To budget"), coerce=int)
    field_order = ("to", "amount", "reason", "on")


class CalendarForm(forms.Form):
    """The organisation's time zone and fiscal year."""

    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=[(zone, zone.replace("_", " ")) for zone in sorted(available_timezones()) if "/" in zone],
        help_text=_("Where a day ends: decides which period an order belongs to, from now on."),
    )
    fiscal_month = forms.TypedChoiceField(
        label=_("Fiscal years begin in"),
        coerce=int,
        choices=[(number, capfirst(name)) for number, name in MONTHS.items()],
        help_text=_("For budgets you add from now on; existing ones keep their periods."),
    )


class CopyForm(forms.Form):
    """Budgets for the next year."""

    year = forms.IntegerField(label=_("Budgets that end in"), min_value=2000, max_value=2100)
    percent = PercentField(
        label=_("Amounts change by (per cent)"),
        required=False,
        help_text=_("For example 3 or -5. Empty: they stay."),
    )

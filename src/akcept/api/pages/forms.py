"""What is typed to give access."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from akcept.api.actions import NAME_LIMIT
from akcept.api.scopes import Scope

#: What a scope lets a system do, in a reader's words.
WORDS: Final = {
    Scope.ORDERS_READ: _("read orders you may see"),
    Scope.ORDERS_PLACE: _("place, change and withdraw your orders"),
    Scope.ORDERS_DECIDE: _("accept and reject orders"),
    Scope.CATALOGUE_READ: _("read products with your prices and their stock"),
    Scope.ORGANIZATION_READ: _("read units, people, roles and addresses"),
    Scope.ORGANIZATION_WRITE: _("change units, people, roles and addresses"),
    Scope.BUDGETS_READ: _("read budgets and ledgers"),
    Scope.BUDGETS_WRITE: _("change budgets and book corrections"),
    Scope.RULES_READ: _("read acceptance rules"),
    Scope.RULES_WRITE: _("change acceptance rules"),
    Scope.JOURNAL_READ: _("read what was changed in the organisation"),
    Scope.WORK_READ: _("read orders that are ready to be handled"),
    Scope.WORK_WRITE: _("fetch orders for another system and answer them"),
    Scope.HELD_READ: _("see which orders are waiting for their customers, to be handled by nobody yet"),
    Scope.STOCK_WRITE: _("write the stock of products"),
    Scope.PRICES_WRITE: _("write the prices of products"),
    Scope.CUSTOMERS_READ: _("read organisations that buy, what was agreed with them and what happened in them"),
    Scope.CUSTOMERS_WRITE: _("add, confirm and block organisations; change agreements, price lists and their prices"),
}


class AccessForm(forms.Form):
    """A name, what it may be used for, and for how long."""

    name = forms.CharField(
        label=_("Name"), max_length=NAME_LIMIT, help_text=_("Where it will be used, such as “Subiekt, office”.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("Can be used to"), widget=forms.CheckboxSelectMultiple({"class": "form-check-input"})
    )
    days = forms.TypedChoiceField(
        label=_("Valid for"),
        coerce=int,
        choices=[(30, _("30 days")), (90, _("90 days")), (366, _("a year"))],
        initial=90,
    )

    def __init__(self, data: Any = None, *, among: frozenset[Scope]) -> None:
        """Offer the scopes that there are for this kind of access."""
        super().__init__(data)
        field: Any = self.fields["scopes"]
        field.choices = [(scope.value, WORDS[scope]) for scope in Scope if scope in among]

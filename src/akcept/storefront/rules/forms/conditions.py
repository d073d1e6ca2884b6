"""The rows of conditions: one small form for each kind, and what each shows of a condition that is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, ClassVar, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from akcept.approvals.conditions import (
    Among,
    Compare,
    Condition,
    Count,
    Counted,
    Delivery,
    Expression,
    Flag,
    Group,
    Is,
    Named,
    Together,
    Value,
)
from akcept.approvals.drafts import why_not
from akcept.approvals.expressions import LENGTH_LIMIT, BadExpression, check
from akcept.approvals.facts import Scope
from akcept.kernel.amounts import Basis
from akcept.organizations.labels import BASIS_LABELS
from akcept.storefront.finding import Entry
from akcept.storefront.rules.forms.rows import ROLES, Offer, Row, Rows, SeveralMixin, Words, role_entries
from akcept.storefront.unit_field import NO_UNIT, UNITS_FIT, indented, unit_entries
from akcept.ui.forms import AmountField, CountField, ProseField, currencies, home_currency

#: Groups whose members are typed: there are too many to choose from.
TYPED_GROUPS: Final = frozenset({Group.REQUESTER, Group.PRODUCT})
TEXT_LIMIT: Final = 4000

COMPARE_LABELS: Final = [
    (Compare.ABOVE.value, _("above")),
    (Compare.FROM.value, _("this much or more")),
    (Compare.UP_TO.value, _("this much or less")),
    (Compare.BELOW.value, _("below")),
]
BASES: Final = [(basis.value, text) for basis, text in BASIS_LABELS.items()]


class CompareMixin(forms.Form):
    """How something is compared; the boundary is in the words."""

    compare = forms.ChoiceField(label=_("is"), choices=COMPARE_LABELS)


class MoneyMixin(CompareMixin):
    """A comparison with an amount."""

    amount = AmountField(label=_("Amount"))
    currency = forms.ChoiceField(label=_("Currency"), choices=currencies, initial=home_currency)

    def money(self) -> dict[str, Any]:
        """Return what was typed as the conditions take it."""
        data = self.cleaned_data
        return {"compare": Compare(data["compare"]), "amount": data["amount"], "currency": data["currency"]}


class ValueRow(MoneyMixin, Row):
    """The order's value."""

    basis = forms.ChoiceField(label=_("Value"), choices=BASES)
    field_order = ("basis", "compare", "amount", "currency")

    def condition(self) -> Condition:
        """Return the condition."""
        return Value(basis=Basis(self.cleaned_data["basis"]), **self.money())


class TogetherRow(MoneyMixin, Row):
    """Several orders within some hours."""

    scope = forms.ChoiceField(
        label=_("Together with earlier orders"),
        choices=[(Scope.REQUESTER.value, _("of the same requester")), (Scope.UNIT.value, _("of the same unit"))],
    )
    hours = CountField(label=_("of the last hours"), initial=24)
    basis = forms.ChoiceField(label=_("Value"), choices=BASES)
    field_order = ("scope", "hours", "basis", "compare", "amount", "currency")

    def condition(self) -> Condition:
        """Return the condition."""
        data = self.cleaned_data
        return Together(scope=Scope(data["scope"]), hours=data["hours"], basis=Basis(data["basis"]), **self.money())


class DeliveryRow(MoneyMixin, Row):
    """The delivery charge."""

    gross = forms.ChoiceField(label=_("Delivery charge"), choices=[("", _("net")), ("1", _("gross"))], required=False)
    field_order = ("gross", "compare", "amount", "currency")

    def condition(self) -> Condition:
        """Return the condition."""
        return Delivery(gross=bool(self.cleaned_data["gross"]), **self.money())


class CountRow(CompareMixin, Row):
    """A number of products or pieces."""

    counted: ClassVar[Counted]
    number = CountField(label=_("Number"))

    def condition(self) -> Condition:
        """Return the condition."""
        data = self.cleaned_data
        return Count(kind=self.counted, compare=Compare(data["compare"]), number=data["number"])


class ProductsRow(CountRow):
    """Different products."""

    counted = Counted.PRODUCTS


class QuantityRow(CountRow):
    """Pieces."""

    counted = Counted.QUANTITY


class GroupRow(SeveralMixin):
    """Membership in a group; the words say what each side means."""

    group: ClassVar[Group]
    inside = forms.ChoiceField(label=_("Condition"), required=False, initial="1")
    field_order = ("inside", "of", "find")
    sides: ClassVar[tuple[Any, Any]]
    words: ClassVar[Words]

    def offer(self, offer: Offer) -> None:
        """Set what can be chosen."""
        self.fields["inside"].choices = [("1", self.sides[0]), ("", self.sides[1])]  # type: ignore[attr-defined]
        entries = self.entries(offer)
        self._names = {entry.id: entry.name for entry in entries}
        self.offer_among(entries, kept=self.initial.get("named", ()), words=self.words)

    def entries(self, offer: Offer) -> list[Entry]:
        """Return what can be chosen."""
        raise NotImplementedError

    def condition(self) -> Condition:
        """Return the condition."""
        named = tuple(Named(id_, self._names.get(id_, "")) for id_ in self.ids)
        return Among(kind=self.group, inside=bool(self.cleaned_data["inside"]), of=named)


class CategoryRow(GroupRow):
    """Categories, with what is below them."""

    group = Group.CATEGORY
    sides = (_("something of these is ordered"), _("nothing of these is ordered"))
    words = Words(
        label=_("Categories"),
        nothing=_("The shop has no categories."),
        another=_("Another category"),
        how=_("Type a part of the name."),
        none=_("No category is called that."),
        several=_("%(n)d categories match, such as %(names)s. Type more of the name."),
    )

    def entries(self, offer: Offer) -> list[Entry]:
        """Return the shop's categories, each with those above it."""
        found: list[Entry] = []
        way: list[str] = []
        for ref in offer.categories:
            way[ref.depth :] = [ref.name]
            label = " › ".join(way)
            found.append(
                Entry(id=ref.id, name=ref.name, label=label, calls=(ref.name,), box=indented(ref.depth, ref.name))
            )
        return found


class UnitRow(GroupRow):
    """Units, with those below them."""

    group = Group.UNIT
    sides = (_("the order is of these, or of one below"), _("the order is of others"))
    words = Words(
        label=_("Units"),
        another=_("Another unit"),
        how=_("Type part of the name, or the code."),
        none=NO_UNIT,
        several=UNITS_FIT,
    )

    def entries(self, offer: Offer) -> list[Entry]:
        """Return the units of the actor's branch."""
        return unit_entries(offer.choices.units)


class RoleRow(GroupRow):
    """Roles of the requester."""

    group = Group.ROLE
    sides = (_("the requester holds one of these"), _("the requester holds none of these"))
    words = ROLES

    def entries(self, offer: Offer) -> list[Entry]:
        """Return the organisation's roles."""
        return role_entries(offer)


class TypedGroupRow(Row):
    """Membership in a group whose members are typed, one a line; who looks them up is the view."""

    group: ClassVar[Group]
    inside = forms.ChoiceField(label=_("Condition"), required=False, initial="1")
    typed = ProseField(required=False, max_length=TEXT_LIMIT)
    words: ClassVar[tuple[Any, Any]]

    def offer(self, offer: Offer) -> None:
        """Set what can be chosen."""
        self.fields["inside"].choices = [("1", self.words[0]), ("", self.words[1])]  # type: ignore[attr-defined]

    @property
    def entries(self) -> list[str]:
        """What was typed, one by one."""
        text = self.cleaned_data.get("typed", "").replace(",", "\n").replace(";", "\n")
        return [line.strip() for line in text.splitlines() if line.strip()]

    def condition(self) -> Condition:
        """Return the condition; its names still are what was typed, and say nothing of who or what that is."""
        named = tuple(Named(0, entry) for entry in self.entries)
        return Among(kind=self.group, inside=bool(self.cleaned_data["inside"]), of=named)


class RequesterRow(TypedGroupRow):
    """People who order, by their e-mail addresses."""

    group = Group.REQUESTER
    words = (_("one of these places the order"), _("somebody else places the order"))
    typed = ProseField(
        label=_("E-mail addresses"),
        required=False,
        max_length=TEXT_LIMIT,
        help_text=_("One per line, members of your organisation."),
    )


class ProductRow(TypedGroupRow):
    """Products, by SKU or EAN."""

    group = Group.PRODUCT
    words = (_("one of these is ordered"), _("none of these is ordered"))
    typed = ProseField(
        label=_("Product codes"),
        required=False,
        max_length=TEXT_LIMIT,
        help_text=_("SKU or EAN, one a line."),
    )


class FlagRow(Row):
    """Something an order is or is not."""

    flag: ClassVar[Flag]
    words: ClassVar[tuple[Any, Any]]
    inside = forms.ChoiceField(label=_("Condition"), required=False, initial="1")

    def offer(self, offer: Offer) -> None:
        """Set what can be chosen."""
        self.fields["inside"].choices = [("1", self.words[0]), ("", self.words[1])]  # type: ignore[attr-defined]

    def condition(self) -> Condition:
        """Return the condition."""
        return Is(kind=self.flag, inside=bool(self.cleaned_data["inside"]))


class OverBudgetRow(FlagRow):
    """Whether a budget is exceeded."""

    flag = Flag.OVER_BUDGET
    words = (_("the order exceeds a budget"), _("the order exceeds no budget"))


class FirstBoughtRow(FlagRow):
    """Whether the unit buys something for the first time."""

    flag = Flag.FIRST_BOUGHT
    words = (
        _("the unit buys something in it for the first time"),
        _("the unit has bought everything in it before"),
    )


class ExpressionRow(Row):
    """An expression in CEL."""

    text = ProseField(
        label=_("Expression in CEL"),
        max_length=LENGTH_LIMIT,
        widget=forms.Textarea({"rows": 3, "spellcheck": "false", "class": "font-monospace"}),
        help_text=_("For example: goods_net > 500.0 && skus.exists(s, s.startsWith('PAP'))"),
    )

    def clean_text(self) -> str:
        """Let it be one, so that whatever is wrong with a rule is told at once."""
        text: str = self.cleaned_data["text"]
        try:
            check(text.strip())
        except BadExpression as bad:
            raise forms.ValidationError(why_not(bad)) from None
        return text

    def condition(self) -> Condition:
        """Return the condition."""
        return Expression(text=self.cleaned_data["text"])


CONDITION_ROWS: Final[dict[str, tuple[Any, type[Row]]]] = {
    Value.kind: (_("Order value"), ValueRow),
    Together.kind: (_("Several orders within some hours"), TogetherRow),
    Counted.PRODUCTS.value: (_("Number of different products"), ProductsRow),
    Counted.QUANTITY.value: (_("Number of pieces"), QuantityRow),
    Group.CATEGORY.value: (_("Category"), CategoryRow),
    Group.PRODUCT.value: (_("Product"), ProductRow),
    Flag.FIRST_BOUGHT.value: (_("First order of a product"), FirstBoughtRow),
    Delivery.kind: (_("Delivery charge"), DeliveryRow),
    Group.REQUESTER.value: (_("Requester"), RequesterRow),
    Group.ROLE.value: (_("Requester's role"), RoleRow),
    Group.UNIT.value: (_("Unit"), UnitRow),
    Flag.OVER_BUDGET.value: (_("Budget exceeded"), OverBudgetRow),
    Expression.kind: (_("Expression (advanced)"), ExpressionRow),
}


def condition_rows(offer: Offer) -> Rows:
    """Return the rows of conditions, none yet."""
    return Rows("condition", CONDITION_ROWS, offer)


def condition_initial(value: Condition, codes: Mapping[tuple[Group, int], str]) -> dict[str, Any]:
    """Return what the row of a condition shows; `codes` are the addresses and SKUs of who and what it names."""
    if isinstance(value, Among):
        shown: dict[str, Any] = {"inside": "1" if value.inside else ""}
        if value.kind in TYPED_GROUPS:
            found = [codes[value.kind, named.id] for named in value.of if (value.kind, named.id) in codes]
            return shown | {"typed": "\n".join(found)}
        return shown | {"of": [named.id for named in value.of], "named": value.of}
    if isinstance(value, Is):
        return {"inside": "1" if value.inside else ""}
    if isinstance(value, Expression):
        return {"text": value.text}
    shown = {"compare": value.compare.value}
    if isinstance(value, Count):
        return shown | {"number": value.number}
    shown |= {"amount": value.amount, "currency": value.currency}
    if isinstance(value, Delivery):
        return shown | {"gross": "1" if value.gross else ""}
    shown["basis"] = value.basis.value
    if isinstance(value, Together):
        shown |= {"scope": value.scope.value, "hours": value.hours}
    return shown


def typed_entries(conditions: Iterable[Condition], group: Group) -> list[str]:
    """Return what was typed for one group."""
    return [named.name for each in conditions if isinstance(each, Among) and each.kind is group for named in each.of]


def with_ids(condition: Condition, found: Mapping[str, Named]) -> tuple[Condition, list[str]]:
    """Return a condition whose typed entries have become what they stand for, and those that stand for nothing."""
    if not isinstance(condition, Among) or condition.kind not in TYPED_GROUPS:
        return condition, []
    named = {found[each.name].id: found[each.name] for each in condition.of if each.name in found}
    return replace(condition, of=tuple(named.values())), [each.name for each in condition.of if each.name not in found]

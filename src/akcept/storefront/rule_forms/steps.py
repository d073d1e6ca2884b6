"""The rows of steps: whom each asks, and how many of them."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from akcept.approvals.rules import RuleStep
from akcept.organizations.asking import Ask, AskKind
from akcept.storefront.rule_forms.rows import NO_ROLES, Offer, Row, Rows, offer_boxes


class QuorumMixin(Row):
    """How many of those asked have to accept."""

    how = forms.ChoiceField(
        label=_("Who of them has to accept"),
        choices=[("1", _("any one")), ("all", _("all of them")), ("n", _("as many as:"))],
    )
    number = forms.IntegerField(label=_("How many"), required=False, widget=forms.TextInput({"inputmode": "numeric"}))

    def quorum(self) -> int:
        """Return the number as the core knows it: 0 is all of them."""
        data = self.cleaned_data
        return {"1": 1, "all": 0}.get(data["how"], data["number"] or -1)

    def asks(self) -> tuple[Ask, ...]:
        """Return whom the step asks."""
        raise NotImplementedError

    def step(self) -> RuleStep:
        """Return the step."""
        return RuleStep(asks=self.asks(), quorum=self.quorum())


class AcceptorsStep(QuorumMixin):
    """Whoever may accept orders of the unit."""

    def asks(self) -> tuple[Ask, ...]:
        """Return whom the step asks."""
        return (Ask(kind=AskKind.ACCEPTORS),)


class RoleStep(QuorumMixin):
    """Holders of roles."""

    of = forms.TypedMultipleChoiceField(
        label=_("Roles"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    field_order = ("of", "how", "number")

    def offer(self, offer: Offer) -> None:
        """Set what can be chosen."""
        offer_boxes(self, [(role.pk, role.name) for role in offer.choices.roles], nothing=NO_ROLES)

    def asks(self) -> tuple[Ask, ...]:
        """Return whom the step asks."""
        return tuple(Ask(kind=AskKind.ROLE, id=id_) for id_ in self.cleaned_data["of"])


class PeopleStep(QuorumMixin):
    """People by name: only active members who may accept orders are offered."""

    of = forms.TypedMultipleChoiceField(
        label=_("People"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    field_order = ("of", "how", "number")

    def offer(self, offer: Offer) -> None:
        """Set what can be chosen."""
        people = [(person.member_id, f"{person.name}, {person.unit_name}") for person in offer.choices.acceptors]
        offer_boxes(self, people, nothing=_("Nobody in your organisation may accept orders yet."))

    def asks(self) -> tuple[Ask, ...]:
        """Return whom the step asks."""
        return tuple(Ask(kind=AskKind.MEMBER, id=id_) for id_ in self.cleaned_data["of"])


class ClimbStep(Row):
    """Up the tree of units."""

    def step(self) -> RuleStep:
        """Return the step."""
        return RuleStep(climb=True)


STEP_ROWS: Final[dict[str, tuple[Any, type[Row]]]] = {
    "acceptors": (_("Whoever may accept the unit's orders"), AcceptorsStep),
    "role": (_("Holders of a role"), RoleStep),
    "people": (_("People by name"), PeopleStep),
    "climb": (_("Up the tree, until a limit covers the value"), ClimbStep),
}


def step_rows(offer: Offer) -> Rows:
    """Return the rows of steps, none yet."""
    return Rows("step", STEP_ROWS, offer)


def step_kind(value: RuleStep) -> str:
    """Return which row shows a step."""
    if value.climb:
        return "climb"
    kinds = {ask.kind for ask in value.asks}
    return {AskKind.ROLE: "role", AskKind.MEMBER: "people"}.get(next(iter(kinds), AskKind.ACCEPTORS), "acceptors")


def step_initial(value: RuleStep) -> dict[str, Any]:
    """Return what the row of a step shows."""
    how = {1: "1", 0: "all"}.get(value.quorum, "n")
    return {"of": [ask.id for ask in value.asks], "how": how, "number": value.quorum if how == "n" else None}

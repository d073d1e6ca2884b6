"""The rows of steps: whom each asks, and how many of them."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from akcept.approvals.rules import RuleStep
from akcept.organizations.asking import Ask, AskKind
from akcept.storefront.finding import Entry
from akcept.storefront.rules.forms.rows import ROLES, Offer, Row, Rows, SeveralMixin, Words, role_entries
from akcept.ui.forms import CountField


class QuorumMixin(Row):
    """How many of those asked have to accept."""

    how = forms.ChoiceField(
        label=_("Who of them has to accept"),
        choices=[("1", _("any one")), ("all", _("all of them")), ("n", _("as many as:"))],
    )
    number = CountField(label=_("How many"), required=False)

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


class RoleStep(SeveralMixin, QuorumMixin):
    """Holders of roles."""

    field_order = ("of", "find", "how", "number")

    def offer(self, offer: Offer) -> None:
        """Set what can be chosen."""
        self.offer_among(role_entries(offer), words=ROLES)

    def asks(self) -> tuple[Ask, ...]:
        """Return whom the step asks."""
        return tuple(Ask(kind=AskKind.ROLE, id=id_) for id_ in self.ids)


PEOPLE: Final = Words(
    label=_("People"),
    nothing=_("Nobody in your organisation may accept orders yet."),
    another=_("Another person"),
    how=_("Type part of the name, or the e-mail address."),
    none=_("Nobody who may accept orders has this name."),
    several=_("%(n)d people match, such as %(names)s. Type more of the name."),
)


class PeopleStep(SeveralMixin, QuorumMixin):
    """People by name: only active members who may accept orders are offered."""

    field_order = ("of", "find", "how", "number")

    def offer(self, offer: Offer) -> None:
        """Set what can be chosen."""
        self.offer_among(_people(offer), words=PEOPLE)

    def asks(self) -> tuple[Ask, ...]:
        """Return whom the step asks."""
        return tuple(Ask(kind=AskKind.MEMBER, id=id_) for id_ in self.ids)


def _people(offer: Offer) -> list[Entry]:
    """Return who may accept orders; of two who share name and unit the address tells which is which."""
    choices = offer.choices
    labels = {person.member_id: f"{person.name} · {person.unit_name}" for person in choices.acceptors}
    alike = {label for label, count in Counter(labels.values()).items() if count > 1}
    emails = choices.emails
    return [
        Entry(
            id=pk,
            name=person.name,
            label=f"{labels[pk]} · {emails.get(pk, pk)}" if labels[pk] in alike else labels[pk],
            hint=emails.get(pk, ""),
            calls=(emails.get(pk, ""), person.name),
        )
        for person in choices.acceptors
        for pk in (person.member_id,)
    ]


class ClimbStep(Row):
    """Up the tree of units."""

    def step(self) -> RuleStep:
        """Return the step."""
        return RuleStep(climb=True)


STEP_ROWS: Final[dict[str, tuple[Any, type[Row]]]] = {
    "acceptors": (_("Anyone who may accept the unit's orders"), AcceptorsStep),
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

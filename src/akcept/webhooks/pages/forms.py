"""What is typed of a webhook."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from akcept.webhooks.addresses import LONGEST
from akcept.webhooks.events import TEST, Type

#: What happened, in a reader's words.
WORDS: Final = {
    Type.AWAITING: _("an order is waiting for acceptance"),
    Type.ACCEPTED: _("somebody accepted an order"),
    Type.RELEASED: _("an order went to the shop"),
    Type.REJECTED: _("an order was rejected"),
    Type.RETURNED: _("an order was sent back"),
    Type.AMENDED: _("an approver changed an order"),
    Type.RESUBMITTED: _("an order was changed and sent again"),
    Type.REPRICED: _("an order got today's prices"),
    Type.REVOKED: _("an acceptance was taken back"),
    Type.WITHDRAWN: _("an order was withdrawn"),
    Type.EXPIRED: _("an order expired"),
    Type.SHIPPED: _("a parcel of an order left"),
    Type.STEP_ASKED: _("others are asked to accept an order"),
    Type.BUDGET_THRESHOLD: _("a budget reached a threshold"),
    Type.MEMBER_JOINED: _("somebody joined"),
    Type.MEMBER_CHANGED: _("a member's rights were changed"),
    Type.MEMBER_DEACTIVATED: _("a member was deactivated"),
    Type.MEMBER_REACTIVATED: _("a member was reactivated"),
    Type.MEMBER_REMOVED: _("a member was removed"),
    Type.RULES_CHANGED: _("an acceptance rule was changed"),
    Type.TERMS_CHANGED: _("terms of acceptance were changed"),
}
ALL_WORDS: Final = {**{kind.value: words for kind, words in WORDS.items()}, TEST: _("a test")}

#: Why a try had no answer.
WHY: Final = {
    "resolve": _("there is no server of this name"),
    "forbidden": _("the address is not one the shop may send to"),
    "connect": _("nobody answered at this address"),
    "tls": _("the server did not prove its name (certificate)"),
    "timeout": _("it took too long"),
    "nonsense": _("the answer was not HTTP, or broke off"),
    "secret": _("the secret cannot be read any more: get a new one"),
}


class EndpointForm(forms.Form):
    """An address, and what it is told of."""

    url = forms.CharField(
        label=_("Address"),
        max_length=LONGEST,
        widget=forms.TextInput({"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Of your system, such as https://erp.example.com/hooks."),
    )
    events = forms.MultipleChoiceField(
        label=_("Notified when"), widget=forms.CheckboxSelectMultiple({"class": "form-check-input"})
    )

    def __init__(self, data: Any = None, *, among: frozenset[Type], initial: dict[str, Any] | None = None) -> None:
        """Offer the events that there are for whoever asks."""
        super().__init__(data, initial=initial)
        field: Any = self.fields["events"]
        field.choices = [(kind.value, WORDS[kind]) for kind in Type if kind in among]

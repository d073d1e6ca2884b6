"""What a rule is called, where it applies and what it does."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from akcept.approvals.drafts import NAME_LIMIT, REFUSAL_LIMIT
from akcept.approvals.rules import Outcome, Rule
from akcept.storefront.unit_field import UnitField
from akcept.ui.forms import LineField, ProseField


class RuleForm(forms.Form):
    """What a rule is called, where it applies and what it does."""

    name = LineField(label=_("Rule's name"), max_length=NAME_LIMIT)
    unit = UnitField(_("Applies to this unit and all units below it"))
    outcome = forms.ChoiceField(
        label=_("What happens with such an order"),
        choices=[
            (Outcome.ASK.value, _("it has to be accepted, by the steps below")),
            (Outcome.ALLOW.value, _("it goes to the shop without anybody being asked")),
            (Outcome.REFUSE.value, _("it may not be placed")),
        ],
        widget=forms.RadioSelect,
    )
    refusal = ProseField(
        label=_("What the requester reads when it may not be placed"),
        max_length=REFUSAL_LIMIT,
        required=False,
        rows=2,
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


def rule_initial(rule: Rule, *, version: int) -> dict[str, Any]:
    """Return what the form of a rule shows."""
    return {
        "name": rule.name,
        "unit": rule.unit_id,
        "outcome": rule.outcome.value,
        "refusal": rule.refusal,
        "version": version,
    }

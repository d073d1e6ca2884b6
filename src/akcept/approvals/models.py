"""Tables of acceptance. A case's steps are a copy of the plan as it stood; only `Case.state` and `position` move."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from akcept.approvals.states import State


class Case(models.Model):
    """One order's run of acceptance. `version` rises with every move; whoever decides names the version he saw."""

    order = models.OneToOneField("order.Order", on_delete=models.PROTECT, related_name="akcept_case", primary_key=True)
    organization = models.ForeignKey(
        "akcept_organizations.Organization", on_delete=models.PROTECT, related_name="cases"
    )
    unit = models.ForeignKey("akcept_organizations.Unit", on_delete=models.PROTECT, related_name="+")
    requester = models.ForeignKey("akcept_organizations.Member", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=12, choices=[(state.value, state.value) for state in State], default=State.AWAITING.value
    )
    position = models.PositiveSmallIntegerField(default=1)
    steps_total = models.PositiveSmallIntegerField(default=1)
    version = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    #: Members last told that they may decide, and since when nobody may; see `ordering.rerouting`.
    asked: models.JSONField[list[int], list[int]] = models.JSONField(default=list)
    stuck_since = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        indexes = [
            models.Index(fields=["organization", "state", "opened_at", "order"], name="akcept_case_inbox"),
            models.Index(fields=["opened_at", "order"], name="akcept_case_held", condition=models.Q(state="awaiting")),
            models.Index(
                fields=["organization", "order"],
                name="akcept_case_stuck",
                condition=models.Q(state="awaiting", stuck_since__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.state}"


class Step(models.Model):
    """One tier, as it was planned at placing. Who may answer is computed live from the permission."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    permission = models.CharField(max_length=40)
    reason = models.CharField(max_length=40)
    #: Figures the reason speaks of, as they stood.
    detail: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        constraints = [models.UniqueConstraint(fields=["case", "position"], name="akcept_step_position")]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.position}"


class Decision(models.Model):
    """One person's act in a step. Names are kept as they were: people leave, history stays."""

    class Kind(models.TextChoices):
        ACCEPT = "accept", _("accepted")
        REJECT = "reject", _("rejected")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="decisions")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    member = models.ForeignKey("akcept_organizations.Member", on_delete=models.PROTECT, related_name="+")
    member_name = models.CharField(max_length=200)
    #: Whom the member stood in for; null when he decided by his own right.
    for_member = models.ForeignKey("akcept_organizations.Member", on_delete=models.PROTECT, null=True, related_name="+")
    for_member_name = models.CharField(max_length=200, blank=True)
    remark = models.TextField(blank=True)
    case_version = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = [
            # Two decisions on one version of a case cannot both be stored, whatever the code above does.
            models.UniqueConstraint(fields=["case", "case_version"], name="akcept_decision_once")
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.kind} by {self.member_name}"

"""A case with its steps and decisions. Steps are a copy of the plan as it stood; it is the case that moves."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from akcept.approvals.states import State
from akcept.organizations.asking import Ask, AskKind


class Case(models.Model):
    """One order's run of acceptance. `version` rises with every move; whoever decides names the version they saw.

    A version from `fresh_since` on is still good to decide on: what happened since was others' acceptance of the same
    step. `round` rises when all steps start anew, `revision` when the order itself is changed.
    """

    order = models.OneToOneField("order.Order", on_delete=models.PROTECT, related_name="akcept_case", primary_key=True)
    organization = models.ForeignKey(
        "akcept_organizations.Organization", on_delete=models.PROTECT, related_name="cases"
    )
    unit = models.ForeignKey("akcept_organizations.Unit", on_delete=models.PROTECT, related_name="+")
    requester = models.ForeignKey("akcept_organizations.Member", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=12, choices=[(state.value, state.value) for state in State], default=State.AWAITING.value
    )
    round = models.PositiveSmallIntegerField(default=1)
    position = models.PositiveSmallIntegerField(default=1)
    steps_total = models.PositiveSmallIntegerField(default=1)
    revision = models.PositiveSmallIntegerField(default=1)
    version = models.PositiveIntegerField(default=1)
    fresh_since = models.PositiveIntegerField(default=1)
    #: Version of the organisation's rules the steps were planned by; null while it had none.
    policy_version = models.PositiveIntegerField(null=True)
    opened_at = models.DateTimeField()
    #: Since when the present step is asked, or the requester has the order back.
    step_opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    #: When the shop was first given the order; stays when that acceptance is revoked.
    released_at = models.DateTimeField(null=True)
    #: An approver asked this colleague in particular; for as long as the step is open.
    forwarded_to = models.ForeignKey(
        "akcept_organizations.Member", on_delete=models.PROTECT, null=True, related_name="+"
    )
    forwarded_by = models.ForeignKey(
        "akcept_organizations.Member", on_delete=models.PROTECT, null=True, related_name="+"
    )
    #: Members last told that they may decide, and since when nobody may; see `ordering.rerouting`.
    asked: models.JSONField[list[int], list[int]] = models.JSONField(default=list)
    stuck_since = models.DateTimeField(null=True)
    #: Since when whoever placed it is no active member any more; see `ordering.rerouting`.
    requester_left_at = models.DateTimeField(null=True)
    #: What time has done to the present step, see `deadlines`; and when to look again, null for at once.
    reminded_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    look_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        indexes = [
            models.Index(fields=["organization", "state", "opened_at", "order"], name="akcept_case_inbox"),
            models.Index(
                fields=["opened_at", "order"],
                name="akcept_case_held",
                condition=models.Q(state__in=["awaiting", "returned"]),
            ),
            models.Index(
                fields=["order"],
                name="akcept_case_open",
                condition=models.Q(state__in=["awaiting", "returned"]),
            ),
            models.Index(
                fields=["organization", "order"],
                name="akcept_case_waiting",
                condition=models.Q(state="awaiting"),
            ),
            models.Index(
                fields=["organization", "order"],
                name="akcept_case_stuck",
                condition=models.Q(state="awaiting", stuck_since__isnull=False),
            ),
            models.Index(
                fields=["look_at", "order"],
                name="akcept_case_look",
                condition=models.Q(state__in=["awaiting", "returned"]),
            ),
            models.Index(fields=["-ended_at"], name="akcept_case_ended", condition=models.Q(ended_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.state}"


class Step(models.Model):
    """One tier, as it was planned. Who may answer is computed live from its selectors.

    `quorum` is how many different people have to accept, 0 all of those asked; with `needs_cover` each of them must
    have a limit that covers the order.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="steps")
    round = models.PositiveSmallIntegerField(default=1)
    position = models.PositiveSmallIntegerField()
    #: Name of the organisation's rule that asks for the step, as it stood; empty without one.
    rule = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=40)
    #: Figures the reason speaks of, as they stood.
    detail: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    quorum = models.PositiveSmallIntegerField(default=1)
    needs_cover = models.BooleanField(default=True)
    #: The case's version its round began with: whoever saw an earlier one saw other steps.
    case_version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        constraints = [models.UniqueConstraint(fields=["case", "round", "position"], name="akcept_step_position")]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.round}/{self.position}"


class Selector(models.Model):
    """Whom a step asks; see `organizations.asking`. The columns of the step and case serve the inbox's one query."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="selectors")
    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="selectors")
    round = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField()
    needs_cover = models.BooleanField()
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in AskKind])
    role = models.ForeignKey("akcept_organizations.Role", on_delete=models.SET_NULL, null=True, related_name="+")
    member = models.ForeignKey("akcept_organizations.Member", on_delete=models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey("akcept_organizations.Unit", on_delete=models.PROTECT, null=True, related_name="+")
    #: Name of the role, person or unit as it stood.
    label = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("selector")
        verbose_name_plural = _("selectors")
        indexes = [
            models.Index(fields=["case", "round", "position"], name="akcept_selector_step"),
            models.Index(fields=["member"], name="akcept_selector_member", condition=models.Q(member__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.step_id}: {self.kind} {self.label}"

    @property
    def ask(self) -> Ask:
        """What the pure rules call this row."""
        return Ask(kind=AskKind(self.kind), id=self.role_id or self.member_id or self.unit_id, label=self.label)


class Asked(models.Model):
    """A member who was told that they may decide an order: they go on seeing it, whoever decides it in the end.

    `Case.asked` says who is asked now, this who ever was.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey("akcept_organizations.Member", on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("member asked")
        verbose_name_plural = _("members asked")
        constraints = [models.UniqueConstraint(fields=["member", "case"], name="akcept_asked_once")]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.member_id}"


class Decision(models.Model):
    """One person's act in a step. Names are kept as they were: people leave, history stays."""

    class Kind(models.TextChoices):
        ACCEPT = "accept", _("accepted")
        REJECT = "reject", _("rejected")
        SEND_BACK = "send_back", _("sent back")
        REVOKE = "revoke", _("revoked")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="decisions")
    round = models.PositiveSmallIntegerField(default=1)
    position = models.PositiveSmallIntegerField()
    revision = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    member = models.ForeignKey("akcept_organizations.Member", on_delete=models.PROTECT, related_name="+")
    member_name = models.CharField(max_length=200)
    #: Whom the member stood in for; null when they decided by their own right.
    for_member = models.ForeignKey("akcept_organizations.Member", on_delete=models.PROTECT, null=True, related_name="+")
    for_member_name = models.CharField(max_length=200, blank=True)
    remark = models.TextField(blank=True)
    case_version = models.PositiveIntegerField()
    #: It counts no more: the steps started anew, or the acceptance was revoked.
    voided = models.BooleanField(default=False)
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

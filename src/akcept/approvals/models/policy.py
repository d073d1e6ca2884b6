"""An organisation's rules, version by version, and what each order was routed by."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class PolicyVersion(models.Model):
    """All rules of an organisation as they stood from one change to the next; the latest is in force.

    Never changed, but for the name of somebody whose personal data is erased.
    """

    class Change(models.TextChoices):
        ADDED = "added", _("added")
        CHANGED = "changed", _("changed")
        MOVED = "moved", _("moved")
        SWITCHED_ON = "switched_on", _("switched on")
        SWITCHED_OFF = "switched_off", _("switched off")
        REMOVED = "removed", _("removed")

    organization = models.ForeignKey(
        "akcept_organizations.Organization", on_delete=models.CASCADE, related_name="policy_versions"
    )
    #: 1, 2, 3, … without gaps.
    number = models.PositiveIntegerField()
    #: See `rules.Rule.as_json`; in their order.
    rules: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(default=list)
    #: Says what the rules are: equal digests are equal rules.
    digest = models.CharField(max_length=64)
    change = models.CharField(max_length=12, choices=Change.choices)
    rule_name = models.CharField(max_length=120)
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("version of the rules")
        verbose_name_plural = _("versions of the rules")
        constraints = [models.UniqueConstraint(fields=["organization", "number"], name="akcept_policy_version")]

    def __str__(self) -> str:
        return f"{self.organization_id}/{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert. Raises TypeError for a version that is there already: a change makes the next one."""
        if not self._state.adding:
            raise TypeError("versions of the rules are never changed")
        super().save(*args, **kwargs)


class Grounds(models.Model):
    """The facts an order was last routed by, kept to explain it: earlier orders and roles change, the reason does not.

    `policy_version` is null for an organisation that had no rules then.
    """

    order = models.OneToOneField(
        "order.Order", on_delete=models.CASCADE, related_name="akcept_grounds", primary_key=True
    )
    organization = models.ForeignKey("akcept_organizations.Organization", on_delete=models.PROTECT, related_name="+")
    policy_version = models.PositiveIntegerField(null=True)
    #: See `facts.Facts.as_json`.
    facts: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("grounds")
        verbose_name_plural = _("grounds")

    def __str__(self) -> str:
        return str(self.order_id)

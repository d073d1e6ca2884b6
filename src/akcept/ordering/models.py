"""What ordering knows of an order beyond Oscar's own row."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from akcept.kernel import typed
from akcept.kernel.amounts import Amounts


class Placement(models.Model):
    """Who placed an order, for which organisation and unit, under which terms; its sums follow the order's revisions.

    Hangs on Oscar's order by OneToOne; the sums repeat the order's own so that lists need no join per row. Money is
    in `currency`; "net" is without VAT, "goods" without delivery.
    """

    order = models.OneToOneField(
        "order.Order", on_delete=models.CASCADE, related_name="akcept_placement", primary_key=True
    )
    number = models.CharField(max_length=128, unique=True)
    buyer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    organization = models.ForeignKey(
        "akcept_organizations.Organization", on_delete=models.PROTECT, null=True, related_name="placements"
    )
    unit = models.ForeignKey("akcept_organizations.Unit", on_delete=models.PROTECT, null=True, related_name="+")
    #: The unit's as it stood when the order was placed, like the address.
    cost_centre = models.CharField(_("cost centre"), max_length=40, blank=True, default="")
    requester = models.ForeignKey("akcept_organizations.Member", on_delete=models.PROTECT, null=True, related_name="+")
    payment_code = models.CharField(max_length=30)
    #: Of an order on account: within how many days it is paid, as was agreed when it was placed; else null.
    pay_days = models.PositiveSmallIntegerField(null=True)
    po_number = models.CharField(_("your order number"), max_length=60, blank=True)
    #: What own numbers are compared by (`typed.same`): "po-7" looks the same as "PO-7". Kept by `save`.
    po_key = models.CharField(max_length=180, blank=True, default="", editable=False)
    note = models.TextField(_("note to the approver"), blank=True)
    currency = models.CharField(max_length=3)
    goods_net = models.DecimalField(max_digits=12, decimal_places=2)
    goods_gross = models.DecimalField(max_digits=12, decimal_places=2)
    total_net = models.DecimalField(max_digits=12, decimal_places=2)
    total_gross = models.DecimalField(max_digits=12, decimal_places=2)
    line_count = models.PositiveIntegerField()
    summary = models.CharField(max_length=200)
    placed_at = models.DateTimeField()
    #: The ended order this one was ordered in place of; see `ordering.again`.
    instead_of = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="ordered_again")
    #: Since when the prices are frozen, where they were brought up to date after placing.
    repriced_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("placement")
        verbose_name_plural = _("placements")
        indexes = [
            models.Index(fields=["buyer", "-order"], name="akcept_placement_buyer"),
            models.Index(fields=["organization", "-order"], name="akcept_placement_org"),
            models.Index(fields=["organization", "placed_at"], name="akcept_placement_time"),
            models.Index(
                fields=["organization", "po_key"],
                name="akcept_placement_po_key",
                condition=~models.Q(po_key=""),
            ),
            # What the shop's own people search by: how a number begins, whoever's it is.
            models.Index(
                fields=["po_key"],
                name="akcept_placement_po_begins",
                condition=~models.Q(po_key=""),
                opclasses=["varchar_pattern_ops"],
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the row, with its own number always as it is compared too."""
        self.po_key = typed.same(self.po_number)
        if (fields := kwargs.get("update_fields")) and "po_number" in fields:
            kwargs["update_fields"] = [*fields, "po_key"]
        super().save(*args, **kwargs)

    @property
    def amounts(self) -> Amounts:
        """The order's sums, to compare with limits."""
        return Amounts(
            currency=self.currency,
            goods_net=self.goods_net,
            goods_gross=self.goods_gross,
            total_net=self.total_net,
            total_gross=self.total_gross,
        )


class Revision(models.Model):
    """An order as it was placed (number 1) and after each change; there is none while nothing was changed.

    Sums are in the placement's currency, with delivery.
    """

    class Kind(models.TextChoices):
        PLACED = "placed", _("placed")
        AMENDED = "amended", _("reduced by an approver")
        RESUBMITTED = "resubmitted", _("changed by the requester")
        REPRICED = "repriced", _("prices brought up to date")

    placement = models.ForeignKey(Placement, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    by_name = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)
    total_net = models.DecimalField(max_digits=12, decimal_places=2)
    total_gross = models.DecimalField(max_digits=12, decimal_places=2)
    note = models.TextField(blank=True)
    payment_code = models.CharField(max_length=30, blank=True)
    po_number = models.CharField(max_length=60, blank=True)
    #: The case's version this change made: pages that show an earlier one have not seen it. 0 for number 1.
    case_version = models.PositiveIntegerField(default=0)
    #: See `differences.Snapshot`.
    lines: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(default=list)
    #: See `differences.Delivery`; null where it was not kept.
    delivery: models.JSONField[dict[str, str] | None, dict[str, str] | None] = models.JSONField(null=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        constraints = [models.UniqueConstraint(fields=["placement", "number"], name="akcept_revision_number")]

    def __str__(self) -> str:
        return f"{self.placement_id}/{self.number}"


class MailLink(models.Model):
    """A link in one person's mail with which they decide without logging in: once, on what the mail showed.

    The secret is a signature over the row's key (`mail_links.token_for`); the database holds none.
    """

    member = models.ForeignKey("akcept_organizations.Member", on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey("akcept_approvals.Case", on_delete=models.CASCADE, related_name="+")
    #: What the mail showed; see `Case`.
    revision = models.PositiveSmallIntegerField()
    version = models.PositiveIntegerField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("link in an e-mail")
        verbose_name_plural = _("links in e-mails")
        constraints = [
            # A mail that is sent once more, by a relay that died or as a reminder, carries the same link.
            models.UniqueConstraint(fields=["case", "member", "version"], name="akcept_mail_link_once")
        ]
        indexes = [models.Index(fields=["expires_at"], name="akcept_mail_link_expiry")]

    def __str__(self) -> str:
        return f"{self.case_id} for {self.member_id}"


class CreditLimit(models.Model):
    """How much an organisation may owe for orders on account, gross with delivery, in `currency`; null is no limit."""

    organization = models.OneToOneField(
        "akcept_organizations.Organization", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    amount = models.DecimalField(_("credit limit"), max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3)
    version = models.PositiveIntegerField(default=1)
    #: Whether units have limits of their own. Whoever locks this row has the credit of the whole organisation.
    by_unit = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("credit limit")
        verbose_name_plural = _("credit limits")

    def __str__(self) -> str:
        return f"{self.organization_id}"


class UnitCreditLimit(models.Model):
    """How much of the organisation's credit a unit and those below it may use: gross with delivery, in `currency`.

    Null is no limit of its own. It is read and written with the organisation's `CreditLimit` locked.
    """

    unit = models.OneToOneField(
        "akcept_organizations.Unit", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    amount = models.DecimalField(_("credit limit"), max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("credit limit of a unit")
        verbose_name_plural = _("credit limits of units")

    def __str__(self) -> str:
        return f"{self.unit_id}"


class ShopTerms(models.Model):
    """The merchant's terms for what waits: one row; without one prices stay frozen and nothing else is asked."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    #: Days since placing until an order's prices are brought up to date at the decision; null is never.
    price_days = models.PositiveSmallIntegerField(_("prices stay for"), null=True, blank=True)
    #: A total, net with delivery, that rises by more asks everybody anew.
    price_tolerance = models.DecimalField(_("tolerance"), max_digits=5, decimal_places=2, default=0)
    #: What one order of an organisation may be worth: goods, net, in the shop's currency; null is no limit.
    order_from = models.DecimalField(_("smallest order"), max_digits=12, decimal_places=2, null=True, blank=True)
    order_up_to = models.DecimalField(_("largest order"), max_digits=12, decimal_places=2, null=True, blank=True)
    #: Whether the shop writes mails about orders; those for signing in and joining are always sent.
    mails = models.BooleanField(_("e-mails about orders"), default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("terms of the shop")
        verbose_name_plural = _("terms of the shop")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="akcept_shop_terms_one_row")]

    def __str__(self) -> str:
        return "B2B"

"""Tables of budgets. A budget's balance is nowhere stored: it is the sum of its ledger's rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from akcept.budgets.conversion import DayRate
from akcept.budgets.labels import CARRY_LABELS, EFFECT_LABELS, KIND_LABELS, PERIOD_LABELS, SCOPE_LABELS, STATE_LABELS
from akcept.budgets.periods import Period, PeriodKind, Rhythm
from akcept.budgets.scope import Scope
from akcept.budgets.standing import Carry, Effect, Terms
from akcept.budgets.states import State
from akcept.organizations.labels import BASIS_LABELS


def _choices(labels: dict[Any, Any]) -> list[tuple[str, Any]]:
    return [(key.value, label) for key, label in labels.items()]


class Calendar(models.Model):
    """When an organisation's days and fiscal years begin; without a row: January, in the shop's time zone."""

    organization = models.OneToOneField(
        "akcept_organizations.Organization",
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="akcept_calendar",
    )
    time_zone = models.CharField(_("time zone"), max_length=40)
    fiscal_month = models.PositiveSmallIntegerField(_("first month of the fiscal year"), default=1)

    class Meta:
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")

    def __str__(self) -> str:
        return f"{self.organization_id}: {self.time_zone}, {self.fiscal_month}"


class Budget(models.Model):
    """A limit for what a unit, a member or a cost centre orders in a period.

    Whom it is for, its currency, basis and periods stay as they were set: rows are sums of them. The rest may change.
    Money is in `currency` on `basis` (see `kernel.amounts.Basis`).
    """

    organization = models.ForeignKey(
        "akcept_organizations.Organization", on_delete=models.CASCADE, related_name="budgets"
    )
    name = models.CharField(_("name"), max_length=120)
    scope = models.CharField(_("for"), max_length=12, choices=_choices(SCOPE_LABELS))
    unit = models.ForeignKey("akcept_organizations.Unit", on_delete=models.PROTECT, null=True, related_name="budgets")
    member = models.ForeignKey(
        "akcept_organizations.Member", on_delete=models.PROTECT, null=True, related_name="budgets"
    )
    cost_centre = models.CharField(_("cost centre"), max_length=40, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    basis = models.CharField(_("value"), max_length=12, choices=[(b.value, text) for b, text in BASIS_LABELS.items()])
    period_kind = models.CharField(_("period"), max_length=8, choices=_choices(PERIOD_LABELS))
    period_days = models.PositiveSmallIntegerField(default=30)
    fiscal_month = models.PositiveSmallIntegerField(default=1)
    starts = models.DateField(_("first day"))
    ends = models.DateField(_("last day"), null=True, blank=True)
    #: [[first day of a period, amount], ...], the oldest first: past periods keep what they had.
    amounts: models.JSONField[list[list[str]], list[list[str]]] = models.JSONField(default=list)
    carry = models.CharField(_("carry-over"), max_length=6, choices=_choices(CARRY_LABELS), default=Carry.NONE.value)
    carry_most = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0))
    effect = models.CharField(_("when exceeded"), max_length=6, choices=_choices(EFFECT_LABELS))
    owner = models.ForeignKey("akcept_organizations.Member", on_delete=models.PROTECT, null=True, related_name="+")
    thresholds: models.JSONField[list[int], list[int]] = models.JSONField(default=list)
    max_orders = models.PositiveIntegerField(_("orders a period"), null=True, blank=True)
    max_single = models.DecimalField(
        _("highest value of one order"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    state = models.CharField(max_length=8, choices=_choices(STATE_LABELS), default=State.ACTIVE.value)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("budget")
        verbose_name_plural = _("budgets")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name"], condition=~models.Q(state="closed"), name="akcept_budget_name"
            ),
            models.CheckConstraint(
                condition=models.Q(scope__in=["unit", "below"], unit__isnull=False, member=None, cost_centre="")
                | models.Q(scope="member", unit=None, member__isnull=False, cost_centre="")
                | (models.Q(scope="cost_centre", unit=None, member=None) & ~models.Q(cost_centre="")),
                name="akcept_budget_scope",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "id"], name="akcept_budget_binding", condition=~models.Q(state="closed")
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def rhythm(self) -> Rhythm:
        """When it is in force, and its periods."""
        return Rhythm(
            kind=PeriodKind(self.period_kind),
            starts=self.starts,
            ends=self.ends,
            fiscal_month=self.fiscal_month,
            days=self.period_days,
        )

    @property
    def terms(self) -> Terms:
        """What it grants."""
        return Terms(
            amounts=tuple((date.fromisoformat(since), Decimal(amount)) for since, amount in self.amounts),
            carry=Carry(self.carry),
            carry_most=self.carry_most,
            max_orders=self.max_orders,
            max_single=self.max_single,
            frozen=self.state == State.FROZEN,
        )

    def periods_until(self, day: date, *, marks: Iterable[date] = ()) -> list[Period]:
        """Return the periods that count up to the one of a day: where the amount changes, and those of `marks`."""
        return self.rhythm.until(day, marks=[*marks, *(since for since, _amount in self.terms.amounts)])

    def amounts_with(self, amount: Decimal, *, on: date) -> list[list[str]]:
        """Return the amounts with one that counts from the period of a day on; what earlier periods had stays."""
        since = self.rhythm.containing(max(on, self.starts)).start.isoformat()
        return [*(entry for entry in self.amounts if entry[0] < since), [since, str(amount)]]

    @property
    def reaches(self) -> Scope:
        """Whom it is for."""
        return Scope(self.scope)

    @property
    def does(self) -> Effect:
        """What happens when it is exceeded."""
        return Effect(self.effect)


class LedgerQuerySet(models.QuerySet["LedgerRow"]):
    """Rows of the ledger are added and read."""

    def update(self, **_values: Any) -> NoReturn:
        """Refuse: what was booked stays; a mistake is corrected by another row."""
        raise TypeError("rows of a budget's ledger are never changed")

    def delete(self) -> NoReturn:
        """Refuse, for the same reason."""
        raise TypeError("rows of a budget's ledger are never deleted")


class LedgerRow(models.Model):
    """One movement of a budget's money; never changed, never deleted.

    `amount` is signed by what it does to the money that is free: negative when it holds or spends, positive when it
    gives back. `original` is the order's own value on the budget's basis, in the order's currency. `act` names what
    an order went through, so that no act is booked twice. `orders` counts the period's orders: +1, -1 or 0.
    """

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="rows")
    organization = models.ForeignKey("akcept_organizations.Organization", on_delete=models.CASCADE, related_name="+")
    period_start = models.DateField()
    kind = models.CharField(max_length=10, choices=_choices(KIND_LABELS))
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    orders = models.SmallIntegerField(default=0)
    #: Whether the order exceeded the budget when this was booked.
    exceeded = models.BooleanField(default=False)
    order = models.ForeignKey("order.Order", on_delete=models.PROTECT, null=True, related_name="akcept_budget_rows")
    order_number = models.CharField(max_length=128, blank=True)
    act = models.CharField(max_length=60)
    #: The other budget of a transfer.
    counterpart = models.ForeignKey(Budget, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    original = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    original_currency = models.CharField(max_length=3, blank=True)
    #: None for an order nobody knew a rate for: its amount is 0 until somebody corrects it.
    rate = models.DecimalField(max_digits=18, decimal_places=8, null=True)
    rate_day = models.DateField(null=True)
    rate_source = models.CharField(max_length=60, blank=True)
    actor_kind = models.CharField(max_length=12)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    objects = LedgerQuerySet.as_manager()

    class Meta:
        verbose_name = _("ledger row")
        verbose_name_plural = _("ledger rows")
        constraints = [
            models.UniqueConstraint(
                fields=["order", "budget", "act", "kind"],
                condition=models.Q(order__isnull=False),
                name="akcept_ledger_once",
            )
        ]
        indexes = [
            models.Index(fields=["budget", "period_start", "kind"], name="akcept_ledger_sum"),
            models.Index(fields=["budget", "period_start", "-id"], name="akcept_ledger_list"),
        ]

    def __str__(self) -> str:
        return f"{self.budget_id} {self.period_start}: {self.kind} {self.amount}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert. Raises TypeError for a row that is there already."""
        if not self._state.adding:
            raise TypeError("rows of a budget's ledger are never changed")
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse, as in bulk."""
        raise TypeError("rows of a budget's ledger are never deleted")


class Rate(models.Model):
    """A currency's price in PLN by the table of a day."""

    currency = models.CharField(max_length=3)
    day = models.DateField()
    rate = models.DecimalField(max_digits=18, decimal_places=8)
    source = models.CharField(max_length=60)
    stored_at = models.DateTimeField()

    class Meta:
        verbose_name = _("day rate")
        verbose_name_plural = _("day rates")
        constraints = [
            models.UniqueConstraint(fields=["currency", "day"], name="akcept_rate_once"),
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="akcept_rate_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.day}: 1 {self.currency} = {self.rate} PLN"

    @property
    def as_day_rate(self) -> DayRate:
        """The rate as the decisions know it."""
        return DayRate(currency=self.currency, day=self.day, rate=self.rate, source=self.source)


class Reached(models.Model):
    """A threshold (in per cent) that a budget's use has reached in a period: told once."""

    budget = models.ForeignKey(Budget, on_delete=models.CASCADE, related_name="reached")
    period_start = models.DateField()
    level = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("reached threshold")
        verbose_name_plural = _("reached thresholds")
        constraints = [
            models.UniqueConstraint(fields=["budget", "period_start", "level"], name="akcept_threshold_once")
        ]

    def __str__(self) -> str:
        return f"{self.budget_id} {self.period_start}: {self.level} %"

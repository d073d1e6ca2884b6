"""What we know of Oscar's baskets beyond Oscar's own rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from oscar.core.loading import get_model

if TYPE_CHECKING:
    Basket = Any
else:
    Basket = get_model("basket", "Basket")


class BasketHome(models.Model):
    """The membership a basket was begun in. One without a row belongs to its owner's first membership."""

    basket = models.OneToOneField(
        "basket.Basket", on_delete=models.CASCADE, related_name="akcept_home", primary_key=True
    )
    member = models.ForeignKey("akcept_organizations.Member", on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("basket's membership")
        verbose_name_plural = _("baskets' memberships")

    def __str__(self) -> str:
        return f"{self.basket_id}: {self.member_id}"


class BasketOrigin(models.Model):
    """The ended order a basket was filled from, the last one of several; what is ordered from it says so."""

    basket = models.OneToOneField(
        "basket.Basket", on_delete=models.CASCADE, related_name="akcept_origin", primary_key=True
    )
    order = models.ForeignKey("order.Order", on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("basket's origin")
        verbose_name_plural = _("baskets' origins")

    def __str__(self) -> str:
        return f"{self.basket_id}: {self.order_id}"


class PriceFacts(models.Model):
    """What a line of an order, or its delivery, was priced by: kept when it is placed, never derived later.

    Exactly one of `line` and `order` (its delivery) is set. Prices are of one piece, unrounded, in the order's
    currency; see `akcept.oscar_edge.terms.Terms` for what each of them means.
    """

    line = models.OneToOneField(
        "order.Line", null=True, blank=True, on_delete=models.CASCADE, related_name="akcept_price"
    )
    order = models.OneToOneField(
        "order.Order", null=True, blank=True, on_delete=models.CASCADE, related_name="akcept_delivery_price"
    )
    unit_net = models.DecimalField(max_digits=20, decimal_places=8)
    unit_gross = models.DecimalField(max_digits=20, decimal_places=8)
    rate = models.DecimalField(max_digits=9, decimal_places=8, null=True, blank=True)
    on_sums = models.BooleanField(default=True)
    discount = models.DecimalField(max_digits=24, decimal_places=10, default=0)
    discounted = models.DecimalField(max_digits=24, decimal_places=10, default=0)
    off_gross = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("price of an order's line")
        verbose_name_plural = _("prices of orders' lines")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(line__isnull=True) ^ models.Q(order__isnull=True), name="akcept_price_of_one_thing"
            ),
        )

    def __str__(self) -> str:
        return f"{self.line_id or self.order_id}: {self.unit_net}"


class ToGiveBack(models.Model):
    """Something of an order was cancelled or refunded, and what that frees is not given back yet.

    Written by triggers of the database in the transaction of whoever did it, taken away by `refunds` in the one that
    gives back; what a process could not finish is still here. Never a reason not to delete an order.
    """

    order = models.ForeignKey("order.Order", on_delete=models.CASCADE, related_name="+", db_constraint=False)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("to be given back")
        verbose_name_plural = _("to be given back")

    def __str__(self) -> str:
        return f"{self.order_id}"


class ProductOutlook(models.Model):
    """What the merchant says of a product beyond its stock; it counts once nothing is left. Without a row: nothing.

    `expected_on` is the day from which there is more; a product that has `ended`, or has a `successor`, gets no more.
    """

    product = models.OneToOneField(
        "catalogue.Product", on_delete=models.CASCADE, related_name="akcept_outlook", primary_key=True
    )
    expected_on = models.DateField(null=True, blank=True)
    ended = models.BooleanField(default=False)
    successor = models.ForeignKey(
        "catalogue.Product", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("outlook of a product")
        verbose_name_plural = _("outlooks of products")

    def __str__(self) -> str:
        return f"{self.product_id}"


class MemberBasket(Basket):
    """A basket that is not saved yet and knows whose it will be: both are written in one transaction."""

    home_member_id: int | None = None

    class Meta:
        proxy = True
        verbose_name = _("member's basket")
        verbose_name_plural = _("members' baskets")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save as Oscar does; the first time with the membership."""
        if self.pk is not None or self.home_member_id is None:
            super().save(*args, **kwargs)
            return
        with transaction.atomic():
            super().save(*args, **kwargs)
            BasketHome.objects.create(basket=self, member_id=self.home_member_id)

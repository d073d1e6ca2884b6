"""Tables of agreements. Prices are net, of one piece, in their list's currency."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from akcept.agreements.answers import Addressed, Assorted, Choice, Conditions, PriceRow, Target, Term


class Chosen(models.TextChoices):
    """`answers.Choice` for people."""

    FIRST = Choice.FIRST.value, _("the first list with a price")
    BEST = Choice.BEST.value, _("the lowest price")


class Assortment(models.TextChoices):
    """`answers.Assorted` for people."""

    AS_ABOVE = Assorted.AS_ABOVE.value, _("as agreed above")
    ALL = Assorted.ALL.value, _("all products")
    ONLY = Assorted.ONLY.value, _("only the products named")
    ALL_BUT = Assorted.ALL_BUT.value, _("all but the products named")


class Addresses(models.TextChoices):
    """`answers.Addressed` for people."""

    AS_ABOVE = Addressed.AS_ABOVE.value, _("as agreed above")
    OWN = Addressed.OWN.value, _("only addresses of the unit")
    PERMISSION = Addressed.PERMISSION.value, _("any address, by permission only")
    ANYWHERE = Addressed.ANYWHERE.value, _("any address")


class PriceList(models.Model):
    """A list of net prices that customers may share; per cent are off `base`, or off the shop's own prices."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    currency = models.CharField(_("currency"), max_length=3)
    base = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="based_on_it")
    starts = models.DateField(_("first day"), null=True, blank=True)
    ends = models.DateField(_("last day"), null=True, blank=True)
    places = models.PositiveSmallIntegerField(_("decimal places"), default=2)
    offers = models.BooleanField(_("the shop's offers apply on top"), default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("price list")
        verbose_name_plural = _("price lists")

    def __str__(self) -> str:
        return self.name


class ListedPrice(models.Model):
    """A row of a list: what a product costs, or those of a category, or all; or per cent off the list's base."""

    price_list = models.ForeignKey(PriceList, on_delete=models.CASCADE, related_name="rows")
    product = models.ForeignKey("catalogue.Product", on_delete=models.CASCADE, null=True, related_name="+")
    category = models.ForeignKey("catalogue.Category", on_delete=models.CASCADE, null=True, related_name="+")
    least = models.PositiveIntegerField(_("from so many pieces"), default=1)
    net = models.DecimalField(_("net price"), max_digits=15, decimal_places=8, null=True)
    per_cent = models.DecimalField(_("per cent off"), max_digits=7, decimal_places=4, null=True)
    starts = models.DateField(_("first day"), null=True)
    ends = models.DateField(_("last day"), null=True)

    class Meta:
        verbose_name = _("price of a list")
        verbose_name_plural = _("prices of lists")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(net=None) ^ models.Q(per_cent=None), name="akcept_listed_net_or_per_cent"
            ),
            models.CheckConstraint(
                condition=models.Q(product=None) | models.Q(category=None), name="akcept_listed_one_target"
            ),
            models.CheckConstraint(condition=models.Q(net=None) | models.Q(net__gte=0), name="akcept_listed_net"),
            models.CheckConstraint(condition=models.Q(least__gte=1), name="akcept_listed_least"),
        ]
        indexes = [models.Index(fields=["price_list", "product"], name="akcept_listed_product")]

    def __str__(self) -> str:
        return f"{self.price_list_id}: {self.product_id or self.category_id or '*'} {self.net or self.per_cent}"

    @property
    def dearer(self) -> Decimal | None:
        """Per cent on top, no more decimals than it has; nothing where the row has a price or something off."""
        return None if self.per_cent is None or self.per_cent >= 0 else -self.cheaper

    @property
    def cheaper(self) -> Decimal:
        """Per cent off, no more decimals than it has."""
        off = (self.per_cent or Decimal(0)).normalize()
        return off if off.as_tuple().exponent <= 0 else off.quantize(Decimal(1))  # type: ignore[operator]

    def as_row(self, category: str) -> PriceRow:
        """Return it as the answer looks at it; `category` is its category's path."""
        return PriceRow(
            id=self.pk,
            target=Target(product_id=self.product_id, category=category),
            least=self.least,
            net=None if self.net is None else shown(self.net),
            per_cent=self.per_cent,
            term=Term(starts=self.starts, ends=self.ends),
        )


def shown(net: Decimal) -> Decimal:
    """Return a price with the places it has, two at least: a column adds zeros."""
    return net.quantize(Decimal("0.01")) if net == net.quantize(Decimal("0.01")) else net.normalize()


class Agreement(models.Model):
    """What was agreed with an organisation for a unit and those below; without both, with everybody.

    Agreed for the whole organisation it is with its head office. Every change makes another `version`.
    """

    organization = models.ForeignKey(
        "akcept_organizations.Organization", on_delete=models.CASCADE, null=True, related_name="agreements"
    )
    unit = models.ForeignKey(
        "akcept_organizations.Unit", on_delete=models.PROTECT, null=True, related_name="agreements"
    )
    name = models.CharField(_("name"), max_length=120)
    starts = models.DateField(_("first day"), null=True, blank=True)
    ends = models.DateField(_("last day"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("order among those of the same unit"), default=0)
    choice = models.CharField(_("price"), max_length=8, choices=Chosen.choices, default=Chosen.FIRST)
    alone = models.BooleanField(_("replaces what was agreed above"), default=False)
    assortment = models.CharField(
        _("products that may be bought"), max_length=8, choices=Assortment.choices, default=Assortment.AS_ABOVE
    )
    #: What one order may be worth: goods, net, in the shop's currency; null says nothing.
    order_from = models.DecimalField(_("smallest order"), max_digits=12, decimal_places=2, null=True)
    order_up_to = models.DecimalField(_("largest order"), max_digits=12, decimal_places=2, null=True)
    #: Codes of the ways to pay and to deliver, with commas; empty says nothing.
    pays = models.CharField(_("ways to pay"), max_length=100, blank=True)
    delivers = models.CharField(_("ways of delivery"), max_length=500, blank=True)
    addressed = models.CharField(_("delivery addresses"), max_length=12, choices=Addresses.choices, blank=True)
    #: Within how many days orders on account are paid; null says nothing.
    pay_days = models.PositiveSmallIntegerField(_("days to pay"), null=True)
    #: Net values of an order's goods, in the shop's currency: from which delivery is free, below which it costs more.
    free_from = models.DecimalField(_("delivery free from"), max_digits=12, decimal_places=2, null=True)
    small_below = models.DecimalField(_("surcharge below"), max_digits=12, decimal_places=2, null=True)
    surcharge = models.DecimalField(_("surcharge"), max_digits=12, decimal_places=2, null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    #: The last day of which the merchant has been told that it is near.
    told_end = models.DateField(null=True)

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        indexes = [models.Index(fields=["ends"], name="akcept_agreement_ends")]
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="akcept_agreement_name"),
            models.CheckConstraint(
                condition=models.Q(organization=None, unit=None)
                | models.Q(organization__isnull=False, unit__isnull=False),
                name="akcept_agreement_unit",
            ),
            models.CheckConstraint(
                condition=models.Q(small_below=None, surcharge=None)
                | models.Q(small_below__isnull=False, surcharge__isnull=False),
                name="akcept_agreement_surcharge",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def conditions(self) -> Conditions:
        """What it says of orders."""
        return Conditions(
            order_from=self.order_from,
            order_up_to=self.order_up_to,
            pays=codes(self.pays),
            delivers=codes(self.delivers),
            pay_days=self.pay_days,
            addressed=Addressed(self.addressed),
            free_from=self.free_from,
            small_below=self.small_below,
            surcharge=self.surcharge,
        )


def codes(kept: str) -> tuple[str, ...]:
    """Return codes that are kept with commas."""
    return tuple(filter(None, kept.split(",")))


class AgreedList(models.Model):
    """A list an agreement names, and when it is asked."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="agreed_lists")
    price_list = models.ForeignKey(PriceList, on_delete=models.PROTECT, related_name="agreed_in")
    position = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("list of an agreement")
        verbose_name_plural = _("lists of agreements")
        constraints = [
            models.UniqueConstraint(fields=["agreement", "price_list"], name="akcept_agreed_list_once"),
            models.UniqueConstraint(fields=["agreement", "position"], name="akcept_agreed_list_place"),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id}: {self.position}. {self.price_list_id}"


class AgreedGoods(models.Model):
    """What an agreement's assortment names: a product, a category with those below it, or a value of an attribute.

    An attribute is told by its code, which several types of products share; its value by what the shop shows.
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="goods")
    product = models.ForeignKey("catalogue.Product", on_delete=models.CASCADE, null=True, related_name="+")
    category = models.ForeignKey("catalogue.Category", on_delete=models.CASCADE, null=True, related_name="+")
    attribute = models.CharField(_("attribute"), max_length=128, blank=True, default="")
    value = models.CharField(_("value"), max_length=255, blank=True, default="")

    class Meta:
        verbose_name = _("goods of an agreement")
        verbose_name_plural = _("goods of agreements")
        constraints = [
            models.UniqueConstraint(fields=["agreement", "product"], name="akcept_agreed_product_once"),
            models.UniqueConstraint(fields=["agreement", "category"], name="akcept_agreed_category_once"),
            models.CheckConstraint(
                condition=models.Q(product__isnull=False, category=None, attribute="")
                | models.Q(product=None, category__isnull=False, attribute="")
                | (models.Q(product=None, category=None) & ~models.Q(attribute="")),
                name="akcept_agreed_goods_one",
            ),
            models.UniqueConstraint(
                fields=["agreement", "attribute", "value"],
                condition=~models.Q(attribute=""),
                name="akcept_agreed_attribute_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id}: {self.product_id or self.category_id or self.attribute}"


class AgreedPack(models.Model):
    """In what a product is sold under an agreement; under one with everybody, to all who have none of their own."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="packs")
    product = models.ForeignKey("catalogue.Product", on_delete=models.CASCADE, related_name="+")
    unit = models.CharField(_("unit of sale"), max_length=40, blank=True)
    multiple = models.PositiveIntegerField(_("sold by"), default=1)
    smallest = models.PositiveIntegerField(_("smallest quantity"), default=1)

    class Meta:
        verbose_name = _("pack")
        verbose_name_plural = _("packs")
        constraints = [
            models.UniqueConstraint(fields=["agreement", "product"], name="akcept_agreed_pack_once"),
            models.CheckConstraint(condition=models.Q(multiple__gte=1, smallest__gte=1), name="akcept_agreed_pack"),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id}: {self.product_id} by {self.multiple}"


class AgreementVersion(models.Model):
    """What an agreement said in one of its versions: kept for the orders that were placed under it, never changed."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    at = models.DateTimeField()
    content: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()

    class Meta:
        verbose_name = _("version of an agreement")
        verbose_name_plural = _("versions of agreements")
        constraints = [models.UniqueConstraint(fields=["agreement", "version"], name="akcept_agreement_version")]

    def __str__(self) -> str:
        return f"{self.agreement_id}: {self.version}"


class OrderedUnder(models.Model):
    """Under what an order was placed: each agreement with its version, and where each line's price came from.

    `lines` are of products: {"product", "quantity", "net", "list", "list_name", "list_version", "least", "off"}.
    """

    order = models.OneToOneField(
        "order.Order", on_delete=models.CASCADE, primary_key=True, related_name="akcept_ordered_under"
    )
    #: [{"agreement", "name", "version"}, ...], the nearest to the unit first.
    agreements: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField()
    lines: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField()
    #: {"free_from", "small_below", "surcharge"}: what its delivery is reckoned by, each a net sum where it was agreed;
    #: "delivers": the agreed ways by their codes, with commas.
    delivery: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    day = models.DateField()

    class Meta:
        verbose_name = _("agreement of an order")
        verbose_name_plural = _("agreements of orders")

    def __str__(self) -> str:
        return f"{self.order_id}: {self.agreements}"

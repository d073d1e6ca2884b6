"""What only this shop's pages say about a product."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from oscar.core.loading import get_model
from oscar.templatetags.category_tags import get_annotated_list

from akcept.organizations.gate import Sight
from akcept.organizations.visitor import sight_of
from akcept.oscar_edge import agreed, outlook, packs
from akcept.oscar_edge import sight as in_sight
from akcept.oscar_edge.availability import Availability

register = template.Library()


@register.filter
def unit_of_sale(product: Any) -> str:
    """Return the unit a product is sold in ("karton"); attribute values come prefetched in Oscar's lists."""
    for value in product.attribute_values.all():
        if value.attribute.code == "unit":
            return str(value.value or "")
    return ""


@register.filter
def vat_rate(product: Any) -> Decimal | None:
    """Return a product's VAT rate as a fraction."""
    from shop.pricing.strategy import rate_of

    return rate_of(product)


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchRow:
    """One category of the menu beside the products; `level` counts from 0."""

    name: str
    url: str
    level: int
    current: bool


@register.simple_tag(takes_context=True)
def category_branch(context: dict[str, Any], current: Any = "") -> list[BranchRow]:
    """Return the first two levels, and below the current category's ancestors what lies beside its way down.

    Read once a request: the page shows it twice, for a desk and for a phone.
    """
    request = context["request"]
    if not hasattr(request, "_category_branch"):
        path, hidden = getattr(current, "path", ""), in_sight.hidden_categories(request)
        request._category_branch = [
            BranchRow(
                name=info.name, url=info["url"], level=info["level"], current=bool(current) and info.pk == current.pk
            )
            for info in get_annotated_list()
            if info.pk not in hidden
            and (
                info["level"] == 0
                or (path and path.startswith(info.path[: -info.category.steplen]))
                or (not path and info["level"] == 1)
            )
        ]
    branch: list[BranchRow] = request._category_branch
    return branch


@register.simple_tag(takes_context=True)
def in_basket(context: dict[str, Any], product: Any) -> int:
    """Return how many of a product are in the visitor's basket; the lines were loaded with the basket."""
    basket = context["request"].basket
    if not basket.pk:
        return 0
    return sum(int(line.quantity) for line in basket.all_lines() if line.product_id == product.pk)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedAddition:
    """What could not be put into the basket just now: the quantity as typed, and why."""

    quantity: str
    text: str


@register.simple_tag(takes_context=True)
def refused_addition(context: dict[str, Any], product: Any) -> RefusedAddition | None:
    """Return what was refused of this product in this very request."""
    form = getattr(context["request"], "refused_addition", None)
    if form is None or form.parent_product.pk != product.pk:
        return None
    text = " ".join(error for errors in form.errors.values() for error in errors)
    return RefusedAddition(quantity=form.data.get("quantity", ""), text=text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What a piece costs from a quantity on, as the visitor is shown prices: net where they see both kinds."""

    shown: Decimal
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Selling:
    """How a product is sold to the visitor: in which packs, from how many, and at which price from how many on."""

    words: str
    first: int
    steps: list[tuple[int, Step]]


@register.simple_tag(takes_context=True)
def selling(context: dict[str, Any], product: Any, record: Any = None) -> Selling:
    """Return how a product is sold to the visitor; with its stock `record` the steps of its price, too."""
    strategy = context["request"].strategy
    found, pack = agreed.of(strategy), packs.pack_of(strategy, product)
    first = pack.fitting(1) if pack is not None else 1
    sight = sight_of(context["request"])
    asks = found is not None and record is not None and sight.sees_prices
    steps = found.steps(product, record) if found is not None and asks else []
    below = [price for least, price in steps if least <= first]  # fewer are not sold: the last of them is the price
    steps = [(first, price) for price in below[-1:]] + [each for each in steps if each[0] > first]
    return Selling(
        words=packs.sold(pack) if pack is not None else "",
        first=first,
        steps=[_step(strategy, product, record, sight, each) for each in steps] if len(steps) > 1 else [],
    )


@register.simple_tag(takes_context=True)
def what_can_be_had(context: dict[str, Any], product: Any, info: Any) -> Availability:
    """Return what can be had of a product by the visitor; no statement where its page was read at once."""
    return outlook.of(context["request"].strategy, product, info)


def _step(strategy: Any, product: Any, record: Any, sight: Sight, step: tuple[int, Any]) -> tuple[int, Step]:
    least, price = step
    gross = None if sight.net else strategy.agreed_price(product, record, price).incl_tax
    return least, Step(shown=price.net if gross is None else gross, currency=price.currency)


@register.simple_tag(takes_context=True)
def variants(context: dict[str, Any], product: Any) -> list[Any]:
    """Return the variants of a product the visitor may buy, in the shop's order; of any other product none.

    A constant number of statements, none where a product has no variants.
    """
    if not product.is_parent:
        return []
    strategy = context["request"].strategy
    children = get_model("catalogue", "Product").objects.filter(parent=product, is_public=True)
    found = agreed.visible(strategy, children).base_queryset()
    found = found.select_related("parent__product_class")
    shown = list(found.prefetch_related("attribute_values__attribute").order_by("pk"))
    agreed.know(strategy, shown)
    outlook.know(strategy, shown)
    return shown


@register.simple_tag(takes_context=True)
def beside(context: dict[str, Any], product: Any, *, number: int = 4) -> Any:
    """Return other products of the product's first category that may be bought, for "in the same category"."""
    category = product.get_categories().first()
    if category is None:
        return []
    Product = get_model("catalogue", "Product")
    strategy = context["request"].strategy
    found = agreed.visible(strategy, Product.objects.browsable()).base_queryset()
    found = found.filter(categories=category).exclude(pk=product.pk)
    shown = list(found.prefetch_related("attribute_values__attribute").order_by("title", "pk")[:number])
    agreed.know(strategy, shown)
    outlook.know(strategy, shown)
    return shown


_INLINE_STYLE = re.compile(r"""\sstyle=("[^"]*"|'[^']*')""")


@register.filter
def without_styles(html: SafeString) -> SafeString:
    """Return a part of Oscar's own page without inline styles, which the content security policy refuses anyway."""
    return mark_safe(_INLINE_STYLE.sub("", html))  # noqa: S308  what comes is rendered and escaped, less is left of it


_BACK_BY_SCRIPT = re.compile(r'href="#" onclick="[^"]*history\.go[^"]*"')


@register.filter
def leading_back(html: SafeString, url: str) -> SafeString:
    """Return a part of Oscar's own page whose "cancel" leads to `url`: its inline script is refused."""
    return mark_safe(_BACK_BY_SCRIPT.sub(f'href="{url}"', html))  # noqa: S308  what comes is rendered and escaped


@register.filter
def reworded(html: SafeString) -> SafeString:
    """Return a part of Oscar's own page with what its templates say in English whoever reads them."""
    where, filters = _("Where you are"), _("Filters:")
    said = html.replace('aria-label="breadcrumb"', f'aria-label="{where}"')
    said = said.replace("<label>Filters:</label>", f"<b>{filters}</b>")
    return mark_safe(said)  # noqa: S308  what comes is rendered and escaped


@register.filter
def with_kinds_of_offers(html: SafeString) -> SafeString:
    """Return a part of Oscar's page about offers with the kind of each in words: it shows what the database has."""
    words = {
        "Site": pgettext("kind of offer", "for everybody"),
        "Voucher": pgettext("kind of offer", "with a voucher"),
        "User": pgettext("kind of offer", "for certain customers"),
        "Session": pgettext("kind of offer", "for one visit"),
    }
    for kind, said in words.items():
        html = mark_safe(html.replace(f"<td>{kind}</td>", f"<td>{said}</td>"))  # noqa: S308  as it came, escaped
        html = mark_safe(html.replace(f"<br /> {kind}</p>", f"<br /> {said}</p>"))  # noqa: S308
    return html

"""What is typed in Oscar's own panel forms is read as everywhere else: codes and EANs (E3), days (B3)."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse

from akcept.oscar_edge.basket import filling, reading
from akcept.testing import carts
from akcept.testing.cast import Cast
from tests.conftest import Visit

pytestmark = pytest.mark.django_db

FORMSETS = ("category_formset", "image_formset", "recommended_formset", "stockrecord_formset")
EAN = "5901234123457"
TOO_FAR = ("0001-01-01", "9999-12-31")


def _typed(client: Any, url: str, **typed: str) -> Any:
    """Send the product's page as it stands, with this typed into it."""
    context = client.get(url).context
    stocks = context["stockrecord_formset"]
    data = {name: context["form"][name].value() or "" for name in context["form"].fields}
    forms = [context[each] for each in FORMSETS]
    for one in [*(each.management_form for each in forms), *stocks.initial_forms]:
        data |= {one.add_prefix(name): one[name].value() for name in one.fields if one[name].value() is not None}
    data |= {f"{each.prefix}-TOTAL_FORMS": len(each.initial_forms) for each in forms}
    category, _made = apps.get_model("catalogue.Category").objects.get_or_create(name="Paper", depth=1, path="9000")
    data |= {"productcategory_set-TOTAL_FORMS": 1, "productcategory_set-0-category": category.pk}
    own = {name.replace("stock_", stocks.forms[0].prefix + "-"): text for name, text in typed.items()}
    return client.post(url, {name: text for name, text in (data | own).items() if text is not False})


def test_e3_ean_and_code_typed_in_the_panel_are_found_by_quick_order(cast: Cast, visit: Visit) -> None:
    product = carts.stock("PAP-1").product
    client = visit(cast.mia, superuser=True)
    url = reverse("dashboard:catalogue-product", kwargs={"pk": product.pk})
    answer = _typed(client, url, upc="5 901234\u00a0123457", stock_partner_sku=" PAP\u200b-1  A ")
    assert answer.status_code == 302, [answer.context[each].errors for each in ("form", *FORMSETS)]
    product.refresh_from_db()
    assert (product.upc, product.stockrecords.get().partner_sku) == (EAN, "PAP-1 A")
    basket = visit(cast.anna).get("/basket/").context["basket"]
    for text in ("5 901234 123457;2", f"0{EAN};2", "pap-1 a;2"):
        checked = filling.check(basket, reading.read(text))
        assert (dict(checked.wanted), checked.problems) == ({product.pk: 2}, ()), text
    assert client.get(reverse("dashboard:catalogue-product-list"), {"upc": "5901234-123457"}).context["products"].rows


@pytest.mark.parametrize("ean", ["5 901234 123457", "0 5901234 123457", EAN])
def test_e3_panel_refuses_another_products_ean_however_it_is_written(cast: Cast, visit: Visit, ean: str) -> None:
    other = carts.stock("PAP-2").product
    apps.get_model("catalogue.Product").objects.filter(pk=other.pk).update(upc=EAN)
    product = carts.stock("PAP-1").product
    url = reverse("dashboard:catalogue-product", kwargs={"pk": product.pk})
    answer = _typed(visit(cast.mia, superuser=True), url, upc=ean)
    assert answer.status_code == 422
    assert answer.context["form"].errors["upc"] == ["Another product has this EAN or UPC."]
    assert ean in answer.content.decode()


@pytest.mark.parametrize("day", TOO_FAR)
def test_b3_oscars_own_lists_and_reports_refuse_a_day_nobody_means(cast: Cast, visit: Visit, day: str) -> None:
    client = visit(cast.mia, superuser=True)
    reports = apps.get_app_config("reports_dashboard")
    assert reports.name == "akcept.oscar_edge.dashboard.reports"
    choices = client.get(reverse("dashboard:reports-index")).context["form"].fields["report_type"].choices
    asked = [
        *((("dashboard:reports-index"), {"report_type": code}) for code, _label in choices),
        ("dashboard:order-list", {"order_number": "1"}),
        ("dashboard:order-stats", {}),
        ("dashboard:reviews-list", {}),
    ]
    for name, more in asked:
        for field in ("date_from", "date_to"):
            answer = client.get(reverse(name), {field: day, **more})
            assert answer.status_code == 200, (name, field)
            form = next(answer.context[each] for each in ("form", "filter") if each in answer.context)
            assert "between 2000 and 2200" in str(form.errors), (name, more, field)


@pytest.mark.parametrize("day", [*TOO_FAR, "no day"])
@pytest.mark.parametrize("field", ["start_datetime", "end_datetime"])
@pytest.mark.parametrize("kind", ["offer", "voucher"])
def test_b3_offers_and_vouchers_refuse_a_day_nobody_means(
    cast: Cast, visit: Visit, kind: str, field: str, day: str
) -> None:
    client = visit(cast.mia, superuser=True)
    url = reverse("dashboard:voucher-create")
    if kind == "offer":
        offer = apps.get_model("offer.ConditionalOffer")
        condition = apps.get_model("offer.Condition").objects.create(type="Count", value=1)
        benefit = apps.get_model("offer.Benefit").objects.create(type="Percentage", value=10)
        made = offer.objects.create(name="Spring", condition=condition, benefit=benefit)
        url = reverse("dashboard:offer-restrictions", kwargs={"pk": made.pk})
    answer = client.post(url, {"name": "Spring", "code": "SPRING", "usage": "Multi-use", field: day})
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert day in answer.content.decode()

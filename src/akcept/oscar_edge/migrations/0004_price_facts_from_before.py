from decimal import Decimal

from django.db import migrations
from django.db.models import Exists, OuterRef, Sum

BATCH = 500


def keep_what_is_certain(apps, schema_editor):
    """Give the orders there are the terms their figures leave no doubt about; `check_money` sees to the others."""
    from akcept.oscar_edge import facts, figures, mending, quotes

    if not figures.taxes_sums(quotes.strategy_for(None)):
        return  # such lines keep the tax they were priced with
    Order, Line = apps.get_model("order", "Order"), apps.get_model("order", "Line")
    Discount, Revision = apps.get_model("order", "OrderDiscount"), apps.get_model("akcept_ordering", "Revision")
    PriceFacts = apps.get_model("akcept_oscar_edge", "PriceFacts")
    saved = Discount.objects.filter(order_id=OuterRef("pk"), category="Shipping").order_by().values("order_id")
    orders = Order.objects.annotate(
        akcept_changed=Exists(Revision.objects.filter(placement_id=OuterRef("pk"))),
        akcept_saved=saved.annotate(sum=Sum("amount")).values("sum"),
    ).order_by("pk")
    last = 0
    while batch := list(orders.filter(pk__gt=last)[:BATCH]):
        last = batch[-1].pk
        lines = {}
        for row in Line.objects.filter(order_id__in=[order.pk for order in batch]).order_by("pk"):
            lines.setdefault(row.order_id, []).append(row)
        new = []
        # Rows that are there are of an earlier run: taking this migration back leaves them.
        there = PriceFacts.objects.filter(line__order_id__in=[order.pk for order in batch])
        kept = set(there.values_list("line__order_id", flat=True))
        for order in batch:
            rows = lines.get(order.pk, [])
            saving = order.akcept_saved or Decimal(0)
            found = mending.terms_from_before(order, rows, changed=order.akcept_changed, saved=saving)
            if order.pk in kept or not rows or found is None or not found.whole:
                continue
            new += [PriceFacts(line_id=row.pk, **facts.columns(own)) for row, own in zip(rows, found.lines)]
            new.append(PriceFacts(order_id=order.pk, **facts.columns(found.delivery)))
        PriceFacts.objects.bulk_create(new, batch_size=BATCH)


class Migration(migrations.Migration):
    dependencies = [
        ("akcept_oscar_edge", "0003_price_facts"),
        ("akcept_ordering", "0012_credit_limit"),
        ("order", "__first__"),
    ]

    operations = [migrations.RunPython(keep_what_is_certain, migrations.RunPython.noop)]

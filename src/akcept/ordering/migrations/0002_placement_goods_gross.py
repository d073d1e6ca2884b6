from django.db import migrations, models
from django.db.models import F, OuterRef, Subquery


def _from_orders(apps, schema_editor):
    """Gross without delivery is the gross total less the order's delivery."""
    Placement = apps.get_model("akcept_ordering", "Placement")
    Order = apps.get_model("order", "Order")
    delivery = Order.objects.filter(pk=OuterRef("pk")).values("shipping_incl_tax")[:1]
    Placement.objects.update(goods_gross=F("total_gross") - Subquery(delivery))


class Migration(migrations.Migration):
    dependencies = [("akcept_ordering", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="placement",
            name="goods_gross",
            field=models.DecimalField(decimal_places=2, max_digits=12, null=True),
        ),
        migrations.RunPython(_from_orders, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="placement",
            name="goods_gross",
            field=models.DecimalField(decimal_places=2, max_digits=12),
        ),
    ]

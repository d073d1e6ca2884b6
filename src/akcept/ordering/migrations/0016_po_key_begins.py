from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("akcept_ordering", "0015_po_key")]

    operations = [
        migrations.AddIndex(
            model_name="placement",
            index=models.Index(
                condition=models.Q(("po_key", ""), _negated=True),
                fields=["po_key"],
                name="akcept_placement_po_begins",
                opclasses=["varchar_pattern_ops"],
            ),
        ),
    ]

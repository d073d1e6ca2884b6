from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("akcept_ordering", "0012_credit_limit")]

    operations = [
        migrations.AddIndex(
            model_name="placement",
            index=models.Index(
                condition=models.Q(("po_number", ""), _negated=True),
                fields=["organization", "po_number"],
                name="akcept_placement_po_number",
            ),
        ),
    ]

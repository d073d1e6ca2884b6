from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("akcept_journal", "0002_names_can_be_erased")]

    operations = [
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                condition=~models.Q(subject_type="order"),
                fields=["organization_id", "-id"],
                name="akcept_entry_no_order",
            ),
        ),
    ]

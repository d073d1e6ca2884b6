from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("akcept_journal", "0003_entries_beside_orders")]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="request_id",
            # The database fills it in too: processes of the version before write deliveries while this one begins.
            field=models.CharField(blank=True, default="", db_default="", max_length=36),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(condition=models.Q(state="dead"), fields=["id"], name="akcept_delivery_dead"),
        ),
    ]

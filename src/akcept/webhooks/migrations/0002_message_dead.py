from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("akcept_webhooks", "0001_initial")]

    operations = [
        migrations.AddIndex(
            "message",
            models.Index(condition=models.Q(("state", "dead")), fields=["endpoint"], name="akcept_message_dead"),
        ),
    ]

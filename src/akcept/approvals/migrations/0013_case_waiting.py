from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("akcept_approvals", "0012_terms_currencies")]

    operations = [
        migrations.AddIndex(
            "case",
            models.Index(
                condition=models.Q(("state__in", ["awaiting", "returned"])), fields=["order"], name="akcept_case_open"
            ),
        ),
        migrations.AddIndex(
            "case",
            models.Index(
                condition=models.Q(("state", "awaiting")), fields=["organization", "order"], name="akcept_case_waiting"
            ),
        ),
    ]

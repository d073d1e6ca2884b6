from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("akcept_approvals", "0013_case_waiting")]

    operations = [
        migrations.AddIndex(
            "case",
            models.Index(
                condition=models.Q(("ended_at__isnull", False)), fields=["-ended_at"], name="akcept_case_ended"
            ),
        ),
    ]

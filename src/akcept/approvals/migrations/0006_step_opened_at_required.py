from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("akcept_approvals", "0005_fill_steps")]

    operations = [migrations.AlterField("case", "step_opened_at", models.DateTimeField())]

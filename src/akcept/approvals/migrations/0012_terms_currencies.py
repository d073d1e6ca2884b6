from django.db import migrations, models

from akcept.approvals.models.terms import home_currency


class Migration(migrations.Migration):
    dependencies = [("akcept_approvals", "0011_asked")]

    operations = [
        migrations.AddField("terms", "mail_link_login_currency", models.CharField(default=home_currency, max_length=3)),
        migrations.AddField("terms", "second_factor_currency", models.CharField(default=home_currency, max_length=3)),
    ]

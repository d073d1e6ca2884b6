import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("akcept_ordering", "0016_po_key_begins"),
        ("akcept_organizations", "0009_manage_organizations"),
    ]

    operations = [
        migrations.AddField(
            model_name="creditlimit",
            name="by_unit",
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name="UnitCreditLimit",
            fields=[
                (
                    "unit",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="akcept_organizations.unit",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="credit limit"
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "verbose_name": "credit limit of a unit",
                "verbose_name_plural": "credit limits of units",
            },
        ),
    ]

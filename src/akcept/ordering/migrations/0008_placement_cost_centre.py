from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import OuterRef, Subquery


def from_units(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give orders that are there the cost centre their unit has now: what it was then is not known."""
    units = apps.get_model("akcept_organizations", "Unit").objects.filter(pk=OuterRef("unit_id"))
    placements = apps.get_model("akcept_ordering", "Placement").objects.filter(unit__isnull=False)
    placements.exclude(unit__cost_centre="").update(cost_centre=Subquery(units.values("cost_centre")[:1]))


class Migration(migrations.Migration):
    dependencies = [
        ("akcept_ordering", "0007_mail_link_expiry"),
        ("akcept_organizations", "0008_mail_choices"),
    ]

    operations = [
        migrations.AddField(
            model_name="placement",
            name="cost_centre",
            field=models.CharField(blank=True, default="", max_length=40, verbose_name="cost centre"),
        ),
        migrations.RunPython(from_units, migrations.RunPython.noop),
    ]

import unicodedata
from collections.abc import Iterator
from itertools import islice

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

AT_ONCE = 1000


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give orders that are there what their own numbers are compared by."""
    placements = apps.get_model("akcept_ordering", "Placement").objects
    rows: Iterator = placements.exclude(po_number="").only("po_number").iterator(AT_ONCE)
    while some := list(islice(rows, AT_ONCE)):
        for placement in some:
            composed = " ".join(unicodedata.normalize("NFC", placement.po_number).split())
            placement.po_key = unicodedata.normalize("NFC", composed.casefold())
        placements.bulk_update(some, ["po_key"])


class Migration(migrations.Migration):
    dependencies = [("akcept_ordering", "0014_days_to_pay")]

    operations = [
        migrations.AddField(
            model_name="placement",
            name="po_key",
            field=models.CharField(blank=True, default="", editable=False, max_length=180),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        migrations.RemoveIndex(model_name="placement", name="akcept_placement_po_number"),
        migrations.AddIndex(
            model_name="placement",
            index=models.Index(
                condition=models.Q(("po_key", ""), _negated=True),
                fields=["organization", "po_key"],
                name="akcept_placement_po_key",
            ),
        ),
    ]

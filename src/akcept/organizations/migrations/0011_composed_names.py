"""Names as they are stored since: letters composed, nothing invisible in them. What would clash stays as it is."""

from django.db import migrations

from akcept.kernel.typed import line

_NAMES = {
    "Organization": (["name"], []),
    "Unit": (["name", "code", "cost_centre"], ["organization_id", "parent_id", "closed_at"]),
    "Role": (["name"], ["organization_id"]),
}


def compose(apps, schema_editor):
    for model, (columns, around) in _NAMES.items():
        rows = apps.get_model("akcept_organizations", model).objects.using(schema_editor.connection.alias)
        for row in rows.only("pk", *columns, *around).iterator():
            changed = {column: line(getattr(row, column)) for column in columns if not _is_plain(getattr(row, column))}
            changed = {column: text for column, text in changed.items() if text and text != getattr(row, column)}
            for column, text in changed.items():
                same = {name: getattr(row, name) for name in around if column != "code" or name != "parent_id"}
                if column == "cost_centre" or not around or not rows.filter(**same, **{column: text}).exists():
                    rows.filter(pk=row.pk).update(**{column: text})


def _is_plain(text):
    return text.isascii() and text.isprintable()


class Migration(migrations.Migration):
    dependencies = [("akcept_organizations", "0010_countries")]

    operations = [migrations.RunPython(compose, migrations.RunPython.noop, elidable=True)]

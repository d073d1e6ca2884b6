"""Names as they are stored since: letters composed, nothing invisible in them. What would clash stays as it is."""

from django.db import migrations

from akcept.kernel.typed import line


def compose(apps, schema_editor):
    rows = apps.get_model("akcept_budgets", "Budget").objects.using(schema_editor.connection.alias)
    for budget in rows.only("pk", "name", "cost_centre", "organization_id").iterator():
        name, centre = line(budget.name), line(budget.cost_centre)
        others = rows.filter(organization_id=budget.organization_id, name=name).exclude(pk=budget.pk)
        if name and name != budget.name and not others.exists():
            rows.filter(pk=budget.pk).update(name=name)
        if centre and centre != budget.cost_centre:
            rows.filter(pk=budget.pk).update(cost_centre=centre)


class Migration(migrations.Migration):
    dependencies = [("akcept_budgets", "0003_transfer_counterpart")]

    operations = [migrations.RunPython(compose, migrations.RunPython.noop, elidable=True)]

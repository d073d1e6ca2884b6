from django.db import migrations, models


def fill(apps, schema_editor):
    """Copy the roles of members from before into the new column."""
    Member = apps.get_model("akcept_organizations", "Member")
    last = 0
    while block := list(Member.objects.filter(pk__gt=last).prefetch_related("roles").order_by("pk")[:500]):
        for member in block:
            member.role_ids = sorted(role.pk for role in member.roles.all())
        Member.objects.bulk_update(block, ["role_ids"])
        last = block[-1].pk


class Migration(migrations.Migration):
    dependencies = [("akcept_organizations", "0005_unit_code_import")]

    operations = [
        migrations.AddField("member", "role_ids", models.JSONField(default=list)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]

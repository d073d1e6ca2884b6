from django.db import migrations, models


def fill(apps, schema_editor):
    """Let people keep seeing what they decided, were named for, had passed on to them, or were last asked about."""
    Case, Member, Asked = (
        apps.get_model("akcept_approvals", "Case"),
        apps.get_model("akcept_organizations", "Member"),
        apps.get_model("akcept_approvals", "Asked"),
    )
    Decision, Selector = (apps.get_model("akcept_approvals", name) for name in ("Decision", "Selector"))
    last = 0
    while block := list(
        Case.objects.filter(pk__gt=last).order_by("pk").values_list("pk", "asked", "forwarded_to_id", "position")[:500]
    ):
        ids = [pk for pk, *_rest in block]
        pairs = {(pk, member_id) for pk, asked, _to, _position in block for member_id in asked or ()}
        pairs |= {(pk, to) for pk, _asked, to, _position in block if to is not None}
        pairs |= set(Decision.objects.filter(case_id__in=ids).values_list("case_id", "member_id"))
        named = Selector.objects.filter(case_id__in=ids, member__isnull=False, position__lte=models.F("case__position"))
        pairs |= set(named.values_list("case_id", "member_id"))
        known = set(Member.objects.filter(pk__in={member_id for _pk, member_id in pairs}).values_list("pk", flat=True))
        Asked.objects.bulk_create(
            (Asked(case_id=pk, member_id=member_id) for pk, member_id in sorted(pairs) if member_id in known),
            ignore_conflicts=True,
        )
        last = ids[-1]


class Migration(migrations.Migration):
    dependencies = [("akcept_approvals", "0010_second_factor"), ("akcept_organizations", "0009_manage_organizations")]

    operations = [
        migrations.CreateModel(
            name="Asked",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=models.deletion.CASCADE, related_name="+", to="akcept_approvals.case"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=models.deletion.CASCADE, related_name="+", to="akcept_organizations.member"
                    ),
                ),
            ],
            options={
                "verbose_name": "member asked",
                "verbose_name_plural": "members asked",
                "constraints": [models.UniqueConstraint(fields=("member", "case"), name="akcept_asked_once")],
            },
        ),
        migrations.AddField("case", "requester_left_at", models.DateTimeField(null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]

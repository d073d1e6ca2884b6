from django.db import migrations
from django.db.models import F


def fill(apps, schema_editor):
    """Give cases from before what the new columns say: their steps asked whoever may accept orders."""
    Case, Step, Selector = (apps.get_model("akcept_approvals", name) for name in ("Case", "Step", "Selector"))
    Case.objects.filter(step_opened_at=None).update(step_opened_at=F("opened_at"))
    Case.objects.filter(state="accepted").update(released_at=F("ended_at"))
    last = 0
    while block := list(Step.objects.filter(pk__gt=last).order_by("pk")[:500]):
        Selector.objects.bulk_create(
            Selector(case_id=step.case_id, step=step, round=1, position=step.position, needs_cover=True, kind="acceptors")
            for step in block
        )
        last = block[-1].pk


def fold(apps, schema_editor):
    """Going back: one round a case, and no decisions but the two there were; what is older goes."""
    Case, Step, Decision = (apps.get_model("akcept_approvals", name) for name in ("Case", "Step", "Decision"))
    Decision.objects.exclude(kind__in=["accept", "reject"]).delete()
    Step.objects.exclude(round=F("case__round")).delete()
    Case.objects.filter(state="returned").update(state="awaiting")


class Migration(migrations.Migration):
    dependencies = [("akcept_approvals", "0004_ways_of_an_order")]

    operations = [migrations.RunPython(fill, fold)]

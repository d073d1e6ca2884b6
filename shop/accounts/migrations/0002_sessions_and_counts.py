from __future__ import annotations

from typing import Any

from django.db import migrations, models
from django.db.models import F
from django.db.models.functions import Lower


def leave_one_address(apps: Any, _editor: Any) -> None:
    """Leave each account the address it logs in with; what else was added to it opens it no more.

    An account could be opened under anybody's address and entered by another one added to it. Addresses that were
    proved stay proved; the others are proved by a code with the next log-in.
    """
    addresses = apps.get_model("account", "EmailAddress")
    own = addresses.objects.annotate(one=Lower("email"), account=Lower("user__email"))
    own.exclude(one=F("account")).delete()


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("account", "0009_emailaddress_unique_primary_email")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="sessions_ended",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.CreateModel(
            name="Count",
            fields=[
                (
                    "key",
                    models.CharField(
                        max_length=120, primary_key=True, serialize=False, verbose_name="what is counted, and of whom"
                    ),
                ),
                ("used", models.PositiveIntegerField(default=0, verbose_name="tried")),
                ("since", models.DateTimeField(verbose_name="counted since")),
            ],
            options={"verbose_name": "counted attempts", "verbose_name_plural": "counted attempts"},
        ),
        migrations.RunPython(leave_one_address, migrations.RunPython.noop),
    ]

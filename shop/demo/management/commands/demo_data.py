"""`manage.py demo_data`: the demo shop's products, people and a month of orders."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.contrib.sites.models import Site
from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser
from django.test.utils import override_settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from oscar.core.loading import get_model

from akcept.journal import relay
from akcept.kernel.clock import utc_now
from akcept.transactions import commanding
from shop.accounts.models import User
from shop.demo import catalogue, pictures
from shop.demo.agreed import build_agreements
from shop.demo.bargains import build_bargains
from shop.demo.budgets import build_budgets, tighten_budgets
from shop.demo.company import build_people
from shop.demo.models import Mail
from shop.demo.orders import build_bargains_bought, build_history, build_recent
from shop.demo.rules import build_terms


class Command(commanding.Command):
    """Fills an empty database; leaves one with people in it alone."""

    help = "Fills an empty database with the demo shop. Does nothing when there are people in it already."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--if-empty", action="store_true", help="end quietly when the database is not empty")

    def handle(self, *, if_empty: bool, **_options: Any) -> None:
        """Build everything, telling how it goes."""
        if User.objects.exists():
            if if_empty:
                return
            raise CommandError(_("There are people in this database already: the demo only fills an empty one."))
        begun = time.monotonic()
        now = utc_now()
        self._say(_("pictures and products"))
        self._catalogue()
        self._say(_("people and organisations"))
        build_people(now=now)
        build_terms(now=now - timedelta(days=44))
        build_budgets(now=now)
        self._say(_("a month of orders"))
        # What happened weeks ago is not mailed today: the relay hands the month on to nobody's mailbox.
        done = build_history(now=now, say=self._progress)
        with override_settings(EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend"):
            while relay.run_once(batch=200).claimed:
                pass
        done += build_recent(now=now)
        tighten_budgets(now=now)
        build_bargains(now=now, stdout=self.stdout, stderr=self.stderr)
        done += build_bargains_bought(now=now)
        build_agreements(now=now)
        Mail.objects.all().delete()
        told = ngettext("demo: %(n)d order; ready after %(s)d s", "demo: %(n)d orders; ready after %(s)d s", done)
        self.stdout.write(told % {"n": done, "s": round(time.monotonic() - begun)})

    def _say(self, text: str) -> None:
        self.stdout.write(f"demo: {text} ...")
        self.stdout.flush()

    def _progress(self, text: str) -> None:
        self.stdout.write(f"demo:   {text}")
        self.stdout.flush()

    def _catalogue(self) -> None:
        Site.objects.update_or_create(pk=settings.SITE_ID, defaults={"domain": "127.0.0.1", "name": "Biurodom"})
        get_model("address", "Country").objects.get_or_create(
            iso_3166_1_a2="PL",
            defaults={
                "iso_3166_1_a3": "POL",
                "iso_3166_1_numeric": "616",
                "printable_name": "Polska",
                "name": "Polska",
                "is_shipping_country": True,
            },
        )
        pictures.draw_all(Path(settings.MEDIA_ROOT) / "demo")
        with TemporaryDirectory() as folder:
            file = Path(folder) / "catalogue.csv"
            catalogue.write_csv(file)
            call_command("import_catalogue", str(file), stdout=self.stdout, stderr=self.stderr)

"""`manage.py countries PL DE`: the countries a shop delivers to."""

from __future__ import annotations

from typing import Any

from babel import Locale
from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _
from oscar.core.loading import get_model

from akcept.transactions import commanding


class Command(commanding.Command):
    """Adds countries to those the shop delivers to, named in the shop's language; those it has stay."""

    help = (
        "Adds countries to those the shop delivers to, by their two letters (ISO 3166). Without any: lists what it has."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the codes."""
        parser.add_argument("codes", nargs="*", metavar="CODE", help="such as PL")

    def handle(self, *, codes: list[str], **_options: Any) -> None:
        """Add all or none, then list what the shop delivers to."""
        names = Locale.parse(settings.LANGUAGE_CODE, sep="-").territories
        wanted = [code.strip().upper() for code in codes]
        # CLDR knows regions of the world too, by numbers.
        if unknown := [code for code in wanted if len(code) != 2 or not code.isalpha() or code not in names]:
            told = _("There is no such country: %(codes)s. Nothing was added.")
            raise CommandError(told % {"codes": ", ".join(unknown)})
        Country = get_model("address", "Country")
        with transaction.atomic():
            for code in wanted:
                Country.objects.update_or_create(
                    iso_3166_1_a2=code,
                    defaults={"is_shipping_country": True},
                    create_defaults={
                        "is_shipping_country": True,
                        "printable_name": names[code],
                        "name": names[code],
                    },
                )
        delivered = Country.objects.filter(is_shipping_country=True).values_list("pk", flat=True).order_by("pk")
        told = (
            _("The shop delivers to: %(codes)s.") if delivered else _("The shop does not deliver to any country yet.")
        )
        self.stdout.write(told % {"codes": ", ".join(delivered)})

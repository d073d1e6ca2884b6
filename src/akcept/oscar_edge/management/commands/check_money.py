"""`manage.py check_money`: orders whose figures do not add up, and what of them can be put right."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from akcept.kernel.errors import Refused
from akcept.oscar_edge import mending
from akcept.transactions import commanding


class Command(commanding.Command):
    """Compares every order with what its lines and its delivery were priced by."""

    help = (
        "Lists orders whose values, VAT or totals do not follow from what their lines were priced by, and orders whose "
        "VAT rates are not kept; ends with 1 if any is left. --mend puts right what is beyond doubt."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the option."""
        parser.add_argument(
            "--mend",
            action="store_true",
            help="keep rates that the figures or the products leave no doubt about, and compute orders that still wait "
            "anew; what was released is only listed",
        )

    def handle(self, *, mend: bool, **_options: Any) -> None:
        """List, and mend what was asked for."""
        mended = left = 0
        for finding in mending.look():
            done = mend and self._mended(finding)
            mended, left = mended + done, left + (not done)
            self.stdout.write(f"{finding.order.number}: {'; '.join(finding.troubles)}{' - mended' if done else ''}")
        if left:
            hint = "" if mend else " --mend puts right what is beyond doubt."
            raise CommandError(f"{left} orders do not add up, {mended} were mended.{hint}")
        self.stdout.write(f"All orders add up, {mended} were mended.")

    def _mended(self, finding: mending.Finding) -> bool:
        try:
            return mending.mend(finding)
        except Refused as refusal:
            finding.troubles.append(str(refusal))
            return False

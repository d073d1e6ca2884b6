"""`manage.py check_money`: orders and offers whose figures do not add up, and what of them can be put right."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from akcept.kernel.errors import Refused
from akcept.oscar_edge import mending
from akcept.oscar_edge.offer import totals
from akcept.transactions import commanding


class Command(commanding.Command):
    """Compares every order with what its lines and its delivery were priced by, and offers with their orders."""

    help = (
        "Lists orders whose values, VAT or totals do not follow from what their lines were priced by, orders whose "
        "VAT rates are not kept, and offers and vouchers that have counted another sum or number of orders than their "
        "orders say; ends with 1 if any is left. --mend puts right what is beyond doubt."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--mend",
            action="store_true",
            help="keep rates that the figures or the products leave no doubt about, compute orders that still wait "
            "anew, and count offers and vouchers anew whose orders are all there; what was released is only listed",
        )

    def handle(self, *, mend: bool, **_options: Any) -> None:
        """List, and mend what was asked for."""
        orders, offers = self._orders(mend=mend), self._offers(mend=mend)
        mended = _mended(orders[0] + offers[0])
        if not orders[1] + offers[1]:
            self.stdout.write(_("All orders, offers and vouchers add up.") + mended)
            return
        hint = "" if mend else " " + _("--mend puts right what is beyond doubt.")
        raise CommandError(f"{_left(orders[1], offers[1])}{mended}{hint}")

    def _orders(self, *, mend: bool) -> tuple[int, int]:
        """List the orders, and return how many were mended and how many are left."""
        mended = left = 0
        for finding in mending.look():
            done = mend and self._mended(finding)
            mended, left = mended + done, left + (not done)
            self._say(f"{finding.order.number}: {'; '.join(finding.troubles)}", done=done)
        return mended, left

    def _offers(self, *, mend: bool) -> tuple[int, int]:
        mended = left = 0
        for found in totals.look():
            done = mend and totals.mend(found)
            mended, left = mended + done, left + (not done)
            self._say(found.text, done=done)
        return mended, left

    def _say(self, text: str, *, done: bool) -> None:
        self.stdout.write(_("%(trouble)s – put right") % {"trouble": text} if done else text)

    def _mended(self, finding: mending.Finding) -> bool:
        try:
            return mending.mend(finding)
        except Refused as refusal:
            finding.troubles.append(str(refusal))
            return False


def _left(orders: int, offers: int) -> str:
    told = []
    if orders:
        text = ngettext("%(n)d order does not add up.", "%(n)d orders do not add up.", orders)
        told.append(text % {"n": orders})
    if offers:
        text = ngettext(
            "%(n)d offer or voucher has counted wrongly.", "%(n)d offers or vouchers have counted wrongly.", offers
        )
        told.append(text % {"n": offers})
    return " ".join(told)


def _mended(number: int) -> str:
    if not number:
        return ""
    return " " + ngettext("%(n)d was put right.", "%(n)d were put right.", number) % {"n": number}

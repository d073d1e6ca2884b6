"""What is in the way of delivering an order as it was placed, in words."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from akcept.ordering.ports import LineObstacle, Obstacles


def in_words(found: Obstacles) -> list[str]:
    """Return a sentence for each product, and one for the delivery method, that cannot be had any more."""
    said = [_line(each) for each in found.lines]
    if found.delivery:
        said.append(_("The shop no longer delivers by “%(method)s”.") % {"method": found.delivery})
    return said


def _line(found: LineObstacle) -> str:
    words = {"title": found.title, "left": found.left, "quantity": found.quantity}
    if found.left is None:
        return _("“%(title)s” is no longer sold.") % words
    if found.left <= 0:
        said = _("“%(title)s” is out of stock; the order has %(quantity)d.") % words
    else:
        said = _("Only %(left)d of “%(title)s” are left; the order has %(quantity)d.") % words
    if found.expected_on is None:
        return said
    return f"{said} " + _("More is expected on %(day)s.") % {"day": date_format(found.expected_on, "DATE_FORMAT")}


def ways_on(found: Obstacles) -> list[str]:
    """Return what whoever decides can do about it."""
    said = []
    if found.lines:
        said.append(_("Send the order back to have the item reduced or removed, or reject it."))
    if found.delivery:
        said.append(_("Send the order back to have another delivery method chosen, or reject it."))
    return said

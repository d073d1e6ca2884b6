"""What customers leave to do: organisations to confirm, orders that wait, and messages that were given up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from akcept.journal.queries import given_up
from akcept.kernel.paging import COUNTED
from akcept.ordering.queries.merchant import held_since, stuck_count
from akcept.organizations import policies
from akcept.organizations.models import Organization
from akcept.ui import formats
from akcept.ui.to_do import ToDo


def tell(user: Any) -> Iterator[ToDo]:
    """Say what an account of the shop's staff finds on the panel's pages; two statements, four for who manages them."""
    manages = policies.manages_organizations(user)
    if manages:
        yield _to_confirm()
    yield from _held()
    if manages:
        yield _given_up()


def _to_confirm() -> ToDo:
    pending = Organization.objects.filter(status=Organization.Status.PENDING)
    number = pending.order_by()[: COUNTED + 1].count()
    text = ngettext("organisation to confirm", "organisations to confirm", number)
    return ToDo(number=number, text=text, url=f"{reverse('akcept_panel:organizations')}?status=pending")


def _held() -> Iterator[ToDo]:
    since, stuck, held = held_since(), stuck_count(), reverse("akcept_panel:held")
    text = ngettext("order waiting for its customer", "orders waiting for their customers", len(since))
    about = _("The oldest for %(time)s.") % {"time": formats.span(since[0])} if since else ""
    yield ToDo(number=len(since), text=text, url=held, about=about)
    text = ngettext("order nobody can decide on", "orders nobody can decide on", stuck)
    about = _("Its organisation has nobody who may accept it; its administrators have been told.")
    yield ToDo(number=stuck, text=text, url=f"{held}?stuck=on", about=about, grave=True)


def _given_up() -> ToDo:
    number = given_up()
    return ToDo(
        number=number,
        text=ngettext("message that could not be sent", "messages that could not be sent", number),
        about=_("“manage.py outbox” on the server says why, and sends them again."),
        grave=True,
    )

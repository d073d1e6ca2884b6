"""What the shop's own webhooks leave to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import ngettext

from akcept.kernel.paging import COUNTED
from akcept.organizations import policies
from akcept.ui.to_do import ToDo
from akcept.webhooks.models import Endpoint, Message


def tell(user: Any) -> Iterator[ToDo]:
    """Say how many of the shop's webhooks were paused because nobody answered, or gave a message up; one statement."""
    if not policies.manages_organizations(user):
        return
    dead = Message.objects.filter(endpoint=OuterRef("pk"), state=Message.State.DEAD)
    failed = Q(state__in=[Endpoint.State.DEAF, Endpoint.State.GONE]) | Q(Exists(dead))
    number = Endpoint.objects.filter(failed, organization=None).order_by()[: COUNTED + 1].count()
    text = ngettext("webhook that does not reach its system", "webhooks that do not reach their systems", number)
    yield ToDo(number=number, text=text, url=reverse("akcept_webhooks:shop_endpoints"), grave=True)

"""Tells whoever keeps a webhook that it was paused: it did not answer for days, or said that it is gone for good."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from akcept.journal import subscribers
from akcept.journal.models import Entry
from akcept.journal.subscribers import Skip
from akcept.kernel.actor import ActorKind
from akcept.organizations.queries import mail_readers
from akcept.webhooks import configured, topics
from akcept.webhooks.models import Endpoint

SUBSCRIBER: Final = "webhooks.paused"


def connect() -> None:
    """Register with the journal; called once, when the app is ready."""
    subscribers.register(SUBSCRIBER, topics={topics.PAUSED}, handle=tell, targets=_targets)


def _targets(entry: Entry) -> Iterable[str]:
    """Name whoever keeps it; nobody where somebody paused it themselves."""
    if entry.actor_kind != ActorKind.SYSTEM:
        return []
    found = Endpoint.objects.filter(pk=int(entry.subject_id)).values_list("user_id", flat=True)
    return [f"user:{user_id}" for user_id in found]


def tell(entry: Entry, target: str) -> None:
    """Send the mail. Raises Skip when it is paused no more, or its keeper is gone."""
    row = Endpoint.objects.filter(pk=int(entry.subject_id)).exclude(state=Endpoint.State.ACTIVE).first()
    if row is None:
        raise Skip("the webhook is gone or resumed")
    user_id, organization_id = int(target.removeprefix("user:")), row.organization_id or 0
    reader = mail_readers({user_id}, {organization_id}).get((user_id, organization_id))
    if reader is None or reader.closed or (organization_id and not reader.belongs):
        raise Skip("its keeper does not belong to the organisation any more")
    name = "akcept_webhooks:endpoint" if organization_id else "akcept_webhooks:shop_endpoint"
    with translation.override(reader.language):
        link = configured.source() + reverse(name, kwargs={"endpoint_id": row.pk})
        subject = _("The webhook to %(url)s is paused") % {"url": row.url}
        context = {"url": row.url, "gone": row.state == Endpoint.State.GONE, "link": link, "subject": subject}
        context |= {"base_url": configured.source(), "shop_name": _shop()}
        text = render_to_string("akcept/webhooks/paused.txt", context)
        html = render_to_string("akcept/webhooks/paused.html", context)
    headers = {"Message-ID": f"<akcept.{entry.pk}.webhook.{user_id}@{_domain()}>", "Auto-Submitted": "auto-generated"}
    mail = EmailMultiAlternatives(subject=subject, body=text.strip() + "\n", to=[reader.email], headers=headers)
    mail.attach_alternative(html, "text/html")
    mail.send()


def _shop() -> str:
    return str(getattr(settings, "OSCAR_SHOP_NAME", ""))


def _domain() -> str:
    return str(settings.DEFAULT_FROM_EMAIL).rpartition("@")[2].strip("> ") or "localhost"

"""Renders a notice in its reader's language and hands it to the mail server; raises when that does not take it."""

from __future__ import annotations

import re
from email.utils import parseaddr
from typing import Final

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from akcept.journal import sharing
from akcept.journal.models import Entry
from akcept.journal.subscribers import Skip
from akcept.kernel import price_sight
from akcept.kernel.clock import utc_now
from akcept.notices import digest
from akcept.notices.kind import Kind
from akcept.notices.recipients import choices_of
from akcept.ordering import shop_terms

_EMPTY_LINES: Final = re.compile(r"\n(?:[ \t]*\n){2,}")


def send(kind: Kind, entry: Entry, target: str) -> None:
    """Send one notice to one recipient, or put it aside for their daily mail.

    Raises Skip when the merchant, or the reader, has switched such mails off, and when it was put aside.
    """
    if not kind.essential:
        _require_wanted(kind, entry, target)
    deliver(kind, entry, target)


def send_daily(kind: Kind, entry: Entry, target: str) -> None:
    """Send the daily mail of one reader."""
    deliver(kind, entry, target)
    digest.forget(entry, target)


def _require_wanted(kind: Kind, entry: Entry, target: str) -> None:
    if not sharing.once("terms", shop_terms.in_force).mails:
        raise Skip("the shop has switched mails about orders off")
    if not target.startswith("user:"):
        return
    choices = choices_of(entry, target)
    if kind.topic in choices.muted:
        raise Skip("this person does without such mails")
    if choices.daily:
        digest.put_aside(kind, entry, target, now=utc_now())
        raise Skip("goes into the daily mail")


def deliver(kind: Kind, entry: Entry, target: str) -> None:
    """Render and send. A repeat after a crash carries the same Message-ID, so it can be told."""
    recipient = kind.recipient(entry, target)
    with translation.override(recipient.language), price_sight.seen_by(lambda: recipient.sees_prices):
        message = kind.message(entry, target)
        subject = " ".join(message.subject.split())
        context = {
            **message.context,
            "subject": subject,
            "shop_name": shop_name(),
            "base_url": base_url(),
            "essential": kind.essential,
        }
        text = plain(render_to_string(f"akcept/mail/{kind.name}.txt", context))
        html = render_to_string(f"akcept/mail/{kind.name}.html", context)
    mail = EmailMultiAlternatives(
        subject=subject,
        body=text,
        to=[recipient.email],
        headers={
            "Message-ID": f"<akcept.{entry.pk}.{kind.name}.{target.replace(':', '.').replace('@', '.')}@{domain()}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    mail.attach_alternative(html, "text/html")
    mail.send()


def plain(rendered: str) -> str:
    """Return a plain text without the empty lines that parts with nothing to say leave behind."""
    return _EMPTY_LINES.sub("\n\n", rendered).strip() + "\n"


def base_url() -> str:
    """Return where links lead; the relay has no request to take it from."""
    return str(getattr(settings, "AKCEPT_BASE_URL", "http://127.0.0.1:8000")).rstrip("/")


def shop_name() -> str:
    """Return the name mails are signed with."""
    return str(getattr(settings, "OSCAR_SHOP_NAME", ""))


def domain() -> str:
    """Return the domain of the sender's address."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"

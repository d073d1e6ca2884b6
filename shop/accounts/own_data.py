"""What the shop's log-in holds of a person: addresses, second factors, failed attempts."""

from __future__ import annotations

from collections.abc import Sequence

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from akcept.organizations.personal_data import Erasure, Holding, Section, Subject
from shop.accounts import limits


def export(subject: Subject) -> Sequence[Section]:
    """Return the log-in's addresses and second factors (their kind, never a secret); two statements."""
    addresses = EmailAddress.objects.filter(user_id=subject.account_id).order_by("id")
    factors = Authenticator.objects.filter(user_id=subject.account_id).order_by("id")
    return (
        Section(
            code="login_addresses",
            title=_("Addresses to log in with"),
            columns=(("email", _("E-mail")), ("verified", _("Verified"))),
            rows=tuple(addresses.values_list("email", "verified")),
        ),
        Section(
            code="second_factors",
            title=_("Second factors"),
            columns=(("kind", _("Kind")), ("added", pgettext("second factor", "Added")), ("last_used", _("Last used"))),
            rows=tuple(factors.values_list("type", "created_at", "last_used_at")),
        ),
    )


def erase(erasure: Erasure) -> None:
    """Take away the ways to log in and the records of attempts, when the whole account goes."""
    if not erasure.whole_account:
        return
    EmailAddress.objects.filter(user_id=erasure.subject.account_id).delete()
    Authenticator.objects.filter(user_id=erasure.subject.account_id).delete()
    limits.forget_account(erasure.subject.account_id)
    for name in erasure.names:
        for attempts in (AccessAttempt, AccessFailureLog, AccessLog):
            attempts.objects.filter(username__iexact=name).delete()


HOLDING = Holding(name="shop.login", export=export, erase=erase)

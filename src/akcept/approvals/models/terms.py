"""How an organisation wants its acceptance to go, beside its rules."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


def home_currency() -> str:
    """Return the shop's currency."""
    return str(settings.OSCAR_DEFAULT_CURRENCY)


class Terms(models.Model):
    """One row an organisation; one without a row has the defaults. Days are working days, null is never."""

    organization = models.OneToOneField(
        "akcept_organizations.Organization", on_delete=models.CASCADE, primary_key=True, related_name="acceptance_terms"
    )
    #: Whoever has the right to accept an order may accept one they placed themselves; never as somebody's substitute.
    self_acceptance = models.BooleanField(_("accepting own orders"), default=False)
    #: Whoever accepted an earlier step is not asked again by a later one that they could answer too.
    skip_already_accepted = models.BooleanField(_("asking nobody twice"), default=True)
    #: An approver may lower quantities and drop lines.
    approver_may_amend = models.BooleanField(_("approvers may reduce orders"), default=False)
    remind_after_days = models.PositiveSmallIntegerField(_("reminder after"), null=True, blank=True, default=2)
    escalate_after_days = models.PositiveSmallIntegerField(_("escalation after"), null=True, blank=True, default=4)
    expire_after_days = models.PositiveSmallIntegerField(_("expiry after"), null=True, blank=True, default=14)
    #: Deciding by the link of a mail without logging in; above the amount (net with delivery) it needs the login.
    mail_links = models.BooleanField(_("deciding from the e-mail"), default=True)
    mail_link_login_above = models.DecimalField(
        _("login needed above"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    mail_link_login_currency = models.CharField(max_length=3, default=home_currency)
    #: Accepting an order above the amount (net with delivery) needs a second factor, wherever it is accepted.
    second_factor_above = models.DecimalField(
        _("second factor needed above"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    second_factor_currency = models.CharField(max_length=3, default=home_currency)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("terms of acceptance")
        verbose_name_plural = _("terms of acceptance")

    def __str__(self) -> str:
        return f"{self.organization_id}"

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "shop.accounts"
    label = "accounts"
    verbose_name = _("Accounts")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks; say what personal data the log-in holds; end sessions when an account is changed."""
        from allauth.account.signals import email_changed, password_reset
        from allauth.mfa.signals import authenticator_added, authenticator_removed

        from akcept.organizations import personal_data
        from shop.accounts import checks, own_data, receivers  # noqa: F401

        personal_data.register(own_data.HOLDING)
        password_reset.connect(receivers.mailed_link_used, dispatch_uid="shop.accounts.reset")
        email_changed.connect(receivers.address_changed, dispatch_uid="shop.accounts.address")
        authenticator_added.connect(receivers.protection_changed, dispatch_uid="shop.accounts.factor.added")
        authenticator_removed.connect(receivers.protection_changed, dispatch_uid="shop.accounts.factor.removed")

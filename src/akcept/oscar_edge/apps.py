from __future__ import annotations

import sqlite3

from django.apps import AppConfig, apps
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.utils.translation import gettext_lazy as _


class OscarEdgeConfig(AppConfig):
    """The one room that imports Oscar."""

    name = "akcept.oscar_edge"
    label = "akcept_oscar_edge"
    verbose_name = _("Oscar edge")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect guards, checks, signals and the trigger; say what personal data Oscar holds."""
        from oscar.core.loading import get_model

        from akcept.organizations import countries, personal_data
        from akcept.oscar_edge import (
            guards,
            indexes,
            kept,
            own_data,
            price_checks,  # noqa: F401  checks register
            prices_told,
            refunds,
            setup_checks,
            signals,
            triggers,
        )

        personal_data.register(own_data.HOLDING)
        country = get_model("address", "Country")
        countries.register(
            delivers_to=lambda: country.objects.filter(is_shipping_country=True).values_list("pk", flat=True),
            postcodes=get_model("order", "ShippingAddress").POSTCODES_REGEX,
        )

        guards.connect()
        signals.connect()
        refunds.connect()
        prices_told.connect()
        setup_checks.connect()
        # The trigger asks for the cases: their app's tables come after Oscar's orders.
        approvals = apps.get_app_config("akcept_approvals")
        kept.register(triggers.KEPT, after=approvals)
        kept.register(indexes.KEPT, after=approvals)
        if apps.is_installed("akcept.insight"):
            from akcept.oscar_edge import changed_months

            kept.register(changed_months.KEPT, after=apps.get_app_config("akcept_insight"))
        if sqlite3.sqlite_version_info >= (3, 32):
            # Django still assumes the 999 parameters of older SQLite and would split bulk inserts of a long order.
            setattr(DatabaseWrapper.features_class, "max_query_params", 32_766)  # noqa: B010  typed as a property

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ThemeConfig(AppConfig):
    name = "shop.theme"
    label = "theme"

    def ready(self) -> None:
        """Let Oscar's filters ask "yes or no" in each reader's language: it translates them once, when it starts."""
        from oscar.core.loading import get_class
        from oscar.forms.widgets import NullBooleanSelect

        for module, name in (("offers", "OfferSearchForm"), ("vouchers", "VoucherSearchForm")):
            for field in get_class(f"dashboard.{module}.forms", name).base_fields.values():
                if isinstance(field.widget, NullBooleanSelect):
                    field.widget.choices = [("unknown", "---------"), ("true", _("Yes")), ("false", _("No"))]

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperateConfig(AppConfig):
    name = "shop.operate"
    label = "operate"
    verbose_name = _("Operation")

    def ready(self) -> None:
        """Let statements name the request they are of, and count what happens."""
        from shop.operate import metrics, statements

        statements.connect()
        metrics.connect()

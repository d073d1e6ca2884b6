"""What somebody keeps of pages: lists narrowed as they want them again."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    """A list as one person wants it again, under a name of theirs."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    #: Which list; see `saved_views`.
    page = models.CharField(max_length=30)
    name = models.CharField(_("name"), max_length=60)
    #: What is in the list's address, by the names of its parameters.
    query: models.JSONField[dict[str, list[str]], dict[str, list[str]]] = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [models.UniqueConstraint(fields=["user", "page", "name"], name="akcept_saved_view")]

    def __str__(self) -> str:
        return self.name

"""Texts of Oscar's that its own Polish catalogue lacks; named here, they are in ours."""

from django.utils.translation import gettext_noop

TEXTS = (gettext_noop("Attribute Option Groups"),)

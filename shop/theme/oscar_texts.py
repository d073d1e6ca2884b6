"""Texts of Oscar's that its own Polish catalogue lacks, or says like another one; named here, they are in ours."""

from django.utils.translation import gettext_noop

TEXTS = (
    gettext_noop("Attribute Option Groups"),
    gettext_noop("Stock alert requests"),
    gettext_noop("Voucher Sets"),
)

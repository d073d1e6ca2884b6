"""Oscar's pages of fulfilment partners, whose link that gives somebody a partner's rights asks first."""

# ruff: noqa: F403  Oscar's other views are found in this module too
from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from oscar.apps.dashboard.partners import views as oscar_views
from oscar.apps.dashboard.partners.views import *

from akcept.oscar_edge.asking_first import AsksFirst


class PartnerUserLinkView(AsksFirst, oscar_views.PartnerUserLinkView):
    """Lets somebody handle a partner's products."""

    asked = _("Let this person work for this partner?")
    button = _("Yes, add them")

"""Oscar's tables of the catalogue; nothing is sorted by a column that no row has a value for."""

# ruff: noqa: F403  Oscar's other tables are found in this module too
from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_tables2 import TemplateColumn
from oscar.apps.dashboard.catalogue.tables import *
from oscar.apps.dashboard.catalogue.tables import CategoryTable as OscarCategoryTable
from oscar.apps.dashboard.catalogue.tables import ProductTable as OscarProductTable

_ROW = "oscar/dashboard/catalogue/{}_row_checkbox.html"


class ProductTable(OscarProductTable):
    """Products; choosing a row is no order of them."""

    checkbox = TemplateColumn(verbose_name=_("Choice"), template_name=_ROW.format("product"), orderable=False)

    class Meta(OscarProductTable.Meta):
        """As Oscar's."""


class CategoryTable(OscarCategoryTable):
    """Categories; choosing a row is no order of them."""

    checkbox = TemplateColumn(verbose_name=_("Choice"), template_name=_ROW.format("category"), orderable=False)

    class Meta(OscarCategoryTable.Meta):
        """As Oscar's."""

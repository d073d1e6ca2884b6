"""Oscar's forms about reviews."""

# ruff: noqa: F403  Oscar's other forms are found in this module too
from __future__ import annotations

from oscar.apps.dashboard.reviews.forms import *
from oscar.apps.dashboard.reviews.forms import ProductReviewSearchForm as OscarProductReviewSearchForm

from akcept.oscar_edge.dashboard.fields import NearDays


class ProductReviewSearchForm(NearDays, OscarProductReviewSearchForm):
    """What reviews are searched by."""

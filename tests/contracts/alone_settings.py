"""The shop's settings without the rooms that `AKCEPT_TEST_WITHOUT` names, separated by commas: a shop may do so."""

from __future__ import annotations

import os

from tests.settings import *  # noqa: F403
from tests.settings import INSTALLED_APPS

_WITHOUT = tuple(f"akcept.{room}." for room in os.environ["AKCEPT_TEST_WITHOUT"].split(","))
INSTALLED_APPS = [app for app in INSTALLED_APPS if not app.startswith(_WITHOUT)]
